"""When required node affinity, or a nodeSelector, is a conflict: no living term is left."""

from typing import Any

import pytest

from tests.engine.given import REQUIRED, Json, applies, decide, operations, pod, told
from tests.engine.terms import POOL, ZONE, expr, make, node, term

NO_NODE = (
    "required node affinity {} and the required node affinity {} of team payments have no node "
    "in common: change affinity= of the KubernetesPodOperator"
)


def dead(policy: str, author: str) -> list[Any]:
    return [("conflict", f"/spec/affinity/nodeAffinity/{REQUIRED}", NO_NODE.format(author, policy))]


def words(expression: Json) -> str:
    values = f" [{', '.join(sorted(expression['values']))}]" if "values" in expression else ""
    return f"{expression['key']} {expression['operator']}{values}"


@pytest.mark.parametrize(
    ("wanted", "theirs", "is_dead"),
    [
        (POOL, expr("pool", "In", "mine"), True),
        (POOL, expr("pool", "In", "mine", "ours"), False),
        (POOL, expr("pool", "NotIn", "ours"), True),
        (POOL, expr("pool", "NotIn", "mine"), False),
        (expr("pool", "In", "ours", "x"), expr("pool", "NotIn", "ours"), False),
        (POOL, expr("pool", "Exists"), False),
        (POOL, expr("pool", "DoesNotExist"), True),
        (expr("pool", "Exists"), expr("pool", "DoesNotExist"), True),
        (expr("pool", "Gt", "5"), expr("pool", "DoesNotExist"), True),
        (expr("pool", "Lt", "5"), expr("pool", "DoesNotExist"), True),
        (expr("pool", "NotIn", "ours"), expr("pool", "DoesNotExist"), False),
        (expr("pool", "NotIn", "ours"), expr("pool", "NotIn", "mine"), False),
        (expr("pool", "Exists"), expr("pool", "NotIn", "mine"), False),
        (expr("pool", "DoesNotExist"), expr("pool", "NotIn", "mine"), False),
        (expr("pool", "Gt", "5"), expr("pool", "In", "5"), True),
        (expr("pool", "Gt", "5"), expr("pool", "In", "5", "6"), False),
        (expr("pool", "Lt", "5"), expr("pool", "In", "5"), True),
        (expr("pool", "Lt", "5"), expr("pool", "In", "4"), False),
        (expr("pool", "Gt", "5"), POOL, True),
        (expr("pool", "Gt", "5"), expr("pool", "Lt", "6"), True),
        (expr("pool", "Gt", "5"), expr("pool", "Lt", "7"), False),
        (expr("pool", "Gt", "5"), expr("pool", "Gt", "9"), False),
        (expr("pool", "Gt", "5"), expr("pool", "NotIn", "6"), False),
        (expr("pool", "Gt", "5"), expr("pool", "Exists"), False),
        (expr("pool", "DoesNotExist"), expr("pool", "DoesNotExist"), False),
    ],
    ids=lambda part: (
        "" if not isinstance(part, dict) else " ".join([part["operator"], *part.get("values", ())])
    ),
)
def test_a_term_is_dead_when_nothing_is_left_of_a_key(
    wanted: Json, theirs: Json, is_dead: bool
) -> None:
    """Either way round: the policy's with the author's, and the author's with the policy's."""
    for ours, mine in ((wanted, theirs), (theirs, wanted)):
        decision = decide(
            applies(affinity=node(term(ours))), pod(spec={"affinity": node(term(mine))})
        )
        expected = dead(words(ours), words(mine)) if is_dead else []
        assert told(decision) == expected
        if is_dead:
            assert operations(decision) == []


@pytest.mark.parametrize(
    ("wanted", "is_dead"),
    [
        (POOL, False),
        (expr("pool", "In", "mine"), True),
        (expr("pool", "NotIn", "ours"), True),
        (expr("pool", "Exists"), False),
        (expr("pool", "DoesNotExist"), True),
        (expr("pool", "Gt", "1"), True),
        (expr("other", "DoesNotExist"), False),
    ],
    ids=lambda part: (
        "" if not isinstance(part, dict) else f"{part['operator']} {part.get('values')}"
    ),
)
def test_an_author_without_terms_conflicts_by_the_node_selector(
    wanted: Json, is_dead: bool
) -> None:
    """What the author wrote is the nodeSelector, and that is what the denial names."""
    body = pod(spec={"nodeSelector": {"pool": "ours"}})
    found = told(decide(applies(affinity=node(term(wanted))), body))
    assert [(rule, path) for rule, path, _ in found] == (
        [("conflict", "/spec/nodeSelector")] if is_dead else []
    )
    for _, _, said in found:
        assert said.endswith(": remove it from node_selector= of the KubernetesPodOperator")


