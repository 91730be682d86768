"""Compiling in slices: no slice is long, and the outcome is that of one go."""

import json
from collections.abc import Generator

import pytest
from msgspec.structs import replace

from tests.engine.given import decide, pod
from tests.policy.test_compile_from_before import entries, indexed
from webhook.engine import Engine
from webhook.policy.compile import TEAMS_A_SLICE, PolicySet, compile_policy, compiling, softest
from webhook.policy.indexing import HeadStart
from webhook.policy.load import load
from webhook.policy.spec import PolicySpec, Team

COUNT = 3 * TEAMS_A_SLICE + 1


def spec() -> PolicySpec:
    teams = {
        f"team-{at:03}": {
            "members": {"dags": [f"dag{at:03}_*"]},
            "apply": {"nodeSelector": {"pool": str(at)}},
        }
        for at in range(COUNT)
    }
    text = json.dumps({"apiVersion": "taxiway/v1", "teams": teams}).encode()
    return load([("policy.yaml", text)]).spec


def test_every_team_is_found_after_the_last_slice() -> None:
    slices = compiling(spec())
    count = 0
    while True:
        try:
            next(slices)
        except StopIteration as done:
            by = Engine(done.value)
            break
        count += 1
    assert count >= 2 * COUNT / TEAMS_A_SLICE
    for at in (0, TEAMS_A_SLICE - 1, TEAMS_A_SLICE, COUNT - 1):
        body = pod({"team": None, "dag_id": f"dag{at:03}_daily"})
        assert decide(by, body).team == f"team-{at:03}"


def test_in_one_go_the_same_is_made() -> None:
    given = spec()
    by = Engine(compile_policy(given))
    assert (by.revision, len(by.policies.teams)) == (given.revision, COUNT)


@pytest.mark.parametrize("are_filed", [False, True], ids=["counted", "counted and filed"])
def test_teams_that_were_told_before_may_be_others_when_the_set_is_whole(are_filed: bool) -> None:
    given, start = spec(), HeadStart()
    kept = list(given.teams.values())[:-2]
    start.take([*kept[:100], Team(name="team-000"), Team(name="gone")])
    start.take([*kept[100:], given.teams["team-000"], replace(kept[5], members=None)])
    while are_filed and start.indexing.file(TEAMS_A_SLICE):
        pass
    made, alone = finished(compiling(given, start)), compile_policy(given)
    assert indexed(made) == indexed(alone)
    assert made.strayed == 0
    assert entries(made.members.all.groups) == entries(alone.members.all.groups)
    assert entries(made.members.all.filed) == entries(alone.members.all.filed)


def finished(slices: Generator[None, None, PolicySet]) -> PolicySet:
    while True:
        try:
            next(slices)
        except StopIteration as done:
            policies: PolicySet = done.value
            return policies


def test_the_softest_of_modes() -> None:
    assert softest("enforce") == "enforce"
    assert softest("enforce", None, "warn") == "warn"
    assert softest("audit", "warn", "enforce") == "audit"
