"""The `reserved` rule: what only other teams' `apply` gives.

Tolerations are also checked against every taint, in `test_reserved_properties`.
"""

from typing import Any

import pytest

from tests.engine.given import Json, decide, engine, pod, told

KPO = "of the KubernetesPodOperator"
ARN = "arn:aws:iam::111122223333:role/"
TOLERATION = "/spec/tolerations/0"


def tol(key: str | None, value: str | None, effect: str | None = None) -> Json:
    operator = "Exists" if value is None else "Equal"
    every = {"key": key, "operator": operator, "value": value, "effect": effect}
    return {name: part for name, part in every.items() if part is not None}


def world(own: Json | None = None, theirs: Json | None = None, profile: Json | None = None) -> Any:
    """Team payments, whose pod it is, team fraud, and a profile that the pod does not match."""
    return engine(
        teams={"payments": {"apply": own or {}}, "fraud": {"apply": theirs or {}}},
        profiles={"spot": {"match": {"labels": {"capacity": "spot"}}, "apply": profile or {}}},
    )


def tolerating(*tolerations: Json) -> Json:
    return {"tolerations": list(tolerations)}


def reserved(what: str, remedy: str, path: str, owner: str = "team fraud") -> list[Any]:
    return [("reserved", path, f"{what} belongs to {owner}: {remedy}")]


FRAUD = tol("dedicated", "fraud", "NoSchedule")


@pytest.mark.parametrize(
    ("carried", "said"),
    [
        pytest.param(FRAUD, "dedicated=fraud:NoSchedule", id="the same"),
        pytest.param(tol("dedicated", "fraud"), "dedicated=fraud", id="of every effect"),
        pytest.param(
            tol("dedicated", None, "NoSchedule"), "dedicated:NoSchedule", id="of every value"
        ),
        pytest.param(tol("dedicated", None), "dedicated", id="for the whole key"),
        pytest.param(tol(None, None), "for every taint", id="for everything"),
        pytest.param(
            tol(None, None, "NoSchedule"), "for every taint:NoSchedule", id="for an effect"
        ),
        pytest.param(tol("dedicated", "fraud", "NoExecute"), None, id="of another effect"),
        pytest.param(tol(None, None, "NoExecute"), None, id="for another effect"),
        pytest.param(tol("dedicated", "other", "NoSchedule"), None, id="of another value"),
        pytest.param(tol("another", None), None, id="for another key"),
    ],
)
def test_a_toleration_that_reaches_another_teams_taint(carried: Json, said: str | None) -> None:
    decision = decide(world(theirs=tolerating(FRAUD)), pod(spec=tolerating(carried)))
    expected = reserved(f"toleration {said}", "remove it", TOLERATION) if said else []
    assert told(decision) == expected


@pytest.mark.parametrize(
    "part",
    [
        tol("dedicated", "fraud", "NoSchedule"),
        tol("dedicated", "anything", "NoExecute"),
        tol("dedicated", None, "PreferNoSchedule"),
    ],
    ids=str,
)
def test_a_part_of_another_teams_whole_key(part: Json) -> None:
    decision = decide(world(theirs=tolerating(tol("dedicated", None))), pod(spec=tolerating(part)))
    assert [rule for rule, _, _ in told(decision)] == ["reserved"]


@pytest.mark.parametrize(
    ("own", "carried", "caught"),
    [
        pytest.param(FRAUD, FRAUD, False, id="its own team tolerates the same"),
        pytest.param(tol("dedicated", None), FRAUD, False, id="its own team tolerates more"),
        pytest.param(tol(None, None), FRAUD, False, id="its own team tolerates everything"),
        pytest.param(
            tol("dedicated", "payments", "NoSchedule"),
            tol("dedicated", None),
            True,
            id="its own team tolerates another value of the key",
        ),
        pytest.param(
            FRAUD,
            tol("dedicated", "fraud"),
            False,
            id="beyond its own team's effect there is nothing of the other's",
        ),
        pytest.param(
            tol("dedicated", "fraud", "NoExecute"), FRAUD, True, id="its own is another effect"
        ),
    ],
)
def test_what_its_own_team_or_any_profile_tolerates_is_not_reserved(
    own: Json, carried: Json, caught: bool
) -> None:
    body = pod(spec=tolerating(carried))
    for by in (
        world(tolerating(own), tolerating(FRAUD)),
        world(profile=tolerating(own), theirs=tolerating(FRAUD)),
    ):
        found = [each for each in decide(by, body).violations if each.rule == "reserved"]
        assert bool(found) == caught


