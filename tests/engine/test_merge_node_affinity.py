"""The row of required node affinity in the table of merges."""

from typing import Any

import pytest

from tests.engine.given import (
    PREFERRED,
    REQUIRED,
    Json,
    applies,
    decide,
    engine,
    operations,
    pod,
    told,
)
from tests.engine.terms import GPU, POOL, TERMS, ZONE, expr, make, node, term


def append(at: int, expression: Json) -> Json:
    return make(f"{TERMS}/{at}/matchExpressions/-", expression)


def copy(at: int) -> Json:
    return {"op": "copy", "from": f"{TERMS}/{at}", "path": f"{TERMS}/-"}


ALL = [
    make("/spec/affinity", {}),
    make("/spec/affinity/nodeAffinity", {}),
    make(f"/spec/affinity/nodeAffinity/{REQUIRED}", {}),
    make(TERMS, [term(POOL)]),
]


@pytest.mark.parametrize(
    ("wanted", "affinity", "patch"),
    [
        pytest.param([term(POOL)], None, ALL, id="an author without terms gets the policy's"),
        pytest.param([term(POOL)], {}, ALL[1:], id="affinity of {} is without terms"),
        pytest.param(
            [term(POOL)],
            {"nodeAffinity": None},
            ALL[1:],
            id="node affinity of null is without terms",
        ),
        pytest.param(
            [term(POOL)], {"nodeAffinity": {}}, ALL[2:], id="node affinity of {} is without terms"
        ),
        pytest.param(
            [term(POOL)],
            {"nodeAffinity": {REQUIRED: None, PREFERRED: []}},
            ALL[2:],
            id="required of null is without terms",
        ),
        pytest.param(
            [term(POOL)],
            {"nodeAffinity": {REQUIRED: {"nodeSelectorTerms": []}}},
            ALL[3:],
            id="no terms are without terms",
        ),
        pytest.param(
            [term(POOL)],
            node(term(ZONE)),
            [append(0, POOL)],
            id="the policy's expression is ANDed into the author's term",
        ),
        pytest.param(
            [term(POOL)],
            node(term(ZONE), term(GPU)),
            [append(0, POOL), append(1, POOL)],
            id="into every term, for terms are ORed",
        ),
        pytest.param(
            [term(POOL)],
            node(term(POOL)),
            [],
            id="expressions already there are not repeated",
        ),
        pytest.param(
            [term(expr("zone", "In", "b", "a"))],
            node(term(ZONE)),
            [],
            id="the order of an expression's values says nothing",
        ),
        pytest.param(
            [term(POOL, GPU)],
            node(term(GPU)),
            [append(0, POOL)],
            id="of a term with some of them only the others are added",
        ),
        pytest.param(
            [term(POOL), term(GPU)],
            node(term(ZONE)),
            [copy(0), append(0, POOL), append(1, GPU)],
            id="several terms of the policy give the cross product",
        ),
        pytest.param(
            [term(POOL), term(GPU)],
            node(term(ZONE), term(GPU, ZONE)),
            [copy(0), append(0, POOL), append(2, GPU)],
            id="an author's term that holds all of one of them stays as it is",
        ),
        pytest.param(
            [term(POOL)],
            node({}, term(ZONE)),
            [append(1, POOL)],
            id="an empty term matches nothing and stays so",
        ),
        pytest.param(
            [term(POOL)],
            node({"matchFields": [expr("metadata.name", "In", "n1")]}),
            [make(f"{TERMS}/0/matchExpressions", [POOL])],
            id="a term of fields alone gets expressions",
        ),
        pytest.param(
            [{"matchFields": [expr("metadata.name", "In", "n1")]}],
            node(term(ZONE)),
            [make(f"{TERMS}/0/matchFields", [expr("metadata.name", "In", "n1")])],
            id="a policy's fields are ANDed too",
        ),
    ],
)
def test_required_node_affinity(wanted: list[Json], affinity: Any, patch: list[Json]) -> None:
    spec = {} if affinity is None else {"affinity": affinity}
    decision = decide(applies(affinity=node(*wanted)), pod(spec=spec))
    assert (operations(decision), told(decision)) == (patch, [])


def test_a_profiles_terms_are_anded_after_the_teams() -> None:
    by = engine(
        teams={"payments": {"apply": {"affinity": node(term(POOL))}}},
        profiles={
            "spot": {
                "match": {"labels": {"capacity": "spot"}},
                "apply": {"affinity": node(term(GPU))},
            }
        },
    )
    assert operations(decide(by, pod({"capacity": "spot"})))[-1] == make(TERMS, [term(POOL, GPU)])
