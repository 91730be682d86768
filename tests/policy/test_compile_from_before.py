"""A set that is compiled from the one before decides as if it were compiled alone.

Sets are edited by chance: teams come, go and change, and what is common changes now and then.
"""

import json
from itertools import product
from random import Random
from typing import Any

import pytest
from msgspec.structs import replace

from tests.engine.given import CELERY, TODAY, Json, decide, pod, request, workload_of
from webhook.engine import Decision, Engine
from webhook.policy.compile import PolicySet, compile_policy
from webhook.policy.load import load
from webhook.policy.sharing import Shared
from webhook.policy.spec import PolicySpec, Team

STEPS = 8
LETTERS = "abcdef"
# fmt: off
GLOBS = ("etl", "etl_*", "ml_*", "x?z", "*_all", "daily", "a*b")
USERS = ("alice", "system:serviceaccount:airflow:*", "system:serviceaccount:airflow:airflow-worker")
ACCOUNT_1, ACCOUNT_2 = "arn:aws:iam::111122223333:role/", "arn:aws:iam::444455556666:role/"
ROLES = (f"{ACCOUNT_1}a/b", f"{ACCOUNT_1}b", f"{ACCOUNT_2}b", "b", "a/b")
# fmt: on
TOLERATIONS: tuple[Json, ...] = tuple(
    {"key": key, **what, **effect}
    for key in ("dedicated", "gpu", "spot")
    for what in ({"operator": "Exists"}, {"value": "a"}, {"value": "b"})
    for effect in ({}, {"effect": "NoSchedule"}, {"effect": "NoExecute"})
)


def some(random: Random, values: tuple[Any, ...], most: int) -> list[Any]:
    return random.sample(values, random.randint(1, most))


def a_team(random: Random) -> Json:
    members = {
        "namespaces": some(random, ("airflow", "data", "air*"), 2),
        "dags": some(random, GLOBS, 3),
        "users": some(random, USERS, 2),
    }
    kept = {key: values for key, values in members.items() if random.random() < 0.6}
    iam = random.choice(
        [
            {"provider": "kube2iam", "role": random.choice(ROLES)},
            {"provider": "irsa", "serviceAccountName": random.choice(LETTERS)},
        ]
    )
    every = {
        "contact": f"#{random.randint(0, 9)}",
        "members": kept,
        "apply": {"tolerations": some(random, TOLERATIONS, 3), "iam": iam},
    }
    return {key: value for key, value in every.items() if value and random.random() < 0.8}


def a_name(random: Random) -> str:
    return "-".join(random.choice(LETTERS) for _ in range(random.randint(1, 4)))


def common(random: Random) -> Json:
    spot = {"match": {"labels": {"capacity": "spot"}}, "apply": {"tolerations": [TOLERATIONS[-1]]}}
    return {
        "requirements": [{"label": "team"}, *([{"label": "x"}] if random.random() < 0.5 else [])],
        "profiles": {"spot": spot} if random.random() < 0.5 else {},
    }


def edited(random: Random, policy: Json) -> Json:
    """The policy with a few teams, or half of them, others than before."""
    teams = dict(policy["teams"])
    for _ in range(random.choice((0, 1, 1, 2, 5, 60))):
        teams[random.choice((a_name(random), *teams))] = a_team(random)
    for name in random.sample(sorted(teams), min(len(teams) - 1, random.choice((0, 1, 1, 3, 40)))):
        del teams[name]
    return {**policy, **(common(random) if random.random() < 0.3 else {}), "teams": teams}


def spec_of(policy: Json) -> PolicySpec:
    return load([("policy.yaml", json.dumps({"apiVersion": "taxiway/v1", **policy}).encode())]).spec


PODS = [
    pod(
        {"team": team, "dag_id": dag, "capacity": "spot"},
        {"iam.amazonaws.com/role": role} if role else None,
        {"tolerations": tolerations, "serviceAccountName": account},
    )
    for team, dag, (role, account), tolerations in product(
        (None, "a-b", "ab", "f-a-c"),
        ("etl_x", "xyz", "of_all"),
        ((None, "default"), (ROLES[0], "a"), ("b", "c")),
        ([], [{"operator": "Exists"}], [TOLERATIONS[0], TOLERATIONS[4]], [TOLERATIONS[14]]),
    )
]
WORKER = pod(CELERY | {"team": None})


def decisions(policies: PolicySet) -> list[Decision]:
    by = Engine(policies)
    made = [decide(by, each, user=user) for each in PODS for user in (USERS[2], "alice")]
    asked = request(WORKER, user=None)
    made.append(by.review(asked, workload_of(asked), TODAY))
    return made


def entries(shared: Shared[Any, Any]) -> dict[Any, Any]:
    return {key: value for part in shared.parts for key, value in part.items()}


def indexed(policies: PolicySet) -> tuple[Any, ...]:
    """What has to be the same however a set came about."""
    nearest, members = policies.nearest, policies.members
    return (
        entries(policies.reserved.groups),
        nearest.ordered,
        entries(nearest.reduced),
        entries(members.counts),
        dict(members.teams),
    )


@pytest.mark.parametrize("seed", range(4))
def test_a_set_from_the_one_before_decides_as_one_alone(seed: int) -> None:
    random = Random(seed)  # noqa: S311  edits, no secrets
    policy: Json = {"teams": {a_name(random): a_team(random) for _ in range(80)}}
    current = compile_policy(spec_of(policy))
    for _ in range(STEPS):
        before, then = current, indexed(current)
        policy = edited(random, policy)
        current, alone = compile_policy(spec_of(policy), current), compile_policy(spec_of(policy))
        assert indexed(current) == indexed(alone)
        assert decisions(current) == decisions(alone)
        assert indexed(before) == then, "a set never changes"


def test_what_did_not_change_is_shared() -> None:
    random = Random(0)  # noqa: S311  teams, no secrets
    teams = {f"team-{at:03}": a_team(random) for at in range(500)}
    first = compile_policy(spec_of({"teams": teams}))
    spec = first.spec
    changed = {**spec.teams, "team-007": Team(name="team-007", contact="#new")}
    second = compile_policy(replace(spec, teams=changed, revision="new"), first)
    assert second.common is first.common
    assert second.nearest.reduced is first.nearest.reduced
    own = {id(part) for part in first.reserved.groups.parts}
    assert sum(id(part) not in own for part in second.reserved.groups.parts) < 20
    assert second.strayed == 1


def test_a_set_that_has_strayed_is_indexed_anew() -> None:
    teams = {f"team-{at:03}": Team(name=f"team-{at:03}") for at in range(800)}
    first = compile_policy(PolicySpec(revision="1", teams=teams))
    for at, strayed in ((98, 99), (0, 100), (1, 0)):
        more = {
            f"team-{each:03}": Team(name=f"team-{each:03}", contact=f"#{at}")
            for each in range(at + 1)
        }
        first = compile_policy(PolicySpec(revision="2", teams={**first.teams, **more}), first)
        assert first.strayed == strayed