def test_a_toleration_that_two_cover_together_is_not_reserved() -> None:
    theirs = tolerating(tol("dedicated", "a", "NoSchedule"), tol("dedicated", "b", "NoSchedule"))
    own = tolerating(tol("dedicated", "a", "NoSchedule"))
    profile = tolerating(tol("dedicated", "b", "NoSchedule"))
    body = pod(spec=tolerating(tol("dedicated", None, "NoSchedule")))
    assert told(decide(world(own, theirs, profile), body)) == []
    assert len(told(decide(world(own, theirs), body))) == 1


@pytest.mark.parametrize(
    "carried",
    [tol("node.kubernetes.io/memory-pressure", None), tol(None, None)],
    ids=["itself", "for everything"],
)
def test_taint_keys_of_nodes_own_conditions_never_count(carried: Json) -> None:
    theirs = tolerating(tol("node.kubernetes.io/memory-pressure", None))
    assert told(decide(world(theirs=theirs), pod(spec=tolerating(carried)))) == []


def test_a_toleration_for_everything_of_another_team_reserves_nothing() -> None:
    """Only a keyed toleration does: else every toleration would be that team's."""
    body = pod(spec=tolerating(tol("x", "y"), tol(None, None)))
    assert told(decide(world(theirs=tolerating(tol(None, None))), body)) == []


def test_each_reserved_toleration_is_named_with_its_place() -> None:
    body = pod(spec=tolerating(tol("x", "y"), FRAUD, tol("dedicated", None)))
    assert [path for _, path, _ in told(decide(world(theirs=tolerating(FRAUD)), body))] == [
        "/spec/tolerations/1",
        "/spec/tolerations/2",
    ]


def test_a_pod_of_no_team_has_no_toleration_of_its_own() -> None:
    body = pod({"team": None}, spec=tolerating(FRAUD))
    owned = engine(teams={"fraud": {"apply": tolerating(FRAUD)}})
    assert told(decide(owned, body)) == reserved(
        "toleration dedicated=fraud:NoSchedule", "remove it", TOLERATION
    )


@pytest.mark.parametrize(
    ("names", "owner"),
    [
        (("ants", "bees"), "teams ants and bees"),
        (("ants", "bees", "cats"), "teams ants, bees and cats"),
        (("ants", "bees", "cats", "dogs", "eels"), "teams ants, bees, cats and others"),
    ],
)
def test_at_most_three_owners_are_named(names: tuple[str, ...], owner: str) -> None:
    by = engine(teams={"payments": {}} | {name: {"apply": tolerating(FRAUD)} for name in names})
    assert told(decide(by, pod(spec=tolerating(FRAUD)))) == reserved(
        "toleration dedicated=fraud:NoSchedule", "remove it", TOLERATION, owner
    )


ROLE = "/metadata/annotations/iam.amazonaws.com~1role"


