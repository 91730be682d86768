"""Terms that can match no node, where no node could be made to show it.

All else is checked against every node in `engine/test_placement_properties`.
"""

import pytest

from webhook.kube.node_affinity import EXPRESSIONS, FIELDS, Expression, can_match


def about(operator: str, *values: str, key: str = "k", where: str = EXPRESSIONS) -> Expression:
    return Expression(where, key, operator, frozenset(values))


@pytest.mark.parametrize(
    ("term", "matches"),
    [
        pytest.param((), False, id="no expression"),
        pytest.param((about("In"),), False, id="In of nothing"),
        pytest.param((about("Gt", "x"),), False, id="Gt of no number"),
        pytest.param((about("Gt"),), False, id="Gt of nothing"),
        pytest.param((about("Gt", "1", "2"),), False, id="Gt of two numbers"),
        pytest.param((about("Gt", "99999999999999999999"),), False, id="Gt of more than 64 bits"),
        pytest.param((about("Gt", str(-(2**63))),), True, id="Gt of the least of 64 bits"),
        pytest.param((about("Gt", str(2**63)),), False, id="Gt of one more than the most"),
        pytest.param((about("Gt", "-5"), about("In", "-4")), True, id="numbers may be negative"),
        pytest.param((about("Gt", "1"), about("In", "+2")), True, id="or have a sign"),
        pytest.param((about("Gt", "1"), about("In", "two")), False, id="a word is no number"),
        pytest.param((about("Gt", "1"), about("In", "2.5")), False, id="nor is a fraction"),
        pytest.param(
            (about("In", "n1", where=FIELDS), about("In", "n2")), True, id="a field is no label"
        ),
        pytest.param(
            (about("In", "n1", where=FIELDS), about("In", "n2", where=FIELDS)),
            False,
            id="two names of one node",
        ),
    ],
)
def test_a_term(term: tuple[Expression, ...], matches: bool) -> None:
    assert can_match(term, {}) == matches


def test_a_node_selector_is_about_labels_and_not_fields() -> None:
    assert can_match((about("In", "n1", where=FIELDS),), {"k": "other"})


def test_a_term_of_thousands_of_expressions_is_judged_at_once() -> None:
    """Each key once: as many as an object can hold would take minutes otherwise."""
    asked = 0

    class Key(str):
        __slots__ = ()

        def __eq__(self, other: object) -> bool:
            nonlocal asked
            asked += 1
            return str.__eq__(self, other)

        __hash__ = str.__hash__

    keys = [Key(f"key-{at}") for at in range(2_000)]
    assert can_match(tuple(about("Exists", key=key) for key in keys), {})
    assert asked < 10 * len(keys)
