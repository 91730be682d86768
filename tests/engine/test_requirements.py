"""The `requirement` rule: what every governed pod must carry, and how a denial says so."""

from typing import Any

import pytest

from tests.engine.given import EXECUTOR, Json, decide, engine, pod, told

TEAMS: Json = {
    "payments": {"costCenters": ["CC-1", "CC-2"]},
    "fraud": {"costCenters": []},
}


def add(key: str, value: str = "...") -> str:
    return f'add labels={{"{key}": "{value}"}} to the KubernetesPodOperator'


def change(key: str, value: str = "...") -> str:
    return f'set labels={{"{key}": "{value}"}} in the KubernetesPodOperator'


CODE = {"label": "cost-center", "from": "team.costCenters"}
CLASS = {"label": "class", "values": ["public", "internal"]}
TICKET = {"label": "ticket", "pattern": "^[A-Z]+-[0-9]+$"}


@pytest.mark.parametrize(
    ("required", "labels", "said"),
    [
        pytest.param({"label": "owner"}, {"owner": "x"}, None, id="present"),
        pytest.param({"label": "owner"}, {}, f"owner is missing: {add('owner')}", id="missing"),
        pytest.param(
            {"label": "owner"}, {"owner": ""}, f"owner is empty: {change('owner')}", id="empty"
        ),
        pytest.param(CLASS, {"class": "internal"}, None, id="one of the values"),
        pytest.param(
            CLASS,
            {"class": "Public"},
            f"class is Public; it must be one of public, internal: {change('class', 'public')}",
            id="none of the values",
        ),
        pytest.param(
            CLASS,
            {},
            f"class is missing; it must be one of public, internal: {add('class', 'public')}",
            id="a missing one of values",
        ),
        pytest.param(TICKET, {"ticket": "OPS-1"}, None, id="matches the pattern"),
        pytest.param(
            TICKET,
            {"ticket": "ops-1"},
            f"ticket is ops-1; it must match ^[A-Z]+-[0-9]+$: {change('ticket')}",
            id="does not match the pattern",
        ),
        pytest.param(
            {"label": "ticket", "pattern": "[0-9]"},
            {"ticket": "a1b"},
            None,
            id="a pattern is searched for",
        ),
        pytest.param(CODE, {"cost-center": "CC-2"}, None, id="a code of the team"),
        pytest.param(
            CODE,
            {"cost-center": "CC-9"},
            "cost-center is CC-9; team payments may use CC-1, CC-2: "
            + change("cost-center", "CC-1"),
            id="a code of nobody",
        ),
        pytest.param(
            CODE,
            {},
            "cost-center is missing; team payments may use CC-1, CC-2: "
            + add("cost-center", "CC-1"),
            id="no code",
        ),
        pytest.param(
            CODE,
            {"team": "fraud", "cost-center": "CC-1"},
            "cost-center is CC-1; team fraud has no cost center in the policy yet: "
            + change("cost-center"),
            id="another team's code",
        ),
        pytest.param(
            CODE,
            {"team": None, "cost-center": "CC-1"},
            "cost-center is CC-1; which codes are allowed depends on the team, and this pod has "
            "none: " + change("cost-center"),
            id="a code of no team",
        ),
        pytest.param({"label": "team"}, {}, None, id="a team of the policy"),
        pytest.param(
            {"label": "team"},
            {"team": "paymnets"},
            "team is paymnets, which is no team of the policy; the nearest is payments: "
            + change("team", "payments"),
            id="an unknown team, with the nearest",
        ),
        pytest.param(
            {"label": "team"},
            {"team": "zzz"},
            "team is zzz, which is no team of the policy; name one that is: " + change("team"),
            id="an unknown team with none near",
        ),
        pytest.param(
            {"label": "team", "values": ["fraud"]},
            {},
            f"team is payments; it must be one of fraud: {change('team', 'fraud')}",
            id="a team that is not among the values",
        ),
        pytest.param(
            {"label": "team", "pattern": "."},
            {"team": "nobody"},
            "team is nobody, which is no team of the policy; name one that is: " + change("team"),
            id="a team that fits the pattern must still be a team",
        ),
        pytest.param(
            {"label": "owner", "message": "name a person"},
            {},
            f"owner is missing; name a person: {add('owner')}",
            id="the policy's own message takes the place of ours",
        ),
    ],
)
def test_requirement(required: Json, labels: Json, said: str | None) -> None:
    decision = decide(engine(requirements=[required], teams=TEAMS), pod(labels))
    path = f"/metadata/labels/{required['label']}"
    assert told(decision) == ([] if said is None else [("requirement", path, f"label {said}")])


