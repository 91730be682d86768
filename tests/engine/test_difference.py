"""What another policy set would do differently, and what is no difference."""

from typing import Any

import pytest

from tests.engine.given import decide, engine, pod
from webhook.engine.difference import Difference, differences, only_in

Json = dict[str, Any]
TEAM: Json = {"costCenters": ["CC-1"]}
COST = {"label": "cost-center", "from": "team.costCenters"}
DATA = {"label": "data-class"}
SPOT = {"tolerations": [{"key": "spot", "operator": "Exists"}]}


def policy(
    team: Json | None = None, *requirements: Json, others: Json | None = None, **top: Any
) -> Json:
    teams = {"payments": {**TEAM, **(team or {})}, **(others or {})}
    return {"teams": teams, "requirements": list(requirements), **top}


def compared(live: Json, planned: Json, sent: Json) -> list[tuple[str, str]]:
    before, after = (decide(engine(**each), sent) for each in (live, planned))
    return [(found.kind, found.rule) for found in differences(before, after)]


PLAIN = policy()
Case = tuple[Json, Json, Json, list[tuple[str, str]]]
CASES: dict[str, Case] = {
    "the same policy": (PLAIN, PLAIN, pod(), []),
    "another policy for another team": (PLAIN, policy(others={"fraud": {}}), pod(), []),
    "a requirement that it does not meet": (
        PLAIN,
        policy(None, COST, DATA),
        pod(),
        [("newly-denied", "requirement")],
    ),
    "two rules that it breaks": (
        PLAIN,
        policy({"members": {"namespaces": ["data"]}}, DATA),
        pod(),
        [("newly-denied", "requirement"), ("newly-denied", "membership")],
    ),
    "a requirement that is no more": (
        policy(None, DATA),
        PLAIN,
        pod(),
        [("newly-admitted", "requirement")],
    ),
    "a requirement that only warns": (
        PLAIN,
        policy(None, {**DATA, "mode": "warn"}),
        pod(),
        [("told-differently", "")],
    ),
    "enforced in place of warned": (
        policy(None, {**DATA, "mode": "warn"}),
        policy(None, DATA),
        pod(),
        [("newly-denied", "requirement")],
    ),
    "denied for another label": (
        policy(None, COST),
        policy(None, DATA),
        pod(),
        [("told-differently", "requirement")],
    ),
    "denied for one label more": (
        policy(None, COST),
        policy(None, COST, DATA),
        pod(),
        [("told-differently", "requirement")],
    ),
    "a toleration more": (PLAIN, policy({"apply": SPOT}), pod(), [("placed-elsewhere", "")]),
    "a toleration that the pod has already": (
        PLAIN,
        policy({"apply": SPOT}),
        pod(spec={"tolerations": [{"key": "spot", "operator": "Exists"}]}),
        [],
    ),
    "another place of one that is denied": (
        policy(None, DATA),
        policy({"apply": SPOT}, DATA),
        pod(),
        [],
    ),
    "another team by members": (
        policy({"members": {"namespaces": ["airflow"]}}),
        policy(others={"fraud": {"members": {"namespaces": ["airflow"]}}}),
        pod({"team": None}),
        [("team-changed", ""), ("placed-elsewhere", "")],
    ),
    "a team that is gone": (PLAIN, {"teams": {}}, pod(), [("team-changed", "")]),
    "audit in place of enforce": (
        policy({"apply": SPOT}, DATA),
        policy({"apply": SPOT}, DATA, mode="audit"),
        pod(),
        [("newly-admitted", "requirement")],
    ),
    "enforce in place of audit": (
        policy({"apply": SPOT}, mode="audit"),
        policy({"apply": SPOT}),
        pod(),
        [("placed-elsewhere", "")],
    ),
    "audit of what changes nothing": (PLAIN, policy(mode="audit"), pod(), []),
    "an audit that would find something else": (
        policy(None, COST, mode="audit"),
        policy({"apply": SPOT}, DATA, mode="audit"),
        pod(),
        [],
    ),
}


@pytest.mark.parametrize(("live", "planned", "sent", "found"), CASES.values(), ids=CASES.keys())
def test_what_differs(live: Json, planned: Json, sent: Json, found: list[tuple[str, str]]) -> None:
    assert compared(live, planned, sent) == found


def test_only_what_one_patch_does_is_told_of_it() -> None:
    both = {"labels": {"cost-center": "CC-1"}}
    before = engine(**policy({"apply": {**both, "nodeSelector": {"pool": "a"}}}))
    after = engine(**policy({"apply": {**both, "nodeSelector": {"pool": "b"}}}))
    live, planned = (decide(each, pod()) for each in (before, after))
    told = [(each.path, each.value) for each in only_in(live, planned)]
    assert told == [("/spec/nodeSelector/pool", "a")]
    assert differences(live, planned) == (Difference("placed-elsewhere"),)
