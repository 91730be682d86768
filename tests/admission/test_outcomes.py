"""The table of outcomes: what the caller gets, always."""

import json
from typing import Any

import pytest

from tests.admission.asking import UID, asked, patch_of, pod, raw, review
from tests.engine.given import Json, engine
from webhook.admission import (
    DECISIONS,
    ENDPOINTS,
    Answer,
    internal_error,
    not_ready,
    too_large,
    too_many,
    too_slow,
)

BY = engine(
    requirements=[{"label": "team"}],
    teams={"payments": {"apply": {"labels": {"tier": "gold"}}}},
)
PATHS = sorted(ENDPOINTS)


def headers(answer: Answer) -> dict[str, str]:
    """Those beyond the two that every answer has."""
    every = {key.decode(): value.decode() for key, value in answer.headers}
    assert every.pop("content-length") == str(len(answer.body))
    assert every.pop("content-type") == "text/plain; charset=utf-8"
    return every


def test_the_endpoints_are_these_four() -> None:
    assert PATHS == ["/mutate", "/mutate/all", "/validate", "/validate/all"]
    named = {each.name: (each.mutates, each.govern_all) for each in ENDPOINTS.values()}
    assert named == {
        "mutate": (True, False),
        "mutate-all": (True, True),
        "validate": (False, False),
        "validate-all": (False, True),
    }


def test_a_patch_is_answered_with_what_the_audit_log_is_told() -> None:
    answer, response = asked("/mutate", review(pod()), BY)
    assert response | {"patch": None} == {
        "uid": UID,
        "allowed": True,
        "patchType": "JSONPatch",
        "patch": None,
        "auditAnnotations": {
            "workload": "pod-operator",
            "decision": "patched",
            "policy": BY.revision,
            "team": "payments",
        },
    }
    assert patch_of(response) == [
        {"op": "add", "path": "/metadata/labels/tier", "value": "gold"},
        {"op": "add", "path": "/metadata/annotations", "value": {}},
        {
            "op": "add",
            "path": "/metadata/annotations/taxiway~1applied",
            "value": f"payments@{BY.revision}",
        },
    ]
    assert answer.record.decision == "patched"


def test_mutating_with_no_change_has_neither_patch_nor_type() -> None:
    whole = pod({"tier": "gold"}, {"taxiway/applied": f"payments@{BY.revision}"})
    answer, response = asked("/mutate", review(whole), BY)
    assert set(response) == {"uid", "allowed", "auditAnnotations"}
    assert answer.record.decision == "unchanged"


@pytest.mark.parametrize("annotation", ["fraud@{}", "@{}"])
def test_an_annotation_with_another_team_is_replaced(annotation: str) -> None:
    written = pod({"tier": "gold"}, {"taxiway/applied": annotation.format(BY.revision)})
    _, response = asked("/mutate", review(written), BY)
    assert patch_of(response) == [
        {
            "op": "replace",
            "path": "/metadata/annotations/taxiway~1applied",
            "value": f"payments@{BY.revision}",
        }
    ]