@pytest.mark.parametrize(
    ("match", "held"),
    [
        ({"workloads": ["pod-operator"]}, True),
        ({"workloads": ["kubernetes-executor", "pod-*"]}, True),
        ({"workloads": ["spark"]}, False),
        ({"namespaces": ["air*"]}, True),
        ({"namespaces": ["prod-*"]}, False),
        ({"labels": {"tier": ["gold", "silver"]}}, True),
        ({"labels": {"tier": "base"}}, False),
        ({"labels": {"nothing": "*"}}, False),
        ({"dags": ["daily"]}, True),
        ({"dags": ["weekly"]}, False),
        ({"teams": ["payments"]}, True),
        ({"teams": ["fraud"]}, False),
        ({"users": ["system:serviceaccount:airflow:*"]}, True),
        ({"users": ["alice"]}, False),
        ({"workloads": ["pod-operator"], "namespaces": ["prod-*"]}, False),
        ({"workloads": ["pod-operator"], "namespaces": ["air*"]}, True),
    ],
    ids=str,
)
def test_a_requirement_is_for_the_pods_that_it_matches(match: Json, held: bool) -> None:
    by = engine(requirements=[{"label": "owner", "match": match}], teams=TEAMS)
    assert bool(told(decide(by, pod({"tier": "silver"})))) == held


def test_a_match_of_labels_counts_those_that_the_policy_adds() -> None:
    by = engine(
        requirements=[{"label": "owner", "match": {"labels": {"tier": "gold"}}}],
        teams={"payments": {"apply": {"labels": {"tier": "gold"}}}},
    )
    assert [path for _, path, _ in told(decide(by, pod()))] == ["/metadata/labels/owner"]


def test_a_match_of_a_dag_knows_what_airflow_makes_of_its_name() -> None:
    """A label is sanitised, and the policy's author writes the dag as it is called."""
    by = engine(requirements=[{"label": "owner", "match": {"dags": ["daily load"]}}], teams=TEAMS)
    labelled = pod({"dag_id": "dailyload-2bf6201ad"})
    assert [path for _, path, _ in told(decide(by, labelled))] == ["/metadata/labels/owner"]
    executed = pod({**EXECUTOR, "dag_id": "x"}, {"dag_id": "daily load"})
    assert [path for _, path, _ in told(decide(by, executed))] == ["/metadata/labels/owner"]


def test_what_the_policy_adds_meets_a_requirement() -> None:
    by = engine(
        requirements=[CODE],
        teams={"payments": {"costCenters": ["CC-1"], "apply": {"labels": {"cost-center": "CC-1"}}}},
    )
    assert told(decide(by, pod())) == []


def test_every_broken_requirement_is_told_in_the_order_of_their_labels() -> None:
    by = engine(requirements=[{"label": "zone"}, {"label": "owner"}, CLASS], teams=TEAMS)
    assert [path for _, path, _ in told(decide(by, pod()))] == [
        "/metadata/labels/class",
        "/metadata/labels/owner",
        "/metadata/labels/zone",
    ]


def test_a_key_with_a_slash_is_a_pointer_with_its_escape() -> None:
    by = engine(requirements=[{"label": "example.com/owner"}], teams=TEAMS)
    assert told(decide(by, pod()))[0][1] == "/metadata/labels/example.com~1owner"


@pytest.mark.parametrize(("length", "met"), [(63, True), (64, False)])
def test_a_value_that_no_label_can_have_meets_nothing(length: int, met: bool) -> None:
    by = engine(requirements=[TICKET], teams=TEAMS)
    value = "A" * (length - 2) + "-1"
    assert (told(decide(by, pod({"ticket": value}))) == []) == met


def test_other_label_keys_are_used_where_the_policy_says_so() -> None:
    by: Any = engine(
        labels={"team": "squad", "costCenter": "code"},
        requirements=[{"label": "squad"}],
        teams=TEAMS,
    )
    assert decide(by, pod({"squad": "fraud"})).team == "fraud"
    assert told(decide(by, pod({"squad": "frau"}))) == [
        (
            "requirement",
            "/metadata/labels/squad",
            "label squad is frau, which is no team of the policy; the nearest is fraud: "
            + change("squad", "fraud"),
        )
    ]