@pytest.mark.parametrize(
    ("authors", "broken"),
    [
        pytest.param([term(expr("pool", "In", "x"))], True, id="the one term that lived is dead"),
        pytest.param(
            [term(expr("pool", "In", "x")), term(ZONE)], False, id="one resulting term lives on"
        ),
        pytest.param([{}], False, id="no term of the author's could match: none of our doing"),
        pytest.param(
            [term(expr("zone", "In", "a"), expr("zone", "In", "b"))],
            False,
            id="the author's only term was dead before",
        ),
    ],
)
def test_a_conflict_needs_a_living_term_and_leaves_none(authors: list[Json], broken: bool) -> None:
    decision = decide(applies(affinity=node(term(POOL))), pod(spec={"affinity": node(*authors)}))
    assert told(decision) == (dead("pool In [ours]", "pool In [x]") if broken else [])


@pytest.mark.parametrize(("on_conflict", "broken"), [("deny", 1), ("keep", 0), ("override", 1)])
def test_a_conflict_of_node_affinity_adds_nothing_of_it(on_conflict: str, broken: int) -> None:
    body = pod(spec={"affinity": node(term(expr("pool", "In", "x")))})
    by = applies(on_conflict, affinity=node(term(POOL, ZONE)), labels={"tier": "gold"})
    decision = decide(by, body)
    assert operations(decision) == [make("/metadata/labels/tier", "gold")]
    assert len(told(decision)) == broken


@pytest.mark.parametrize(("count", "broken"), [(8, False), (9, True)])
def test_the_product_has_at_most_64_terms(count: int, broken: bool) -> None:
    ours = [term(expr("pool", "In", f"p{at}")) for at in range(8)]
    mine = [term(expr("zone", "In", f"z{at}")) for at in range(count)]
    decision = decide(applies(affinity=node(*ours)), pod(spec={"affinity": node(*mine)}))
    said = (
        "team payments's node affinity has 8 terms and the pod's 9: together more than 64: "
        "change affinity= of the KubernetesPodOperator"
    )
    path = f"/spec/affinity/nodeAffinity/{REQUIRED}"
    assert told(decision) == ([("conflict", path, said)] if broken else [])
    assert bool(operations(decision)) is not broken


def test_a_node_selector_value_that_leaves_the_affinity_nothing_is_a_conflict() -> None:
    body = pod(spec={"affinity": node(term(expr("pool", "In", "mine")))})
    said = (
        "required node affinity pool In [mine] matches no node with nodeSelector pool=ours, "
        "which team payments wants: change affinity= of the KubernetesPodOperator"
    )
    path = f"/spec/affinity/nodeAffinity/{REQUIRED}"
    assert told(decide(applies(nodeSelector={"pool": "ours"}), body)) == [("conflict", path, said)]


@pytest.mark.parametrize(("on_conflict", "broken"), [("deny", 1), ("keep", 0), ("override", 1)])
def test_it_is_left_out_however_conflicts_are_settled(on_conflict: str, broken: int) -> None:
    body = pod(spec={"affinity": node(term(expr("pool", "In", "mine")))})
    decision = decide(applies(on_conflict, nodeSelector={"pool": "ours"}), body)
    assert (operations(decision), len(told(decision))) == ([], broken)


@pytest.mark.parametrize(
    "authors",
    [[{}], [term(expr("pool", "In", "mine")), term(ZONE)]],
    ids=["dead before", "one lives"],
)
def test_a_node_selector_value_is_no_conflict_where_it_kills_nothing(authors: list[Json]) -> None:
    decision = decide(
        applies(nodeSelector={"pool": "ours"}), pod(spec={"affinity": node(*authors)})
    )
    assert told(decision) == []
    assert operations(decision) == [
        make("/spec/nodeSelector", {}),
        make("/spec/nodeSelector/pool", "ours"),
    ]
