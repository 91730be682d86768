"""The row of tolerations in the table of merges."""

from typing import Any

import pytest

from tests.engine.given import Json, applies, decide, engine, operations, pod, told


def tol(key: str = "", value: str | None = None, effect: str = "", **more: Any) -> Json:
    operator = "Exists" if value is None else "Equal"
    every = {"key": key, "operator": operator, "value": value, "effect": effect, **more}
    return {name: part for name, part in every.items() if part not in (None, "")}


def seconds(count: int | None, key: str = "slow", operator: str = "Exists") -> Json:
    timed = {} if count is None else {"tolerationSeconds": count}
    return {"key": key, "operator": operator, "effect": "NoExecute", **timed}


OURS = tol("dedicated", "ours", "NoSchedule")
EMPTY = {"op": "add", "path": "/spec/tolerations", "value": []}
READY, REACHED = "node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"


def append(toleration: Json) -> Json:
    return {"op": "add", "path": "/spec/tolerations/-", "value": toleration}


@pytest.mark.parametrize(
    ("there", "patch"),
    [
        pytest.param({}, [EMPTY, append(OURS)], id="a list is made where there is none"),
        pytest.param({"tolerations": None}, [EMPTY, append(OURS)], id="a list of null is none"),
        pytest.param({"tolerations": []}, [append(OURS)], id="an empty list is taken as it is"),
        pytest.param(
            {"tolerations": [tol("other", "x")]}, [append(OURS)], id="others stay before it"
        ),
        pytest.param({"tolerations": [OURS]}, [], id="the same is there already"),
        pytest.param(
            {"tolerations": [{"key": "dedicated", "value": "ours", "effect": "NoSchedule"}]},
            [],
            id="no operator is Equal",
        ),
        pytest.param(
            {"tolerations": [tol("dedicated", "ours")]}, [], id="no effect is every effect"
        ),
        pytest.param(
            {"tolerations": [tol("dedicated", None, "NoSchedule")]}, [], id="Exists is every value"
        ),
        pytest.param({"tolerations": [tol()]}, [], id="no key with Exists is every key"),
        pytest.param(
            {"tolerations": [tol("", None, "NoSchedule")]}, [], id="every key of that effect"
        ),
        pytest.param(
            {"tolerations": [tol("", None, "NoExecute")]},
            [append(OURS)],
            id="every key of another effect tolerates something else",
        ),
        pytest.param(
            {"tolerations": [tol("dedicated", "ours", "NoExecute")]},
            [append(OURS)],
            id="another effect is another taint",
        ),
        pytest.param(
            {"tolerations": [tol("dedicated", "theirs", "NoSchedule")]},
            [append(OURS)],
            id="another value is another taint",
        ),
        pytest.param(
            {"tolerations": [{"key": "dedicated", "operator": "Exists", "value": "x"}]},
            [],
            id="the value of Exists says nothing",
        ),
    ],
)
def test_added_unless_one_tolerates_all_that_it_tolerates(there: Json, patch: list[Json]) -> None:
    decision = decide(applies(tolerations=[OURS]), pod(spec=there))
    assert (operations(decision), told(decision)) == (patch, [])


def test_a_part_of_what_the_policy_tolerates_is_not_all_of_it() -> None:
    wide = tol("dedicated")
    decision = decide(applies(tolerations=[wide]), pod(spec={"tolerations": [OURS]}))
    assert operations(decision) == [append(wide)]


def test_a_wider_one_of_the_policys_own_is_enough_for_those_after_it() -> None:
    decision = decide(applies(tolerations=[tol("dedicated"), OURS]), pod(spec={"tolerations": []}))
    assert operations(decision) == [append(tol("dedicated"))]


def test_a_wider_one_that_is_there_is_enough_whatever_its_seconds() -> None:
    there = {"key": "slow", "operator": "Exists", "tolerationSeconds": 5, "effect": "NoExecute"}
    narrow = {**seconds(60, operator="Equal"), "value": "x"}
    decision = decide(applies(tolerations=[narrow]), pod(spec={"tolerations": [there]}))
    assert (operations(decision), told(decision)) == ([], [])


