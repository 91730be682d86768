"""Scheduling terms compared by meaning: what the API server fills in or generates says nothing.

Null and empty parts are dropped, except for selectors, where `{}` (everything) and absent
(nothing, or this pod's namespace) differ. Lists whose order says nothing are sorted. Defaults
are filled in on both sides. `matchLabels: {a: b}` is short for the expression `a In [b]`. What
`matchLabelKeys` and `mismatchLabelKeys` generate is taken out of the selector: the API server
merges `key in (the pod's value)` into it when it stores the pod.
Source: LabelSelector in apimachinery meta/v1; pkg/apis/core/v1/defaults.go;
pkg/registry/core/pod/strategy.go, applyMatchLabelKeysAndMismatchLabelKeys and
applyTopologySpreadConstraints (1.31, 1.34).
"""

from collections.abc import Hashable
from typing import Any

_SELECTORS = frozenset({"labelSelector", "namespaceSelector"})
_UNORDERED = frozenset(
    {
        "values",
        "matchExpressions",
        "matchFields",
        "namespaces",
        "matchLabelKeys",
        "mismatchLabelKeys",
    }
)
_SPREAD_DEFAULTS = {"minDomains": 1, "nodeAffinityPolicy": "Honor", "nodeTaintsPolicy": "Ignore"}


def of_term(term: dict[str, Any]) -> Hashable:
    """The meaning of an affinity term: two are alike if these are equal."""
    return _of(term)


def of_spread(constraint: dict[str, Any]) -> Hashable:
    """The meaning of a topologySpreadConstraint."""
    given = {key: value for key, value in constraint.items() if value is not None}
    return _of({**_SPREAD_DEFAULTS, **given})


def _of(value: Any) -> Hashable:
    if isinstance(value, dict):
        plain = _without_generated(value)
        kept = {key: _member(key, member) for key, member in plain.items()}
        return frozenset((key, member) for key, member in kept.items() if member is not None)
    if isinstance(value, list):
        return tuple(_of(member) for member in value)
    return value  # type: ignore[no-any-return]


def _member(key: str, value: Any) -> Hashable:
    """One member's meaning; None where it says as little as its absence."""
    if value is None or (value in ({}, [], "") and key not in _SELECTORS):
        return None
    if key in _SELECTORS and isinstance(value, dict):
        return _of(_in_expressions(value))
    if key in _UNORDERED and isinstance(value, list):
        return frozenset(map(_of, value))
    return _of(value)


def _in_expressions(selector: dict[str, Any]) -> dict[str, Any]:
    """The selector with each of its matchLabels as the expression that it is short for."""
    labels = selector.get("matchLabels")
    if not labels or not isinstance(labels, dict):
        return selector
    written = _list(selector, "matchExpressions")
    meant = [{"key": key, "operator": "In", "values": [labels[key]]} for key in labels]
    rest = {key: value for key, value in selector.items() if key != "matchLabels"}
    return {**rest, "matchExpressions": [*written, *meant]}


def _without_generated(term: dict[str, Any]) -> dict[str, Any]:
    """The term without the expressions that its matchLabelKeys had the API server add."""
    generated = {("In", key) for key in _list(term, "matchLabelKeys")}
    generated |= {("NotIn", key) for key in _list(term, "mismatchLabelKeys")}
    selector = term.get("labelSelector")
    if not generated or not isinstance(selector, dict):
        return term
    expressions = [
        given
        for given in _list(selector, "matchExpressions")
        if not (isinstance(given, dict) and (given.get("operator"), given.get("key")) in generated)
    ]
    return {**term, "labelSelector": {**selector, "matchExpressions": expressions}}


def _list(of: dict[str, Any], key: str) -> list[Any]:
    value = of.get(key)
    return value if isinstance(value, list) else []
