"""Label selectors and node selectors, as the API server takes them.

`In` and `NotIn` want values, `Exists` and `DoesNotExist` want none, `Gt` and `Lt` one whole
number (the API server lets other words pass, and then the term matches no node). A selector that
is `{}` matches everything, so it is kept; a node selector term that is `{}` matches nothing, so
it is a problem. Source: Kubernetes 1.36, `ValidateNodeSelectorRequirement`,
`ValidateNodeFieldSelectorRequirement`, apimachinery `ValidateLabelSelectorRequirement`.
"""

from typing import Any

from webhook.policy import limits
from webhook.policy.kubernetes_names import (
    LABEL_KEY,
    LABEL_VALUE,
    dns_name,
    label_key,
    label_value,
)
from webhook.policy.nodes import Mapping
from webhook.policy.places import Json, Place
from webhook.policy.scalars import DECIMAL
from webhook.policy.shapes import Field, ListOf, MapOf, Record
from webhook.policy.shapes_scalar import Choice, Text

KEY = Text(label_key, LABEL_KEY)
LABELS = MapOf(Text(label_value, LABEL_VALUE), limits.LABELS, label_key)
_VALUES = ListOf(Text(label_value, LABEL_VALUE), limits.EXPRESSION_VALUES)
_WITH_VALUES = ("In", "NotIn")
_WITHOUT_VALUES = ("Exists", "DoesNotExist")
_ONE_NUMBER = ("Gt", "Lt")


def listed(**given: Any) -> Json:
    """The object as JSON, less what is empty: absent and empty are alike to Kubernetes."""
    return {key: _plain(value) for key, value in given.items() if value not in ({}, ())}


def listed_with_selectors(**given: Any) -> Json:
    """The same, but an empty selector stays: it selects everything, and no selector nothing."""
    kept = {key: value for key, value in given.items() if value not in ({}, ())}
    selectors = {key: value for key, value in given.items() if key.endswith("Selector")}
    return {key: _plain(value) for key, value in {**kept, **selectors}.items()}


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _check_expression(given: Json, node: Mapping, at: Place) -> None:
    operator, values = given["operator"], given.get("values", ())
    at_values = at / "values"
    shown = node.get("values") or node
    if operator in _WITH_VALUES and not values:
        at_values.report(shown, f"is missing: `{operator}` wants at least one value")
    elif operator in _WITHOUT_VALUES and values:
        at_values.report(shown, f"must be left out with `{operator}`")
    elif operator in _ONE_NUMBER and not (len(values) == 1 and DECIMAL.fullmatch(values[0])):
        at_values.report(
            shown, f'must be one whole number in quotes with `{operator}`, such as ["4"]'
        )


def _check_field(given: Json, node: Mapping, at: Place) -> None:
    if len(given["values"]) != 1:
        (at / "values").report(node.pairs["values"][1], "must be exactly one node's name")


def _check_term(given: Json, node: Mapping, at: Place) -> None:
    if not listed(**given):
        at.report(node, "is an empty term, which matches no node; give it matchExpressions")


def _requirement(name: str, operators: tuple[str, ...]) -> Record:
    return Record(
        name,
        "One condition on a label.",
        {
            "key": Field(KEY, "The label's key.", required=True),
            "operator": Field(Choice(operators), "How key and values compare.", required=True),
            "values": Field(_VALUES, "The values, where the operator wants any."),
        },
        listed,
        _check_expression,
        nulls_absent=True,
    )


NODE_SELECTOR_TERM = Record(
    "NodeSelectorTerm",
    "core/v1 NodeSelectorTerm: conditions on a node that must all hold.",
    {
        "matchExpressions": Field(
            ListOf(
                _requirement(
                    "NodeSelectorRequirement", _WITH_VALUES + _WITHOUT_VALUES + _ONE_NUMBER
                ),
                limits.EXPRESSIONS,
            ),
            "Conditions on the node's labels.",
        ),
        "matchFields": Field(
            ListOf(
                Record(
                    "NodeFieldRequirement",
                    "One condition on a node's field.",
                    {
                        "key": Field(Choice(("metadata.name",)), "The only field.", required=True),
                        "operator": Field(Choice(_WITH_VALUES), "In or NotIn.", required=True),
                        "values": Field(
                            ListOf(Text(dns_name), limits.EXPRESSION_VALUES),
                            "Exactly one node's name.",
                            required=True,
                        ),
                    },
                    listed,
                    _check_field,
                ),
                limits.EXPRESSIONS,
            ),
            "Conditions on the node's fields.",
        ),
    },
    listed,
    _check_term,
    nulls_absent=True,
)

LABEL_SELECTOR = Record(
    "LabelSelector",
    "meta/v1 LabelSelector: conditions on labels that must all hold. Empty: anything.",
    {
        "matchLabels": Field(LABELS, "Labels and the values they must have."),
        "matchExpressions": Field(
            ListOf(
                _requirement("LabelSelectorRequirement", _WITH_VALUES + _WITHOUT_VALUES),
                limits.EXPRESSIONS,
            ),
            "Conditions on labels.",
        ),
    },
    listed,
    nulls_absent=True,
)


def selector_keys(selector: Json) -> set[str]:
    """The label keys that a selector names."""
    expressions = selector.get("matchExpressions", ())
    return {*selector.get("matchLabels", ()), *(each["key"] for each in expressions)}


def check_label_keys(given: Json, node: Mapping, at: Place) -> None:
    """`matchLabelKeys` and `mismatchLabelKeys` want a selector that does not name them itself.

    The stricter of the two rules that API servers from 1.30 to 1.36 have. Source:
    `ValidateMatchLabelKeysInTopologySpread`, `ValidateMatchLabelKeysAndMismatchLabelKeys`.
    """
    match, mismatch = given.get("matchLabelKeys", ()), given.get("mismatchLabelKeys", ())
    for name, keys in (("matchLabelKeys", match), ("mismatchLabelKeys", mismatch)):
        if keys and "labelSelector" not in given:
            (at / name).report(node.pairs[name][0], "is allowed only together with labelSelector")
    named = selector_keys(given.get("labelSelector", {}))
    for step, key in enumerate(match):
        place, item = at / "matchLabelKeys" / step, node.pairs["matchLabelKeys"][1]
        if key in named:
            place.report(item, f"`{key}` is in labelSelector already; name it in one of them")
        elif key in mismatch:
            place.report(item, f"`{key}` is in mismatchLabelKeys too; name it in one of them")


LABEL_KEYS = ListOf(KEY, limits.EXPRESSIONS)
