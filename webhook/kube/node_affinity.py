"""Required node affinity: terms are ORed, the expressions of a term ANDed; which can match a node.

A term is dead, that is, no node can match it, when for some key what is left is empty: the `In`
sets and the nodeSelector's value intersected, `NotIn` taken away, `Gt` and `Lt` tested against
what is left. `DoesNotExist` with anything that needs the key is dead too; `NotIn` alone is met
by an absent key. A term with no expression matches nothing.
Source: component-helpers `scheduling/corev1/nodeaffinity`, labels.Requirement.Matches.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct, convert

from webhook.kube.pod import NodeAffinity, NodeSelectorRequirement, NodeSelectorTerm

EXPRESSIONS, FIELDS = "matchExpressions", "matchFields"


class Expression(Struct, frozen=True, gc=False):
    """One expression, compared by meaning: the order of its values says nothing."""

    list: str  # EXPRESSIONS or FIELDS
    key: str
    operator: str
    values: frozenset[str]


Term = tuple[Expression, ...]


def expressions_of(term: NodeSelectorTerm) -> Term:
    return (
        *(_expression(EXPRESSIONS, given) for given in term.match_expressions or ()),
        *(_expression(FIELDS, given) for given in term.match_fields or ()),
    )


def required_terms(affinity: Mapping[str, Any]) -> list[Term]:
    """The required terms of a core/v1 Affinity as JSON; none where it has none."""
    given = convert(affinity.get("nodeAffinity") or {}, NodeAffinity)
    required = given.required_during_scheduling_ignored_during_execution
    return [expressions_of(term) for term in (required and required.node_selector_terms) or ()]


def as_json(expression: Expression) -> dict[str, Any]:
    """An expression as core/v1 JSON, its values sorted."""
    shown: dict[str, Any] = {"key": expression.key, "operator": expression.operator}
    if expression.values:
        shown["values"] = sorted(expression.values)
    return shown


def told(terms: Iterable[Term]) -> str:
    """Terms in words: `pool In [a, b] and zone Exists or disk In [ssd]`."""
    return " or ".join(" and ".join(map(_words, term)) for term in terms)


def _words(expression: Expression) -> str:
    values = ", ".join(sorted(expression.values))
    return f"{expression.key} {expression.operator}" + (f" [{values}]" if values else "")


def can_match(term: Term, selector: Mapping[str, str]) -> bool:
    """Whether some node could match both this term and the nodeSelector."""
    if not term:
        return False
    about: dict[tuple[str, str], list[Expression]] = {}
    for expression in term:
        about.setdefault((expression.list, expression.key), []).append(expression)
    return not any(
        _empty(expressions, _value(selector, list_, key))
        for (list_, key), expressions in about.items()
    )


def _expression(list_: str, given: NodeSelectorRequirement) -> Expression:
    return Expression(list_, given.key, given.operator, frozenset(given.values or ()))


def _value(selector: Mapping[str, str], list_: str, key: str) -> str | None:
    return selector.get(key) if list_ == EXPRESSIONS else None


def _empty(expressions: Iterable[Expression], selected: str | None) -> bool:
    """Whether the expressions on one key, and the nodeSelector's value for it, leave nothing."""
    left: frozenset[str] | None = None if selected is None else frozenset((selected,))
    barred: frozenset[str] = frozenset()
    above, below = float("-inf"), float("inf")
    needed, absent = selected is not None, False
    for expression in expressions:
        operator, values = expression.operator, expression.values
        needed = needed or operator in ("In", "Exists", "Gt", "Lt")
        if operator == "In":
            left = values if left is None else left & values
        elif operator == "NotIn":
            barred |= values
        elif operator == "DoesNotExist":
            absent = True
        elif operator in ("Gt", "Lt"):
            bound = _bound(values)
            if bound is None:
                return True
            above, below = (
                (max(above, bound), below) if operator == "Gt" else (above, min(below, bound))
            )
    if absent:
        return needed
    if left is None:
        return below - above <= 1  # no whole number lies between them
    return not any(_between(value, above, below) for value in left - barred)


def _between(value: str, above: float, below: float) -> bool:
    if (above, below) == (float("-inf"), float("inf")):
        return True
    number = _integer(value)
    return number is not None and above < number < below


def _bound(values: frozenset[str]) -> int | None:
    """What Gt or Lt compares with; None: no one integer, and the scheduler drops the term."""
    return _integer(next(iter(values))) if len(values) == 1 else None


def _integer(text: str) -> int | None:
    """As Go's strconv.ParseInt reads it, within 64 bits."""
    digits = text[1:] if text[:1] in ("+", "-") else text
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 19:
        return None
    number = int(text)
    return number if -(2**63) <= number < 2**63 else None