@pytest.mark.parametrize(
    ("given", "carried", "caught"),
    [
        pytest.param(f"{ARN}fraud", f"{ARN}fraud", True, id="the same ARN"),
        pytest.param(f"{ARN}fraud", "fraud", True, id="the ARN's last part"),
        pytest.param(f"{ARN}etl/fraud", "fraud", True, id="the last part after a path"),
        pytest.param(f"{ARN}etl/fraud", "etl/fraud", True, id="with its path"),
        pytest.param(f"{ARN}fraud", "/fraud", True, id="with a slash before it"),
        pytest.param("fraud", f"{ARN}fraud", True, id="an ARN that ends in the short name"),
        pytest.param("fraud", "fraud", True, id="the same short name"),
        pytest.param(f"{ARN}fraud", f"{ARN}fraud2", False, id="another ARN"),
        pytest.param(f"{ARN}fraud", "raud", False, id="a part of the last part"),
        pytest.param(
            f"{ARN}fraud",
            "arn:aws:iam::999999999999:role/fraud",
            False,
            id="two ARNs are compared whole",
        ),
    ],
)
@pytest.mark.parametrize("provider", ["kube2iam", "irsa", "gke"])
def test_a_role_of_another_team_with_any_provider(
    given: str, carried: str, caught: bool, provider: str
) -> None:
    account = {} if provider == "kube2iam" else {"serviceAccountName": "fraud-sa"}
    theirs = {"iam": {"provider": provider, "role": given, **account}}
    body = pod(annotations={"iam.amazonaws.com/role": carried})
    expected = reserved(f"IAM role {carried}", "remove it", ROLE) if caught else []
    assert told(decide(world(theirs=theirs), body)) == expected


@pytest.mark.parametrize("whose", ["own", "profile"])
@pytest.mark.parametrize("carried", [f"{ARN}shared", "shared"])
def test_a_role_that_its_own_team_or_a_profile_gives_too(whose: str, carried: str) -> None:
    shared = {"iam": {"provider": "kube2iam", "role": f"{ARN}shared"}}
    by = world(theirs=shared, **{whose: shared})
    assert told(decide(by, pod(annotations={"iam.amazonaws.com/role": carried}))) == []


def test_a_role_that_nobody_gives_is_nobodys() -> None:
    assert told(decide(world(), pod(annotations={"iam.amazonaws.com/role": "x"}))) == []


ACCOUNT = "/spec/serviceAccountName"
FRAUDS = {"iam": {"provider": "irsa", "serviceAccountName": "fraud-sa"}}


@pytest.mark.parametrize(
    ("spec", "caught"),
    [
        ({"serviceAccountName": "fraud-sa"}, True),
        ({"serviceAccount": "fraud-sa"}, True),
        ({"serviceAccountName": "other"}, False),
        ({}, False),
    ],
    ids=str,
)
def test_a_service_account_of_another_team(spec: Json, caught: bool) -> None:
    remedy = f"remove service_account_name= {KPO}"
    expected = reserved("service account fraud-sa", remedy, ACCOUNT) if caught else []
    assert told(decide(world(theirs=FRAUDS), pod(spec=spec))) == expected


@pytest.mark.parametrize("whose", ["own", "profile"])
def test_a_service_account_that_its_own_team_or_a_profile_gives_too(whose: str) -> None:
    by = world(theirs=FRAUDS, **{whose: FRAUDS})
    assert told(decide(by, pod(spec={"serviceAccountName": "fraud-sa"}))) == []


def test_a_service_account_that_the_cluster_fills_in_is_nobodys() -> None:
    theirs = {"iam": {"provider": "irsa", "serviceAccountName": "default"}}
    assert told(decide(world(theirs=theirs), pod(spec={"serviceAccountName": "default"}))) == []


def test_what_an_override_replaces_is_reserved_no_more() -> None:
    own = {"iam": {"provider": "irsa", "serviceAccountName": "own-sa"}, "onConflict": "override"}
    body = pod(spec={"serviceAccountName": "fraud-sa"})
    assert told(decide(world(own, FRAUDS), body)) == []
    assert [rule for rule, _, _ in told(decide(world(own, FRAUDS), body, patched=False))] == [
        "reserved",
        "not-applied",
    ]


@pytest.mark.parametrize(("from_cluster", "caught"), [(False, True), (True, False)])
def test_a_node_name_goes_around_the_scheduler(from_cluster: bool, caught: bool) -> None:
    """But a pod that was read from a cluster has been bound to its node by the scheduler."""
    decision = decide(world(), pod(spec={"nodeName": "n1"}), from_cluster=from_cluster)
    said = (
        "nodeName n1 goes around the scheduler and every taint: remove nodeName in "
        f"full_pod_spec= or pod_template_file= {KPO}"
    )
    assert told(decision) == ([("reserved", "/spec/nodeName", said)] if caught else [])
