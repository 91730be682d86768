"""Terms compared by meaning: what the API server fills in or generates says nothing."""

from typing import Any

import pytest

from webhook.kube.meaning import of_spread, of_term

TERM: dict[str, Any] = {"topologyKey": "zone", "labelSelector": {"matchLabels": {"app": "x"}}}


def expression(*values: str, operator: str = "In", key: str = "k") -> dict[str, Any]:
    return {"key": key, "operator": operator, "values": list(values)}


def selecting(*expressions: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {**TERM, "labelSelector": {"matchExpressions": list(expressions)}, **more}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(TERM, {**TERM, "namespaces": []}, id="an empty list"),
        pytest.param(TERM, {**TERM, "namespaces": None}, id="null"),
        pytest.param(TERM, {**TERM, "namespaceSelector": None}, id="a selector of null"),
        pytest.param(
            {**TERM, "namespaces": ["a", "b"]},
            {**TERM, "namespaces": ["b", "a"]},
            id="the order of namespaces",
        ),
        pytest.param(
            selecting(expression("a", "b")), selecting(expression("b", "a")), id="that of values"
        ),
        pytest.param(
            selecting(expression("a"), expression("b", key="j")),
            selecting(expression("b", key="j"), expression("a")),
            id="that of expressions",
        ),
        pytest.param(
            TERM,
            selecting(expression("x", key="app")),
            id="matchLabels, and what they are short for",
        ),
        pytest.param(
            {**TERM, "namespaceSelector": {"matchLabels": {"a": "b"}}},
            {**TERM, "namespaceSelector": {"matchExpressions": [expression("b", "b", key="a")]}},
            id="that of a selector of namespaces, and a value twice",
        ),
        pytest.param(
            selecting(expression("v"), matchLabelKeys=["k"]),
            selecting(matchLabelKeys=["k"]),
            id="what matchLabelKeys generates",
        ),
        pytest.param(
            selecting(expression("v", operator="NotIn"), mismatchLabelKeys=["k"]),
            selecting(mismatchLabelKeys=["k"]),
            id="what mismatchLabelKeys generates",
        ),
    ],
)
def test_alike(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert of_term(one) == of_term(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(TERM, {**TERM, "topologyKey": "host"}, id="another topologyKey"),
        pytest.param(TERM, selecting(expression("x", "y", key="app")), id="one value of two"),
        pytest.param(TERM, selecting(expression("x", key="app", operator="NotIn")), id="NotIn"),
        pytest.param(TERM, {**TERM, "namespaceSelector": {}}, id="every namespace"),
        pytest.param({"topologyKey": "z"}, {"topologyKey": "z", "labelSelector": {}}, id="any pod"),
        pytest.param(
            selecting(expression("v")), selecting(expression("w")), id="another expression"
        ),
        pytest.param(
            selecting(expression("v", operator="NotIn"), matchLabelKeys=["k"]),
            selecting(matchLabelKeys=["k"]),
            id="an expression that matchLabelKeys does not generate",
        ),
        pytest.param(
            selecting(expression("v"), matchLabelKeys=["k"]),
            selecting(expression("v")),
            id="matchLabelKeys themselves",
        ),
        pytest.param({"weight": 1}, {"weight": 2}, id="another weight"),
    ],
)
def test_not_alike(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert of_term(one) != of_term(other)


@pytest.mark.parametrize(
    ("given", "alike"),
    [
        ({"minDomains": 1}, True),
        ({"minDomains": None}, True),
        ({"nodeAffinityPolicy": "Honor"}, True),
        ({"nodeTaintsPolicy": "Ignore"}, True),
        ({"minDomains": 2}, False),
        ({"nodeAffinityPolicy": "Ignore"}, False),
        ({"nodeTaintsPolicy": "Honor"}, False),
        ({"maxSkew": 2}, False),
    ],
    ids=str,
)
def test_the_defaults_of_a_spread_are_filled_in(given: dict[str, Any], alike: bool) -> None:
    plain = {"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule"}
    assert (of_spread({**plain, **given}) == of_spread(plain)) == alike
