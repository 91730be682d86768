"""Placement is never widened: checked against every node that there could be.

Nodes are all maps of two labels to a few values, numbers and their other spellings among them.
"""

from collections.abc import Iterator
from itertools import product
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.given import REQUIRED, Json, applies, apply, decide, pod
from webhook.kube.node_affinity import can_match, expressions_of
from webhook.kube.pod import NodeSelectorTerm

KEYS = ("pool", "size")
VALUES = ("a", "b", "1", "2", "02", "3", "4")
NUMBERS = ("1", "2", "3", "4")
# What no expression names stands for all other values: a word, and numbers on either side.
NODE_VALUES = (None, *VALUES, "z", "0", "-9", "9")
NODES: list[dict[str, str]] = [
    {key: value for key, value in zip(KEYS, values, strict=True) if value is not None}
    for values in product(NODE_VALUES, repeat=len(KEYS))
]


def matches(expression: Json, node: dict[str, str]) -> bool:
    """`Requirement.Matches` of apimachinery's labels, as the scheduler asks it."""
    there, values = node.get(expression["key"]), expression.get("values") or []
    match expression["operator"]:
        case "In":
            return there in values
        case "NotIn":
            return there not in values
        case "Exists":
            return there is not None
        case "DoesNotExist":
            return there is None
        case compared:
            return _compares(there, compared, int(values[0]))


def _compares(there: str | None, operator: str, bound: int) -> bool:
    if there is None or not there.removeprefix("-").isdigit():
        return False
    return int(there) > bound if operator == "Gt" else int(there) < bound


def nodes_of(spec: Json) -> list[dict[str, str]]:
    """The nodes that the scheduler would take for this pod."""
    selector = spec.get("nodeSelector") or {}
    node_affinity = (spec.get("affinity") or {}).get("nodeAffinity") or {}
    required = node_affinity.get(REQUIRED)
    return [
        node
        for node in NODES
        if all(node.get(key) == value for key, value in selector.items())
        and (required is None or any(_holds(term, node) for term in required["nodeSelectorTerms"]))
    ]


def _holds(term: Json, node: dict[str, str]) -> bool:
    """An empty term matches nothing."""
    expressions = term.get("matchExpressions") or []
    return bool(expressions) and all(matches(each, node) for each in expressions)


@st.composite
def expression(draw: st.DrawFn) -> Json:
    operator = draw(st.sampled_from(("In", "In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt")))
    shown: Json = {"key": draw(st.sampled_from(KEYS)), "operator": operator}
    if operator in ("In", "NotIn"):
        shown["values"] = draw(
            st.lists(st.sampled_from(VALUES), min_size=1, max_size=3, unique=True)
        )
    elif operator in ("Gt", "Lt"):
        shown["values"] = [draw(st.sampled_from(NUMBERS))]
    return shown


def term(least: int) -> st.SearchStrategy[Json]:
    few = st.lists(expression(), min_size=least, max_size=3)
    return few.map(lambda found: {"matchExpressions": found})


def terms(least: int) -> st.SearchStrategy[list[Json]]:
    return st.lists(term(least), min_size=1, max_size=3)


selector = st.dictionaries(st.sampled_from(KEYS), st.sampled_from(VALUES), max_size=1)


def spec_of(found: list[Json] | None, selected: Json) -> Json:
    required = {} if found is None else {REQUIRED: {"nodeSelectorTerms": found}}
    return {"nodeSelector": selected, "affinity": {"nodeAffinity": required}}


@settings(max_examples=600, deadline=None, derandomize=True)
@given(found=term(0), selected=selector)
def test_a_term_can_match_exactly_when_some_node_does(found: Json, selected: Json) -> None:
    said = can_match(expressions_of(msgspec.convert(found, NodeSelectorTerm)), selected)
    assert said == bool(nodes_of(spec_of([found], selected)))


@settings(max_examples=300, deadline=None, derandomize=True)
@given(
    authors=st.none() | terms(0),
    selected=selector,
    wanted=terms(1),
    wanted_selector=selector,
)
def test_a_pod_gets_the_nodes_that_both_its_author_and_its_policy_allow(
    authors: list[Json] | None, selected: Json, wanted: list[Json], wanted_selector: Json
) -> None:
    body = pod(spec=spec_of(authors, selected))
    by = applies(nodeSelector=wanted_selector, affinity=spec_of(wanted, {})["affinity"])
    decision = decide(by, body)
    after = apply(body, decision.operations)["spec"]
    refused = set(_refused(decision.violations))
    allowed = _both(nodes_of(body["spec"]), wanted, wanted_selector, refused)
    assert nodes_of(after) == allowed


@settings(max_examples=300, deadline=None, derandomize=True)
@given(authors=terms(0), selected=selector, wanted=terms(1))
def test_it_is_a_conflict_exactly_when_the_author_had_nodes_and_none_is_left(
    authors: list[Json], selected: Json, wanted: list[Json]
) -> None:
    body = pod(spec=spec_of(authors, selected))
    decision = decide(applies(affinity=spec_of(wanted, {})["affinity"]), body)
    before = nodes_of(body["spec"])
    assert bool(decision.violations) == (bool(before) and not _both(before, wanted, {}, set()))


def _refused(violations: Any) -> Iterator[str]:
    """What was left as the author wrote it: the policy's terms, or one of its selector's keys."""
    for violation in violations:
        if violation.message.endswith("of the KubernetesPodOperator") and (
            "have no node in common" in violation.message
        ):
            yield REQUIRED
        elif violation.message.startswith("nodeSelector "):
            yield violation.path.rpartition("/")[2]
        elif "matches no node with nodeSelector" in violation.message:
            yield violation.message.split("nodeSelector ", 1)[1].partition("=")[0]
        else:
            yield REQUIRED


def _both(
    nodes: list[dict[str, str]], wanted: list[Json], selected: Json, refused: set[str]
) -> list[dict[str, str]]:
    return [
        node
        for node in nodes
        if all(node.get(key) == value for key, value in selected.items() if key not in refused)
        and (REQUIRED in refused or any(_holds(each, node) for each in wanted))
    ]