def test_a_denial_has_code_400_and_its_reason() -> None:
    whole = pod({"team": "who", "tier": "gold"}, {"taxiway/applied": f"@{BY.revision}"})
    answer, response = asked("/validate", review(whole), BY)
    message = (
        "pod daily-load-x7k2 (dag daily, task load) breaks 1 rule: [requirement] label team is "
        "who, which is no team of the policy; name one that is: "
        'set labels={"team": "..."} in the KubernetesPodOperator.'
    )
    assert response == {
        "uid": UID,
        "allowed": False,
        "status": {"status": "Failure", "code": 400, "reason": "BadRequest", "message": message},
        "auditAnnotations": {
            "workload": "pod-operator",
            "decision": "denied",
            "policy": BY.revision,
        },
    }
    assert (answer.record.decision, answer.record.message) == ("denied", message)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(review(pod(), operation="DELETE", oldObject=pod()), id="DELETE"),
        pytest.param(review(pod(), operation="CONNECT"), id="CONNECT"),
        pytest.param(review(pod(), operation=None), id="no operation"),
        pytest.param(review(pod(), subResource="status", operation="UPDATE"), id="a subresource"),
        pytest.param(review(pod(), subResource="ephemeralcontainers"), id="another subresource"),
        pytest.param(
            review({"kind": "Job"}, kind={"group": "batch", "version": "v1", "kind": "Job"}),
            id="another kind",
        ),
        pytest.param(
            review({"spec": 3}, kind={"group": "metrics.k8s.io", "version": "v1", "kind": "Pod"}),
            id="a Pod of another group, of any shape",
        ),
        pytest.param(review(pod(), namespace="kube-system"), id="kube-system"),
        pytest.param(review(pod(), namespace="taxiway"), id="the service's own namespace"),
        pytest.param(
            review(pod(annotations={"kubernetes.io/config.mirror": "x"})), id="a mirror pod"
        ),
        pytest.param(
            review(pod(annotations={"kubernetes.io/config.mirror": ""})), id="by its presence"
        ),
    ],
)
def test_what_is_none_of_ours_is_allowed_untouched(path: str, sent: Json) -> None:
    answer, response = asked(path, sent, BY)
    assert response == {"uid": UID, "allowed": True}
    assert answer.record.decision == "ignored"
    _, response = asked(path, sent)
    assert response == {"uid": UID, "allowed": True}


def test_a_pod_that_airflow_did_not_make_is_governed_in_a_governed_namespace_alone() -> None:
    plain = review(pod({"kubernetes_pod_operator": None}))
    assert asked("/mutate", plain, BY)[0].record.decision == "ignored"
    answer, response = asked("/mutate/all", plain, BY)
    assert (answer.record.workload, len(patch_of(response))) == ("other", 3)
    assert asked("/validate", plain, BY)[0].record.decision == "ignored"
    assert asked("/validate/all", plain, BY)[0].record.decision == "not-applied"


def body(**changed: Any) -> bytes:
    sent = review(pod())
    sent["request"].update(changed)
    return json.dumps(sent).encode()


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        (b"", "the body is no AdmissionReview: it is not valid JSON"),
        (b"{", "the body is no AdmissionReview: it is not valid JSON"),
        (b"\xff\xfe", "the body is no AdmissionReview: it is not valid JSON"),
        (b'{"a": "\xff"}', None),
        (b"[]", None),
        (b"null", None),
        (b"3", None),
        (b"{}", "the body is no AdmissionReview of admission.k8s.io/v1; send one"),
        (
            b'{"apiVersion":"admission.k8s.io/v1beta1","kind":"AdmissionReview"}',
            "the body is no AdmissionReview of admission.k8s.io/v1; send one",
        ),
        (
            b'{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview"}',
            "the AdmissionReview has no request with a uid; send one",
        ),
        (body(uid=""), "the AdmissionReview has no request with a uid; send one"),
        (body(uid=None), None),
        (body(object=None), "the request has no object; send a Pod in it"),
        (body(object={}), None),
        (body(object=3), None),
        (body(object={"apiVersion": "v1", "kind": "Job"}), None),
        (body(object={"apiVersion": "v1", "kind": "Pod", "spec": {}}), None),
        (body(object={"apiVersion": "v1", "kind": "Pod", "metadata": {}}), None),
        (body(object=pod(spec={"tolerations": "x"})), None),
        (body(object=pod(spec={"tolerations": [{"tolerationSeconds": "x"}]})), None),
        (body(object=pod({"team": 3})), None),
        (body(object=pod(spec={"priority": 1.5})), None),
        (body(operation="UPDATE"), "the request has no oldObject; send a Pod in it"),
        (b"[" * 100_000, None),
        (b'{"request":' * 100_000, None),
    ],
    ids=lambda part: part[:60].decode(errors="replace") if isinstance(part, bytes) else "",
)
def test_what_is_no_review_of_a_pod_is_answered_400(
    path: str, sent: bytes, reason: str | None
) -> None:
    answer = raw(path, sent, BY)
    assert answer.status == 400
    assert headers(answer) == {}
    told = answer.body.decode()
    assert told.endswith("\n")
    assert told[:-1].isprintable()
    assert len(told) < 300
    assert reason is None or told == f"{reason}\n"
    record = answer.record
    assert (record.decision, record.message) == ("bad-request", told[:-1])


