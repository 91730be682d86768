"""An explanation says what the engine did: the same decision, and what it went by."""

from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace

from tests.engine.given import TODAY, decide, engine, pod, request, workload_of
from tests.engine.test_lines import explained
from tests.golden import case
from webhook.airflow.workload import recognise
from webhook.engine import Engine
from webhook.engine.explanation import explain
from webhook.engine.lines import ADDED, REPLACED
from webhook.engine.ownership import MemberTest, Ownership
from webhook.policy.compile import compile_policy
from webhook.policy.load import load

MEMBERS = {
    "ml": {"members": {"namespaces": ["airflow"], "dags": ["ml_*", "train"]}},
    "web": {"members": {"namespaces": ["airflow", "web"], "users": ["system:serviceaccount:*"]}},
}
FOUND = Ownership(
    rule="nobody",
    team=None,
    label=None,
    label_key="team",
    candidates=(),
    nearly=(),
    tests=(),
)
AIRFLOW = MemberTest("namespaces", "airflow", "matches", ("airflow",))
WORKER = "system:serviceaccount:airflow:airflow-worker"

OWNERS: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    "by its label": (
        {"team": "ml", "dag_id": "other"},
        {},
        {
            "rule": "label",
            "team": "ml",
            "label": "ml",
            "tests": (AIRFLOW, MemberTest("dags", "other", "does not match", ("ml_*", "train"))),
        },
    ),
    "by a label that names no team": (
        {"team": "nobody"},
        {},
        {"rule": "label", "label": "nobody"},
    ),
    "by its members": (
        {"team": None, "dag_id": "ml_a"},
        {"user": "ada"},
        {
            "rule": "members",
            "team": "ml",
            "tests": (AIRFLOW, MemberTest("dags", "ml_a", "matches", ("ml_*",))),
        },
    ),
    "by the members of two": (
        {"team": None, "dag_id": "train"},
        {},
        {"rule": "several", "candidates": ("ml", "web")},
    ),
    "by no member": (
        {"team": None, "dag_id": "other"},
        {"namespace": "elsewhere"},
        {},
    ),
    "nearly by a member that cannot be tested": (
        {"team": None, "dag_id": "other"},
        {"user": None},
        {"nearly": (("web", "users"),)},
    ),
    "by a label, with a user that cannot be tested": (
        {"team": "web"},
        {"user": None},
        {
            "rule": "label",
            "team": "web",
            "label": "web",
            "tests": (
                AIRFLOW,
                MemberTest("users", None, "cannot be tested", ("system:serviceaccount:*",)),
            ),
        },
    ),
}


@pytest.mark.parametrize(("labels", "asked", "keys"), OWNERS.values(), ids=OWNERS)
def test_whose_it_is(labels: dict[str, Any], asked: dict[str, Any], keys: dict[str, Any]) -> None:
    found = explained(engine(teams=MEMBERS), pod(labels), **asked)
    assert found.ownership == replace(FOUND, **keys)


def test_the_team_s_own_service_account_is_told_as_such() -> None:
    teams = {
        "ml": {
            "members": {"users": ["ada"]},
            "apply": {"iam": {"provider": "irsa", "serviceAccountName": "train"}},
        }
    }
    user = "system:serviceaccount:airflow:train"
    found = explained(engine(teams=teams), pod({"team": "ml"}), user=user)
    assert found.ownership.tests == (
        MemberTest("users", user, "matches", ("the team's own service account train",)),
    )


def test_the_mode_in_force_comes_with_the_stages_that_soften_it() -> None:
    stages = [
        {"namespaces": ["air*"], "mode": "warn"},
        {"namespaces": ["web"], "mode": "audit"},
    ]
    by = engine(mode="enforce", stages=stages)
    found = explained(by, pod())
    assert (found.policy_mode, found.stages, found.decision.mode) == (
        "enforce",
        by.policies.spec.stages[:1],
        "warn",
    )


EXEMPTIONS = [
    {
        "name": name,
        "match": {},
        "waives": waives,
        "reason": "INC-1",
        "approvedBy": "sre",
        "expires": day,
    }
    for name, waives, day in (
        ("now", ["tier"], "2026-12-31"),
        ("past", ["tier", "reserved"], "2026-01-31"),
        ("other", ["conflict"], "2026-12-31"),
    )
]


def test_each_requirement_and_exemption_says_what_it_did() -> None:
    by = engine(
        requirements=[{"label": "team"}, {"label": "tier", "values": ["a", "b"]}],
        exemptions=EXEMPTIONS,
        teams={"payments": {}},
    )
    found = explained(by, pod(spec={"nodeName": "node-1"}))
    met, broken = found.requirements
    assert (met.value, met.violation) == ("payments", None)
    assert (broken.value, broken.wanted) == (None, "it must be one of a, b")
    assert [(each.exemption.name, each.violation) for each in found.waived] == [
        ("now", broken.violation)
    ]
    (node,) = found.decision.violations
    assert [(each.exemption.name, each.violation) for each in found.lapsed] == [("past", node)]


def test_of_an_update_only_what_it_brings_is_explained() -> None:
    by = engine(
        teams={"payments": {"apply": {"labels": {"a": "b"}}}}, requirements=[{"label": "x"}]
    )
    body = pod(spec={"tolerations": []})
    found = explained(by, body, operation="UPDATE", old_pod=request(body).pod)
    assert (found.lines, found.requirements, found.decision.violations) == ((), (), ())


@pytest.mark.parametrize("name", case.names())
def test_it_is_the_decision_of_a_review_on_every_real_pod(name: str) -> None:
    policy = (case.HERE / "policy.yaml").read_bytes()
    by = Engine(compile_policy(load([("policy.yaml", policy)]).spec))
    asked = request(case.names()[name])
    workload = workload_of(asked)
    found = explain(by, asked, workload, TODAY)
    assert found.decision == by.review(asked, workload, TODAY)
    assert found.signs
    placed = [line.path for line in found.lines if line.outcome in (ADDED, REPLACED)]
    patched = [operation.path for operation in found.decision.operations]
    assert all(any(path.startswith(there) for path in patched) for there in placed)


def test_the_day_of_an_exemption_is_the_argument_s() -> None:
    by = engine(requirements=[{"label": "tier"}], exemptions=EXEMPTIONS[:1])
    asked = request(pod())
    later = explain(by, asked, workload_of(asked), date(2027, 1, 1))
    assert [each.exemption.name for each in later.lapsed] == ["now"]
    assert later.waived == ()


def test_what_is_explained_is_kept_by_nobody() -> None:
    """An explanation leaves the engine as it was: the next decision is the same."""
    by = engine(teams={"payments": {"apply": {"labels": {"a": "b"}}}})
    before = decide(by, pod())
    explained(by, pod())
    assert decide(by, pod()) == before
    assert recognise(request(pod()).pod, namespace="a", govern_all=False, own_namespace=None)
