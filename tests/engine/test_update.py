"""UPDATE: only what it changed is judged, always by the rules of that change alone."""

from copy import deepcopy
from typing import Any

import msgspec
import pytest

from tests.engine.given import TODAY, Json, engine, pod, request, workload_of
from webhook.kube.pod import Pod

FRAUDS = {
    "tolerations": [{"key": "dedicated", "operator": "Equal", "value": "fraud"}],
    "iam": {"provider": "kube2iam", "role": "arn:aws:iam::111122223333:role/fraud"},
}
POLICY: Json = {
    "requirements": [
        {"label": "team"},
        {"label": "cost-center", "from": "team.costCenters"},
        {"label": "owner"},
    ],
    "teams": {
        "payments": {"costCenters": ["CC-1"], "apply": {"nodeSelector": {"pool": "ours"}}},
        "fraud": {"costCenters": ["CC-1"], "members": {"namespaces": ["fraud"]}, "apply": FRAUDS},
    },
}
CODE = {"cost-center": "CC-1"}
FRAUD_TOLERATION = {"key": "dedicated", "operator": "Exists"}
MINE = {"key": "mine", "operator": "Exists"}


def violations(new: Json, old: Json, **top: Any) -> list[tuple[str, str | None]]:
    asked = request(new, operation="UPDATE", old_pod=msgspec.convert(old, Pod))
    _, found, _ = engine(**{**POLICY, **top}).judge_update(asked, workload_of(asked), TODAY)
    return [(each.rule, each.path) for each in found]


def test_a_team_label_that_was_taken_off_is_advised_as_it_was() -> None:
    ours = {"payments": {"members": {"namespaces": ["airflow"]}}, "fraud": {}}
    asked = request(pod({"team": None}), operation="UPDATE", old_pod=msgspec.convert(pod(), Pod))
    requirements = [{"label": "team"}]
    judged = engine(requirements=requirements, teams=ours).judge_update(
        asked, workload_of(asked), TODAY
    )
    assert [each.message for each in judged[1]] == [
        'label team is missing: add labels={"team": "payments"} to the KubernetesPodOperator'
    ]


def annotated(role: str | None, **labels: Any) -> Json:
    return pod({**CODE, **labels}, {} if role is None else {"iam.amazonaws.com/role": role})


def tolerating(*tolerations: Json) -> Json:
    return pod(CODE, spec={"tolerations": list(tolerations)})


TEAM, COST = "/metadata/labels/team", "/metadata/labels/cost-center"
ROLE = "/metadata/annotations/iam.amazonaws.com~1role"


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        pytest.param(
            tolerating(),
            tolerating(FRAUD_TOLERATION),
            [("reserved", "/spec/tolerations/0")],
            id="another team's toleration was added",
        ),
        pytest.param(
            tolerating(MINE),
            tolerating(MINE, FRAUD_TOLERATION),
            [("reserved", "/spec/tolerations/1")],
            id="after others, and it alone is named",
        ),
        pytest.param(
            pod(CODE),
            pod(CODE, spec={"tolerations": [{"operator": "Exists"}]}),
            [("reserved", "/spec/tolerations/0")],
            id="for everything",
        ),
        pytest.param(tolerating(), tolerating(MINE), [], id="a toleration of nobody was added"),
        pytest.param(
            tolerating(FRAUD_TOLERATION),
            tolerating(FRAUD_TOLERATION, MINE),
            [],
            id="another team's was there before",
        ),
        pytest.param(
            tolerating({**FRAUD_TOLERATION, "effect": "NoExecute"}),
            tolerating({**FRAUD_TOLERATION, "effect": "NoExecute", "tolerationSeconds": 5}),
            [],
            id="its seconds alone changed",
        ),
        pytest.param(
            annotated(None), annotated("fraud"), [("reserved", ROLE)], id="a role was added"
        ),
        pytest.param(
            annotated("x"), annotated("fraud"), [("reserved", ROLE)], id="the role was changed"
        ),
        pytest.param(annotated("fraud"), annotated("fraud"), [], id="the role was there before"),
        pytest.param(annotated("fraud"), annotated(None), [], id="the role was removed"),
        pytest.param(annotated(None), annotated("x"), [], id="a role of nobody was added"),
        pytest.param(pod(CODE), pod(), [("requirement", COST)], id="the cost center was removed"),
        pytest.param(
            pod(CODE), pod({"cost-center": "X"}), [("requirement", COST)], id="it was changed"
        ),
        pytest.param(
            pod(), pod({"cost-center": "X"}), [("requirement", COST)], id="a wrong one was added"
        ),
        pytest.param(pod(), pod(CODE), [], id="a right one was added"),
        pytest.param(
            pod(CODE),
            pod({**CODE, "team": "who"}),
            [("requirement", COST), ("requirement", TEAM)],
            id="the team was changed to none of the policy: both labels are judged",
        ),
        pytest.param(
            pod(CODE),
            pod({**CODE, "team": "fraud"}),
            [("membership", TEAM)],
            id="the team was changed to one that it does not belong to",
        ),
        pytest.param(
            pod({**CODE, "team": "fraud"}),
            pod({"cost-center": "X", "team": "fraud"}),
            [("requirement", COST), ("membership", TEAM)],
            id="the cost center of a false claim was changed: membership is judged too",
        ),
        pytest.param(
            pod(CODE),
            pod({**CODE, "team": None}),
            [("requirement", COST), ("requirement", TEAM)],
            id="the team was removed",
        ),
    ],
)
def test_what_an_update_changed_is_judged(old: Json, new: Json, found: list[Any]) -> None:
    assert violations(new, old) == found


