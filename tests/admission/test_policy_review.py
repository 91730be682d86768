"""`/validate-policy`: what is asked about a change, and how its verdict is answered."""

import json
from typing import Any

import pytest

from tests import contract
from webhook.admission import Answer
from webhook.admission.policy_review import Question, answered, question
from webhook.admission.record import ConfigMapRequest
from webhook.policy.question import Change, PolicyFiles, Verdict

Json = dict[str, Any]

UID = "705ab4f5-6393-11e8-b7cc-42010a800002"
TEXT = "apiVersion: taxiway/v1\n"
OTHER = "apiVersion: taxiway/v1\nmode: warn\n"


def config_map(label: str | None = "live", **more: Any) -> Json:
    labels = {} if label is None else {"taxiway/policy": label}
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {
            "name": "teams",
            "namespace": "taxiway",
            "resourceVersion": "5",
            "labels": {"app": "policies", **labels},
            "annotations": {"kubectl.kubernetes.io/last-applied-configuration": "{}"},
            **more.pop("metadata", {}),
        },
        "data": {"p.yaml": TEXT},
        **more,
    }


def review(new: Json | None, old: Json | None, **request: Any) -> Json:
    """What the API server sends about a ConfigMap that becomes `new` and was `old`."""
    operation = "DELETE" if new is None else "CREATE" if old is None else "UPDATE"
    every: Json = {
        "uid": UID,
        "kind": {"group": "", "version": "v1", "kind": "ConfigMap"},
        "resource": {"group": "", "version": "v1", "resource": "configmaps"},
        "name": "teams",
        "namespace": "taxiway",
        "operation": operation,
        "userInfo": {"username": "jane", "groups": ["sre"]},
        "object": new,
        "oldObject": old,
        "dryRun": False,
        **request,
    }
    return {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": every}


def asked(sent: Json) -> Question | Answer:
    return question(json.dumps(sent).encode())


def checked(sent: Json, given: Answer) -> Json:
    headers = {key.decode(): value.decode() for key, value in given.headers}
    return contract.check("/validate-policy", sent, given.status, headers, given.body)


HELD = PolicyFiles("live", {"p.yaml": TEXT})
HOLDS = PolicyFiles("live", {"p.yaml": OTHER})
CHANGED = config_map(data={"p.yaml": OTHER})
OF_CHART = {"taxiway/policy": "live", "helm.sh/chart": "taxiway-0.1.0"}

ASKED: dict[str, tuple[Json, str, PolicyFiles | None, PolicyFiles | None]] = {
    "created": (review(config_map(), None), "teams", None, HELD),
    "changed": (review(CHANGED, config_map()), "teams", HELD, HOLDS),
    "deleted": (review(None, config_map()), "teams", HELD, None),
    "given the label": (review(config_map(), config_map(None)), "teams", None, HELD),
    "taken the label": (review(config_map(None), config_map()), "teams", HELD, None),
    "given another value of the label": (
        review(config_map("shadow"), config_map()),
        "teams",
        HELD,
        PolicyFiles("shadow", {"p.yaml": TEXT}),
    ),
    "said which one it shadows": (
        review(
            config_map("shadow", metadata={"annotations": {"taxiway/shadows": "base"}}),
            config_map("shadow"),
        ),
        "teams",
        PolicyFiles("shadow", {"p.yaml": TEXT}),
        PolicyFiles("shadow", {"p.yaml": TEXT}, None, "base"),
    ),
    "changed by Kubernetes itself": (
        review(
            CHANGED,
            config_map(),
            userInfo={"username": "system:serviceaccount:kube-system:generic-garbage-collector"},
        ),
        "teams",
        HELD,
        HOLDS,
    ),
    "created with bytes": (
        review(config_map(data=None, binaryData={"p.yaml": "/w=="}), None),
        "teams",
        None,
        PolicyFiles("live", None, {"p.yaml": b"\xff"}),
    ),
    "the chart's own, and changed": (
        review(CHANGED, config_map(metadata={"labels": OF_CHART})),
        "teams",
        HELD,
        HOLDS,
    ),
    "deleted, and another chart's": (
        review(None, config_map(metadata={"labels": {**OF_CHART, "helm.sh/chart": "teams-1"}})),
        "teams",
        HELD,
        None,
    ),
    "created without a name yet": (
        review(config_map(metadata={"name": "", "generateName": "teams-"}), None, name=None),
        "teams-",
        None,
        HELD,
    ),
}


@pytest.mark.parametrize(("sent", "name", "before", "after"), ASKED.values(), ids=ASKED)
def test_the_judge_is_asked_about_a_config_map_that_is(
    sent: Json, name: str, before: PolicyFiles | None, after: PolicyFiles | None
) -> None:
    found = asked(sent)
    assert isinstance(found, Question)
    assert found.change == Change("taxiway", name, before, after)


def by(user: str) -> Json:
    return {"username": f"system:{user}", "groups": ["system:authenticated"]}


NOT_ASKED: dict[str, tuple[Json, str]] = {
    "is no policy": (review(config_map(None), None), "ignored"),
    "carries another value of the label": (review(config_map("old"), None), "ignored"),
    "has got another annotation alone": (
        review(config_map(metadata={"annotations": {"a": "b"}}), config_map()),
        "allowed",
    ),
    "has got another label alone": (
        review(config_map(metadata={"labels": {"taxiway/policy": "live"}}), config_map()),
        "allowed",
    ),
    "is deleted with its namespace": (
        review(
            None,
            config_map(),
            userInfo=by("serviceaccount:kube-system:namespace-controller"),
        ),
        "allowed",
    ),
    "is deleted by the one controller manager": (
        review(None, config_map(), userInfo=by("kube-controller-manager")),
        "allowed",
    ),
    "is connected to, as if that were possible": (
        review(config_map(), None, operation="CONNECT"),
        "ignored",
    ),
    "is a subresource": (review(config_map(), None, subResource="status"), "ignored"),
    "is a Secret": (
        review(config_map(), None, kind={"version": "v1", "kind": "Secret"}),
        "ignored",
    ),
}


@pytest.mark.parametrize(("sent", "decision"), NOT_ASKED.values(), ids=NOT_ASKED)
def test_nobody_is_asked_where_it(sent: Json, decision: str) -> None:
    given = asked(sent)
    assert isinstance(given, Answer)
    assert (given.record.endpoint, given.record.decision) == ("validate-policy", decision)
    assert checked(sent, given) == {"uid": UID, "allowed": True}


def test_the_chart_s_own_policy_goes_with_the_release_and_a_warning() -> None:
    sent = review(None, config_map(metadata={"labels": OF_CHART}))
    given = asked(sent)
    assert isinstance(given, Answer)
    assert given.record.decision == "unchecked"
    assert checked(sent, given) == {
        "uid": UID,
        "allowed": True,
        "warnings": [
            "this is the chart's own policy, which `helm uninstall` deletes: it was not asked what "
            "goes without it. If no policy is left, or one needs it, the last good set stays in "
            "force"
        ],
    }


BAD: dict[str, tuple[bytes, str]] = {
    "no JSON": (b"{", "the body is no review of a ConfigMap: it is not valid JSON"),
    "no UTF-8": (b'{"kind":"\xff"}', "the body is no review of a ConfigMap: it is not UTF-8"),
    "nested too deeply": (
        b'{"a":' * 1_000_000,
        "the body is no review of a ConfigMap: it is nested too deeply",
    ),
    "no AdmissionReview": (
        b"{}",
        "the body is no AdmissionReview of admission.k8s.io/v1; send one",
    ),
    "a review without a request": (
        b'{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview"}',
        "the AdmissionReview has no request with a uid; send one",
    ),
    "a ConfigMap whose data are numbers": (
        json.dumps(review(config_map(data={"p.yaml": 5}), None)).encode(),
        "the body is no review of a ConfigMap: "
        "Expected `str`, got `int` - at `$.request.object.data[...]`",
    ),
}


@pytest.mark.parametrize(("body", "reason"), BAD.values(), ids=BAD)
def test_a_bad_body_is_400_with_the_reason(body: bytes, reason: str) -> None:
    given = question(body)
    assert isinstance(given, Answer)
    assert (given.status, given.body.decode()) == (400, f"{reason}\n")
    assert given.record.decision == "bad-request"


REQUEST = ConfigMapRequest(UID, "UPDATE", "teams", "taxiway")
SENT = review(config_map(), None)


def judged(verdict: Verdict, seen: dict[str, str] | None = None) -> tuple[Answer, Json]:
    change = Change("taxiway", "teams", None, HELD)
    given = answered(Question(REQUEST, change), verdict, (seen or {}).get)
    return given, checked(SENT, given)


def denial(message: str, *warnings: str) -> Json:
    status = {"status": "Failure", "code": 400, "reason": "BadRequest", "message": message}
    more = {"warnings": list(warnings)} if warnings else {}
    return {"uid": UID, "allowed": False, "status": status, **more}


VERDICTS: dict[str, tuple[Verdict, str, Json]] = {
    "nothing against it": (Verdict(), "allowed", {"uid": UID, "allowed": True}),
    "one error": (
        Verdict(("teams/p.yaml:3:1: x",)),
        "denied",
        denial("the policy set would not load, for an error:\nteams/p.yaml:3:1: x"),
    ),
    "two errors and a warning": (
        Verdict(("teams/p.yaml:3:1: x", "base/p.yaml:1:1: y"), ("w",)),
        "denied",
        denial(
            "the policy set would not load, for 2 errors:\nteams/p.yaml:3:1: x\nbase/p.yaml:1:1: y",
            "w",
        ),
    ),
    "warnings": (
        Verdict(warnings=("v", "w")),
        "warned",
        {"uid": UID, "allowed": True, "warnings": ["v", "w"]},
    ),
    "a team that nobody has seen is gone": (
        Verdict(gone=("idle",)),
        "allowed",
        {"uid": UID, "allowed": True},
    ),
    "a team is gone whose pods were seen": (
        Verdict(gone=("idle", "busy")),
        "warned",
        {
            "uid": UID,
            "allowed": True,
            "warnings": ["team `busy` would be no more: this replica saw a pod of it just now"],
        },
    ),
    "it cannot be judged": (
        Verdict(unchecked="nobody is there; try again"),
        "unchecked",
        {
            "uid": UID,
            "allowed": True,
            "warnings": [
                "this policy was not checked before it is stored: nobody is there; try again"
            ],
        },
    ),
}


@pytest.mark.parametrize(("verdict", "decision", "response"), VERDICTS.values(), ids=VERDICTS)
def test_the_answer_where(verdict: Verdict, decision: str, response: Json) -> None:
    given, found = judged(verdict, {"busy": "this replica saw a pod of it just now"})
    assert (given.record.decision, found) == (decision, response)


def test_many_errors_are_cut_to_what_somebody_reads_and_counted() -> None:
    errors = tuple(f"teams/p.yaml:{line}:1: {'x' * 1000}" for line in range(1000))
    _, found = judged(Verdict(errors))
    head, *lines, tail = found["status"]["message"].split("\n")
    assert head == "the policy set would not load, for 1000 errors:"
    assert {len(line) for line in lines} == {500}
    assert tail == f"... and {1000 - len(lines)} more; mend these first"
    assert len(lines) == 15


def test_many_warnings_are_cut_to_what_the_api_server_passes_on() -> None:
    warnings = tuple(f"{number} {'x' * 300}" for number in range(100))
    _, found = judged(Verdict(warnings=warnings))
    *told, tail = found["warnings"]
    assert {len(warning) for warning in told} == {256}
    assert tail == f"... and {100 - len(told)} more warnings: run taxiway lint"
    assert len(told) == 15


def test_the_record_says_whose_it_is_and_holds_nothing_of_it() -> None:
    given, _ = judged(Verdict(("teams/p.yaml:3:1: x",), ("w",)))
    record = given.record
    assert (record.operation, record.namespace, record.config_map, record.pod, record.dry_run) == (
        "UPDATE",
        "taxiway",
        "teams",
        None,
        False,
    )
    found = asked(review(CHANGED, config_map(), dryRun=True))
    assert isinstance(found, Question)
    assert found.request == ConfigMapRequest(UID, "UPDATE", "teams", "taxiway", dry_run=True)
