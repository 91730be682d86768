"""Rows of the table of merges: labels, annotations, nodeSelector, and the role of `iam`."""

from typing import Any

import pytest

from tests.engine.given import Json, applies, decide, engine, operations, pod, told

KPO = "of the KubernetesPodOperator"
ROLE = "arn:aws:iam::111122223333:role/payments"
ROLE_PATH = "/metadata/annotations/iam.amazonaws.com~1role"


def add(path: str, value: Any) -> Json:
    return {"op": "add", "path": path, "value": value}


def replace(path: str, value: Any) -> Json:
    return {"op": "replace", "path": path, "value": value}


def differs(field: str, path: str, there: str, wanted: str, remedy: str) -> list[Any]:
    return [("conflict", path, f"{field} is {there}, team payments wants {wanted}: {remedy}")]


TIER, NOTE, POOL = "/metadata/labels/tier", "/metadata/annotations/note", "/spec/nodeSelector/pool"
SET_TIER = 'set labels={"tier": "gold"} in the KubernetesPodOperator'
LABEL_DIFFERS = differs("label tier", TIER, "base", "gold", SET_TIER)
NOTE_DIFFERS = differs("annotation note", NOTE, "mine", "ours", "remove it")
POOL_DIFFERS = differs(
    "nodeSelector pool", POOL, "mine", "ours", f"remove it from node_selector= {KPO}"
)
NEW_NOTES = [add("/metadata/annotations", {}), add(NOTE, "ours")]
NEW_POOLS = [add("/spec/nodeSelector", {}), add(POOL, "ours")]


@pytest.mark.parametrize(
    ("apply", "body", "patch", "violations"),
    [
        pytest.param(
            {"labels": {"tier": "gold"}},
            pod(),
            [add(TIER, "gold")],
            [],
            id="a label is added where the key is absent",
        ),
        pytest.param(
            {"labels": {"tier": "gold"}},
            pod({"tier": "gold"}),
            [],
            [],
            id="a label that is there with that value stays",
        ),
        pytest.param(
            {"labels": {"tier": "gold"}},
            pod({"tier": "base"}),
            [],
            LABEL_DIFFERS,
            id="a label with another value is a conflict",
        ),
        pytest.param(
            {"labels": {"tier": "gold"}},
            pod({"tier": ""}),
            [],
            differs("label tier", TIER, "empty", "gold", SET_TIER),
            id="an empty label is another value",
        ),
        pytest.param(
            {"labels": {"tier": "gold"}, "on_conflict": "keep"},
            pod({"tier": "base"}),
            [],
            [],
            id="with keep the author's label stands and nothing is broken",
        ),
        pytest.param(
            {"labels": {"tier": "gold"}, "on_conflict": "override"},
            pod({"tier": "base"}),
            [],
            LABEL_DIFFERS,
            id="no existing label ever changes: there override is deny",
        ),
        pytest.param(
            {"labels": {"tier": "gold", "a/b": "c"}},
            pod({"tier": "base"}),
            [add("/metadata/labels/a~1b", "c")],
            LABEL_DIFFERS,
            id="what is beside a conflict is still added",
        ),
        pytest.param(
            {"annotations": {"note": "ours"}},
            pod(),
            NEW_NOTES,
            [],
            id="an annotation is added where there are none",
        ),
        pytest.param(
            {"annotations": {"note": "ours"}},
            pod(annotations={}),
            [add(NOTE, "ours")],
            [],
            id="annotations of {} are there already",
        ),
        pytest.param(
            {"annotations": {"note": "ours"}},
            pod(annotations={"note": "ours"}),
            [],
            [],
            id="an annotation that is there with that value stays",
        ),
        pytest.param(
            {"annotations": {"note": "ours"}},
            pod(annotations={"note": "mine"}),
            [],
            NOTE_DIFFERS,
            id="an annotation with another value is a conflict",
        ),
        pytest.param(
            {"annotations": {"note": "ours"}, "on_conflict": "keep"},
            pod(annotations={"note": "mine"}),
            [],
            [],
            id="with keep the author's annotation stands",
        ),
        pytest.param(
            {"annotations": {"note": "ours"}, "on_conflict": "override"},
            pod(annotations={"note": "mine"}),
            [replace(NOTE, "ours")],
            [],
            id="with override the policy's annotation replaces the author's",
        ),
        pytest.param(
            {"nodeSelector": {"pool": "ours"}},
            pod(),
            NEW_POOLS,
            [],
            id="a nodeSelector key is added where there is no nodeSelector",
        ),
        pytest.param(
            {"nodeSelector": {"pool": "ours"}},
            pod(spec={"nodeSelector": None}),
            NEW_POOLS,
            [],
            id="a nodeSelector of null is none",
        ),
        pytest.param(
            {"nodeSelector": {"pool": "ours"}},
            pod(spec={"nodeSelector": {}}),
            [add(POOL, "ours")],
            [],
            id="a nodeSelector of {} takes the key",
        ),
        pytest.param(
            {"nodeSelector": {"pool": "ours"}},
            pod(spec={"nodeSelector": {"zone": "z"}}),
            [add(POOL, "ours")],
            [],
            id="a nodeSelector with other keys takes the key",
        ),
        pytest.param(
            {"nodeSelector": {"pool": "ours"}},
            pod(spec={"nodeSelector": {"pool": "ours"}}),
            [],
            [],
            id="a nodeSelector key that is there with that value stays",
        ),
        pytest.param(
            {"nodeSelector": {"pool": "ours"}},
            pod(spec={"nodeSelector": {"pool": "mine"}}),
            [],
            POOL_DIFFERS,
            id="a nodeSelector key with another value is a conflict",
        ),
        pytest.param(
            {"nodeSelector": {"pool": "ours"}, "on_conflict": "keep"},
            pod(spec={"nodeSelector": {"pool": "mine"}}),
            [],
            [],
            id="with keep the author's nodeSelector value stands",
        ),
        pytest.param(
            {"nodeSelector": {"pool": "ours"}, "on_conflict": "override"},
            pod(spec={"nodeSelector": {"pool": "mine"}}),
            [replace(POOL, "ours")],
            [],
            id="with override the policy's nodeSelector value replaces the author's",
        ),
    ],
)
def test_maps(apply: Json, body: Json, patch: list[Json], violations: list[Any]) -> None:
    decision = decide(applies(**apply), body)
    assert (operations(decision), told(decision)) == (patch, violations)