BROKEN = pod(
    {"team": "fraud"},
    {"iam.amazonaws.com/role": "arn:aws:iam::111122223333:role/fraud"},
    {"nodeName": "n1", "tolerations": [FRAUD_TOLERATION], "nodeSelector": {"pool": "mine"}},
)


@pytest.mark.parametrize(
    ("where", "change"),
    [
        ("metadata", {"finalizers": []}),
        ("metadata", {"finalizers": ["batch.kubernetes.io/job-tracking"]}),
        ("metadata", {"deletionTimestamp": "2026-06-01T00:00:00Z"}),
        ("metadata", {"annotations": {**BROKEN["metadata"]["annotations"], "x": "y"}}),
        ("labels", {"already_checked": "True"}),
        ("labels", {"airflow_executor_done": "True"}),
        ("labels", {"airflow_pod_revoked": "True"}),
        ("labels", {"airflow-worker": "7"}),
        ("labels", {"owner": ""}),
        ("labels", {"dag_id": "other"}),
        ("spec", {"activeDeadlineSeconds": 1}),
        ("spec", {"tolerations": []}),
        ("spec", {"schedulingGates": []}),
    ],
    ids=lambda part: str(part)[:50],
)
def test_nothing_else_of_an_update_is_ever_denied(where: str, change: Json) -> None:
    """Not even on a pod that would break every rule when it is made."""
    new = deepcopy(BROKEN)
    place = new["metadata"]["labels"] if where == "labels" else new[where]
    place.update(change)
    assert violations(new, BROKEN) == []


def test_a_requirement_on_another_label_is_not_judged_with_them() -> None:
    assert violations(pod({**CODE, "team": "payments"}), pod(CODE | {"team": "fraud"})) == []


@pytest.mark.parametrize("mode", ["warn", "audit"])
def test_the_mode_in_force_is_that_of_the_pod(mode: str) -> None:
    old, new = msgspec.convert(pod(CODE), Pod), pod()
    asked = request(new, operation="UPDATE", old_pod=old)
    subject, found, _ = engine(**POLICY, mode=mode).judge_update(asked, workload_of(asked), TODAY)
    assert (subject.mode, [each.mode for each in found]) == (mode, [mode])


def test_an_exemption_waives_on_update_too() -> None:
    exemption = {
        "name": "e",
        "match": {"dags": ["daily"]},
        "waives": ["cost-center"],
        "reason": "r",
        "approvedBy": "a",
        "expires": "2030-01-01",
    }
    assert violations(pod(), pod(CODE), exemptions=[exemption]) == []


def test_the_keys_are_those_of_the_policy() -> None:
    renamed = {
        "labels": {"team": "squad", "costCenter": "code"},
        "requirements": [{"label": "squad"}, {"label": "code"}],
    }
    assert violations(pod({"team": "who", "cost-center": "X"}), pod(), **renamed) == []
    assert violations(pod(), pod({"code": "1", "squad": "payments"}), **renamed) == [
        ("requirement", "/metadata/labels/code"),
        ("requirement", "/metadata/labels/squad"),
    ]
