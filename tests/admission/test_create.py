"""CREATE: what both endpoints say of one pod, by mode, and when the mutating call failed open."""

from typing import Any

import pytest

from tests.admission.asking import admitted, asked, patch_of, pod, review
from tests.engine.given import Json, engine

MISSING_LABEL = (
    "label tier=gold of team payments is missing from the final pod: it was not added, or "
    "another webhook took it away; run the task again, then ask who runs the cluster"
)
OWNER = 'label owner is missing: add labels={"owner": "..."} to the KubernetesPodOperator'


def by(**top: Any) -> Any:
    return engine(
        **{"requirements": [{"label": "owner"}], **top},
        teams={"payments": {"contact": "#p", "apply": {"labels": {"tier": "gold"}}}},
    )


HEAD = "pod daily-load-x7k2 (dag daily, task load) breaks "
OWNED = {"owner": "x"}


def test_a_mutated_pod_that_breaks_nothing_is_allowed() -> None:
    policy = by()
    final = admitted(pod(OWNED), policy)
    answer, response = asked("/validate", review(final), policy)
    assert (response["allowed"], answer.record.decision) == (True, "allowed")
    record = answer.record
    assert (record.violations, record.operations, record.message) == ((), (), None)


def test_all_violations_are_told_at_once() -> None:
    policy = by()
    final = admitted(pod(spec={"nodeName": "n1"}), policy)
    del final["metadata"]["labels"]["tier"]
    answer, response = asked("/validate", review(final), policy)
    node = (
        "nodeName n1 goes around the scheduler and every taint: remove nodeName in "
        "full_pod_spec= or pod_template_file= of the KubernetesPodOperator"
    )
    assert response["status"] == {
        "status": "Failure",
        "code": 400,
        "reason": "BadRequest",
        "message": f"{HEAD}3 rules: [requirement] {OWNER}. [reserved] {node}. "
        f"[not-applied] {MISSING_LABEL}. Ask #p.",
    }
    assert [each.rule for each in answer.record.violations] == [
        "requirement",
        "reserved",
        "not-applied",
    ]


def test_what_a_later_webhook_undid_is_denied() -> None:
    policy = by()
    final = admitted(pod(OWNED), policy)
    del final["metadata"]["labels"]["tier"]
    _, response = asked("/validate", review(final), policy)
    status = response["status"]
    assert (status["code"], status["reason"]) == (400, "BadRequest")
    assert status["message"] == f"{HEAD}1 rule: [not-applied] {MISSING_LABEL}. Ask #p."


def test_failed_open_with_broken_rules_those_alone_are_denied() -> None:
    answer, response = asked("/validate", review(pod()), by())
    status = response["status"]
    assert (status["code"], status["reason"]) == (400, "BadRequest")
    assert status["message"] == f"{HEAD}1 rule: [requirement] {OWNER}. Ask #p."
    assert [each.rule for each in answer.record.violations] == ["requirement"]


def test_failed_open_with_nothing_broken_is_our_fault_and_tried_again() -> None:
    answer, response = asked("/validate", review(pod(OWNED)), by())
    assert response["status"] == {
        "status": "Failure",
        "code": 500,
        "reason": "InternalError",
        "message": f"{HEAD}1 rule: [not-applied] {MISSING_LABEL}. Ask #p.",
    }
    assert answer.record.decision == "not-applied"
    assert response["auditAnnotations"]["decision"] == "not-applied"


def test_failed_open_with_nothing_to_add_is_allowed() -> None:
    answer, _ = asked("/validate", review(pod({**OWNED, "tier": "gold"})), by())
    assert answer.record.decision == "allowed"


def test_failed_open_a_rule_that_only_warns_is_not_broken() -> None:
    soft = by(requirements=[{"label": "owner", "mode": "warn"}])
    answer, response = asked("/validate", review(pod()), soft)
    assert response["status"]["code"] == 500
    assert [(each.rule, each.mode) for each in answer.record.violations] == [
        ("requirement", "warn"),
        ("not-applied", "enforce"),
    ]


def test_failed_open_the_pod_is_judged_as_the_patch_leaves_it() -> None:
    """A requirement that the team's own label meets is met."""
    answer, response = asked("/validate", review(pod()), by(requirements=[{"label": "tier"}]))
    assert (response["status"]["code"], answer.record.decision) == (500, "not-applied")


def test_warn_admits_with_a_warning_for_each_violation() -> None:
    policy = by(mode="warn")
    answer, response = asked("/mutate", review(pod()), policy)
    assert (len(patch_of(response)), answer.record.decision) == (3, "patched")
    final = admitted(pod(), policy)
    del final["metadata"]["labels"]["tier"]
    answer, response = asked("/validate", review(final), policy)
    assert response["allowed"]
    assert response["warnings"] == [f"[requirement] {OWNER}", f"[not-applied] {MISSING_LABEL}"]
    assert answer.record.decision == "warned"


