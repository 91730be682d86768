"""What profiles match, and whose word wins where blocks differ."""

from typing import Any

import pytest

from tests.engine.given import Json, decide, engine, operations, pod


def labelled(**profiles: Json) -> Any:
    """Profiles by name; the team adds `tier: gold`."""
    return engine(
        teams={"payments": {"apply": {"labels": {"tier": "gold"}, "nodeSelector": {"a": "team"}}}},
        profiles=profiles,
    )


def profile(match: Json, **apply: Any) -> Json:
    return {"match": match, "apply": apply}


@pytest.mark.parametrize(
    ("match", "labels", "matched"),
    [
        pytest.param({"labels": {"capacity": "spot"}}, {"capacity": "spot"}, True, id="a label"),
        pytest.param({"labels": {"capacity": "spot"}}, {}, False, id="without it"),
        pytest.param({"labels": {"tier": "gold"}}, {}, True, id="a label that the team adds"),
        pytest.param(
            {"labels": {"tier": "gold"}}, {"tier": "base"}, False, id="the author's goes before"
        ),
        pytest.param({"labels": {"team": "payments"}}, {}, True, id="the team label"),
        pytest.param({"teams": ["payments"]}, {}, True, id="the team"),
        pytest.param({"workloads": ["spark"]}, {}, False, id="another workload"),
        pytest.param(
            {"labels": {"capacity": "spot"}, "namespaces": ["prod"]},
            {"capacity": "spot"},
            False,
            id="all keys are ANDed",
        ),
    ],
)
def test_what_a_profile_matches(match: Json, labels: Json, matched: bool) -> None:
    by = labelled(one=profile(match, annotations={"note": "x"}))
    paths = [each["path"] for each in operations(decide(by, pod(labels)))]
    assert ("/metadata/annotations/note" in paths) == matched


def test_the_team_label_that_members_give_counts_for_profiles() -> None:
    by = engine(
        teams={"payments": {"members": {"namespaces": ["airflow"]}}},
        profiles={"p": profile({"labels": {"team": "payments"}}, nodeSelector={"a": "b"})},
    )
    paths = [each["path"] for each in operations(decide(by, pod({"team": None})))]
    assert paths == ["/metadata/labels/team", "/spec/nodeSelector", "/spec/nodeSelector/a"]


def test_azures_label_counts_for_profiles() -> None:
    azure = {"iam": {"provider": "azure", "serviceAccountName": "sa"}}
    match = {"labels": {"azure.workload.identity/use": "true"}}
    by = engine(
        teams={"payments": {"apply": azure}},
        profiles={"p": profile(match, schedulerName="volcano")},
    )
    paths = [each["path"] for each in operations(decide(by, pod()))]
    assert paths == [
        "/spec/serviceAccountName",
        "/metadata/labels/azure.workload.identity~1use",
        "/spec/schedulerName",
    ]


def test_the_team_goes_before_profiles_and_these_by_name() -> None:
    spot = {"labels": {"capacity": "spot"}}
    by = labelled(
        beta=profile(spot, nodeSelector={"a": "beta", "b": "beta", "c": "beta"}),
        alpha=profile(spot, nodeSelector={"a": "alpha", "b": "alpha"}),
    )
    body = pod({"capacity": "spot", "tier": "gold"}, spec={"nodeSelector": {}})
    added = operations(decide(by, body))
    assert [(each["path"], each["value"]) for each in added] == [
        ("/spec/nodeSelector/a", "team"),
        ("/spec/nodeSelector/b", "alpha"),
        ("/spec/nodeSelector/c", "beta"),
    ]


def test_two_blocks_that_differ_are_no_conflict_of_the_authors() -> None:
    by = labelled(one=profile({"labels": {"capacity": "spot"}}, nodeSelector={"a": "profile"}))
    assert decide(by, pod({"capacity": "spot", "tier": "gold"})).violations == ()


def test_a_profile_is_for_a_pod_of_no_team_too() -> None:
    by = labelled(one=profile({"labels": {"capacity": "spot"}}, schedulerName="volcano"))
    decision = decide(by, pod({"team": None, "capacity": "spot"}))
    assert [each["path"] for each in operations(decision)] == ["/spec/schedulerName"]


def test_each_block_settles_its_own_conflicts() -> None:
    by = engine(
        teams={"payments": {"apply": {"nodeSelector": {"a": "team"}, "onConflict": "keep"}}},
        profiles={
            "one": profile({"labels": {"x": "y"}}, nodeSelector={"b": "one"}, onConflict="override")
        },
    )
    decision = decide(by, pod({"x": "y"}, spec={"nodeSelector": {"a": "mine", "b": "mine"}}))
    assert operations(decision) == [
        {"op": "replace", "path": "/spec/nodeSelector/b", "value": "one"}
    ]
    assert decision.violations == ()


@pytest.mark.parametrize(
    ("labels", "annotation"), [({}, "payments@"), ({"team": None}, "@"), ({"team": "who"}, "@")]
)
def test_every_governed_pod_says_by_what_it_was_decided(labels: Json, annotation: str) -> None:
    by = engine(teams={"payments": {}})
    assert [each.value for each in decide(by, pod(labels)).operations][-1] == (
        annotation + by.revision
    )