def test_a_deep_affinity_is_answered_not_raised() -> None:
    deep = "[" * 900 + "]" * 900
    sent = json.dumps(review(pod(spec={"topologySpreadConstraints": [{"x": "DEEP"}]})))
    by = engine(
        teams={
            "payments": {
                "apply": {
                    "topologySpreadConstraints": [
                        {
                            "maxSkew": 1,
                            "topologyKey": "zone",
                            "whenUnsatisfiable": "DoNotSchedule",
                            "labelSelector": {},
                        }
                    ]
                }
            }
        }
    )
    answer = raw("/mutate", sent.replace('"DEEP"', deep).encode(), by)
    assert answer.status in (200, 400)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("operation", ["CREATE", "UPDATE"])
def test_without_a_policy_a_governed_pod_is_answered_503(path: str, operation: str) -> None:
    old = pod() if operation == "UPDATE" else None
    answer, _ = asked(path, review(pod(), operation=operation, oldObject=old))
    assert answer.status == 503
    assert headers(answer) == {"retry-after": "0", "connection": "close"}
    assert (answer.record.decision, answer.record.uid) == ("not-ready", UID)


@pytest.mark.parametrize(
    ("answer", "status", "more", "decision"),
    [
        (too_large("mutate"), 413, {"connection": "close"}, "bad-request"),
        (too_slow("mutate"), 408, {"connection": "close"}, "bad-request"),
        (
            too_many("mutate"),
            429,
            {"retry-after": "1", "connection": "close"},
            "bad-request",
        ),
        (not_ready("mutate"), 503, {"retry-after": "0", "connection": "close"}, "not-ready"),
        (internal_error("mutate", UID), 500, {}, "error"),
    ],
    ids=["too large", "too slow", "too many", "not ready", "a bug of ours"],
)
def test_answers_without_a_decision(
    answer: Answer, status: int, more: dict[str, str], decision: str
) -> None:
    assert (answer.status, headers(answer)) == (status, more)
    assert (answer.record.endpoint, answer.record.decision) == ("mutate", decision)
    assert answer.body.decode().removesuffix("\n").isprintable()


def test_every_decision_has_its_name_once() -> None:
    assert len(set(DECISIONS)) == len(DECISIONS) == 13


def test_the_name_is_the_pods_else_the_requests_else_the_generated_ones_beginning() -> None:
    generated = pod()
    generated["metadata"] = {
        "labels": generated["metadata"]["labels"],
        "generateName": "daily-load-",
    }
    assert asked("/mutate", review(generated), BY)[0].record.pod == "daily-load-"
    assert asked("/mutate", review(generated, name="given"), BY)[0].record.pod == "given"
    assert asked("/mutate", review(pod(), name="given"), BY)[0].record.pod == "daily-load-x7k2"


def test_the_namespace_is_the_requests_else_the_pods() -> None:
    own = pod()
    own["metadata"]["namespace"] = "kube-system"
    assert asked("/mutate", review(own), BY)[0].record.decision == "patched"
    assert asked("/mutate", review(own, namespace=None), BY)[0].record.decision == "ignored"


@pytest.mark.parametrize("dry_run", [True, False, None])
def test_a_dry_run_is_decided_alike_and_recorded_as_one(dry_run: bool | None) -> None:
    plain, _ = asked("/mutate", review(pod()), BY)
    answer, _ = asked("/mutate", review(pod(), dryRun=dry_run), BY)
    assert answer.body == plain.body
    assert answer.record.dry_run is bool(dry_run)