def conflict(said: str, at: int = 0) -> list[Any]:
    message = f"toleration slow:NoExecute has tolerationSeconds {said}: remove it"
    return [("conflict", f"/spec/tolerations/{at}", message)]


@pytest.mark.parametrize(
    ("wanted", "there", "on_conflict", "violations"),
    [
        pytest.param(60, 60, "deny", [], id="the same seconds"),
        pytest.param(None, None, "deny", [], id="both for ever"),
        pytest.param(
            60,
            5,
            "deny",
            conflict("5, team payments wants 60"),
            id="others for the same taint are a conflict: of two the first would win",
        ),
        pytest.param(
            60,
            None,
            "deny",
            conflict("none (for ever), team payments wants 60"),
            id="for ever is other than a minute",
        ),
        pytest.param(
            None,
            300,
            "deny",
            conflict("300, team payments wants none (for ever)"),
            id="300 of another taint are the author's own",
        ),
        pytest.param(60, 0, "deny", conflict("0, team payments wants 60"), id="none at all"),
        pytest.param(60, 5, "keep", [], id="with keep the author's stand"),
        pytest.param(
            60,
            5,
            "override",
            conflict("5, team payments wants 60"),
            id="override is deny here",
        ),
    ],
)
def test_seconds(
    wanted: int | None, there: int | None, on_conflict: str, violations: list[Any]
) -> None:
    body = pod(spec={"tolerations": [seconds(there)]})
    decision = decide(applies(on_conflict, tolerations=[seconds(wanted)]), body)
    assert (operations(decision), told(decision)) == ([], violations)


def test_the_conflict_names_the_place_of_the_one_that_is_there() -> None:
    body = pod(spec={"tolerations": [tol("x"), seconds(5)]})
    decision = decide(applies(tolerations=[seconds(60)]), body)
    assert told(decision) == conflict("5, team payments wants 60", at=1)


@pytest.mark.parametrize("key", [READY, REACHED])
@pytest.mark.parametrize(
    ("wanted", "there", "patch"),
    [
        pytest.param(60, 300, [("add", 60)], id="the API server's 300 s take the policy's"),
        pytest.param(None, 300, [("remove", None)], id="or none at all"),
        pytest.param(300, 300, [], id="or stay where the policy wants 300"),
    ],
)
def test_the_api_servers_own_pair_is_replaced_in_its_place(
    key: str, wanted: int | None, there: int, patch: list[tuple[str, int | None]]
) -> None:
    body = pod(spec={"tolerations": [tol("x"), seconds(there, key), tol("y")]})
    decision = decide(applies(tolerations=[seconds(wanted, key)]), body)
    path = "/spec/tolerations/1/tolerationSeconds"
    expected = [
        {"op": op, "path": path, **({} if value is None else {"value": value})}
        for op, value in patch
    ]
    assert (operations(decision), told(decision)) == (expected, [])


def test_seconds_of_the_authors_own_for_not_ready_are_a_conflict() -> None:
    body = pod(spec={"tolerations": [seconds(30, READY)]})
    decision = decide(applies(tolerations=[seconds(60, READY)]), body)
    said = (
        f"toleration {READY}:NoExecute has tolerationSeconds 30, team payments wants 60: remove it"
    )
    assert (operations(decision), told(decision)) == (
        [],
        [("conflict", "/spec/tolerations/0", said)],
    )


def test_of_two_blocks_the_teams_seconds_win_over_a_profiles() -> None:
    by = engine(
        teams={"payments": {"apply": {"tolerations": [seconds(60)]}}},
        profiles={
            "spot": {
                "match": {"labels": {"capacity": "spot"}},
                "apply": {"tolerations": [seconds(5), OURS]},
            }
        },
    )
    decision = decide(by, pod({"capacity": "spot"}, spec={"tolerations": []}))
    assert operations(decision) == [append(seconds(60)), append(OURS)]
    assert told(decision) == []