def test_warn_and_failed_open_is_a_warning_too() -> None:
    answer, response = asked("/validate", review(pod(OWNED)), by(mode="warn"))
    assert (response["allowed"], response["warnings"]) == (True, [f"[not-applied] {MISSING_LABEL}"])
    assert answer.record.decision == "warned"


def test_a_denial_names_what_denies_and_records_what_warns() -> None:
    policy = by(requirements=[{"label": "owner"}, {"label": "class", "mode": "warn"}])
    answer, response = asked("/validate", review(admitted(pod(), policy)), policy)
    assert response["status"]["message"] == f"{HEAD}1 rule: [requirement] {OWNER}. Ask #p."
    assert [each.mode for each in answer.record.violations] == ["warn", "enforce"]


@pytest.mark.parametrize("path", ["/mutate", "/validate"])
def test_audit_admits_silently_and_patches_nothing(path: str) -> None:
    answer, response = asked(path, review(pod()), by(mode="audit"))
    assert set(response) == {"uid", "allowed", "auditAnnotations"}
    assert response["allowed"]
    assert response["auditAnnotations"]["decision"] == answer.record.decision == "audited"


def test_audit_records_the_patch_that_would_have_been_made_and_what_it_would_leave() -> None:
    policy = by(mode="audit")
    mutate, _ = asked("/mutate", review(pod()), policy)
    validate, _ = asked("/validate", review(pod()), policy)
    for answer in (mutate, validate):
        assert [each.path for each in answer.record.operations] == ["/metadata/labels/tier"]
    assert [(each.rule, each.mode, each.message) for each in validate.record.violations] == [
        ("requirement", "audit", OWNER)
    ]


def test_a_requirement_in_audit_is_recorded_alone() -> None:
    policy = by(requirements=[{"label": "owner", "mode": "audit"}])
    answer, response = asked("/validate", review(admitted(pod(), policy)), policy)
    assert "warnings" not in response
    assert [each.mode for each in answer.record.violations] == ["audit"]
    assert answer.record.decision == "allowed"


QUANTITY = "request cpu=2 of team payments is left out: the container's limit 1 does not allow it"


def test_what_is_left_out_is_warned_of_by_both() -> None:
    policy = engine(
        teams={"payments": {"apply": {"container": {"resources": {"requests": {"cpu": "2"}}}}}}
    )
    limited = pod(spec={"containers": [{"name": "base", "resources": {"limits": {"cpu": "1"}}}]})
    _, response = asked("/mutate", review(limited), policy)
    assert response["warnings"] == [QUANTITY]
    final = admitted(limited, policy)
    for path in ("/mutate", "/validate"):
        _, response = asked(path, review(final), policy)
        assert (response["allowed"], response["warnings"]) == (True, [QUANTITY])


ENDING: Json = {
    "name": "backfill",
    "match": {"dags": ["daily"]},
    "waives": ["not-applied", "owner"],
    "reason": "INC-1",
    "approvedBy": "sre",
    "expires": "2026-06-10",
}


@pytest.mark.parametrize("failed_open", [False, True])
def test_an_exemption_that_ends_soon_warns_once(failed_open: bool) -> None:
    policy = by(exemptions=[ENDING])
    final = pod() if failed_open else admitted(pod(), policy)
    if not failed_open:
        del final["metadata"]["labels"]["tier"]
    _, response = asked("/validate", review(final), policy)
    assert response["allowed"]
    assert response["warnings"] == [
        "exemption backfill ends on 2026-06-10 (INC-1): afterwards not-applied, owner will be "
        "required again; mend the pod or ask sre"
    ]


def test_a_record_says_who_ran_what() -> None:
    body = pod({"run_id": "r1"})
    record = asked("/mutate", review(body), by())[0].record
    assert (record.workload, record.dag, record.task, record.run, record.team, record.mode) == (
        "pod-operator",
        "daily",
        "load",
        "r1",
        "payments",
        "enforce",
    )
    assert (record.operation, record.namespace) == ("CREATE", "airflow")


@pytest.mark.parametrize(
    ("user", "denied"),
    [
        pytest.param({"username": "alice", "groups": ["x"]}, False, id="a member"),
        pytest.param({"username": "bob"}, True, id="somebody else"),
        pytest.param({}, False, id="nobody: users cannot be tested"),
        pytest.param(None, False, id="no userInfo at all"),
    ],
)
def test_who_asks_is_told_by_the_request(user: Json | None, denied: bool) -> None:
    policy = engine(teams={"payments": {"members": {"users": ["alice"]}}})
    answer, _ = asked("/validate", review(pod(), userInfo=user), policy)
    assert answer.record.decision == ("denied" if denied else "allowed")