def role_differs(there: str) -> list[Any]:
    return differs("annotation iam.amazonaws.com/role", ROLE_PATH, there, ROLE, "remove it")


@pytest.mark.parametrize(
    ("on_conflict", "there", "patch", "violations"),
    [
        pytest.param(
            "deny",
            None,
            [add("/metadata/annotations", {}), add(ROLE_PATH, ROLE)],
            [],
            id="the role is written where there is none",
        ),
        pytest.param("deny", ROLE, [], [], id="the role that is there stays"),
        pytest.param("deny", "payments", [], [], id="a short name is the ARN that ends in it"),
        pytest.param("deny", "/payments", [], [], id="a short name may begin with a slash"),
        pytest.param("deny", "ments", [], role_differs("ments"), id="a part of a name is not"),
        pytest.param("deny", "other", [], role_differs("other"), id="another name is a conflict"),
        pytest.param(
            "deny",
            "arn:aws:iam::999999999999:role/payments",
            [],
            role_differs("arn:aws:iam::999999999999:role/payments"),
            id="two ARNs are compared whole",
        ),
        pytest.param("keep", "other", [], [], id="with keep the author's role stands"),
        pytest.param(
            "override",
            "other",
            [replace(ROLE_PATH, ROLE)],
            [],
            id="with override the policy's role replaces the author's",
        ),
    ],
)
def test_the_role_of_kube2iam(
    on_conflict: str, there: str | None, patch: list[Json], violations: list[Any]
) -> None:
    annotations = None if there is None else {"iam.amazonaws.com/role": there}
    by = applies(on_conflict, iam={"provider": "kube2iam", "role": ROLE})
    decision = decide(by, pod(annotations=annotations))
    assert (operations(decision), told(decision)) == (patch, violations)


def test_a_label_that_a_requirement_names_is_judged_by_that_requirement_alone() -> None:
    by = engine(
        requirements=[{"label": "tier", "values": ["gold", "base"]}],
        teams={"payments": {"apply": {"labels": {"tier": "gold"}}}},
    )
    assert told(decide(by, pod({"tier": "base"}))) == []
    assert told(decide(by, pod({"tier": "none"}))) == [
        (
            "requirement",
            TIER,
            "label tier is none; it must be one of gold, base: " + SET_TIER,
        )
    ]


def test_a_requirement_for_other_pods_judges_no_label_of_this_one() -> None:
    by = engine(
        requirements=[{"label": "tier", "match": {"namespaces": ["prod"]}}],
        teams={"payments": {"apply": {"labels": {"tier": "gold"}}}},
    )
    assert told(decide(by, pod({"tier": "base"}))) == LABEL_DIFFERS
    assert told(decide(by, pod({"tier": "base"}), namespace="prod")) == []


def test_both_values_of_a_conflict_are_told_however_long_the_authors_is() -> None:
    decision = decide(applies(annotations={"note": "ours"}), pod(annotations={"note": "x" * 3000}))
    shown = "x" * 127 + "…"
    assert told(decision) == differs("annotation note", NOTE, shown, "ours", "remove it")
