"""What a policy test expects, held against what there is."""

from typing import Any

import pytest

from tests.cli.verdicts import verdict
from webhook.cli.expectations import Mismatch, is_like, mismatches
from webhook.policy.cases import Expected, ExpectedViolation
from webhook.policy.pod_paths import ABSENT

LIKE = [
    ("equal texts", "a", "a", True),
    ("different texts", "a", "b", False),
    ("a number is not its text", 1, "1", False),
    ("a number is not true", 1, True, False),
    ("true is not a number", True, 1, False),
    ("some keys of a mapping", {"a": 1}, {"a": 1, "b": 2}, True),
    ("a key that is not there", {"a": 1}, {"b": 2}, False),
    ("a mapping is no list", {"a": 1}, [{"a": 1}], False),
    ("items in any order", [{"b": 2}, {"a": 1}], [{"a": 1, "x": 0}, {"b": 2}], True),
    ("an item that no other is like", [{"a": 2}], [{"a": 1}], False),
    ("an empty list is empty", [], [1], False),
    ("an empty list may be absent", [], ABSENT, True),
    ("an empty mapping is empty", {}, {"a": 1}, False),
    ("an empty mapping deep inside may be absent", {"a": {}}, {"b": 1}, True),
    ("nothing where something is wanted", "a", ABSENT, False),
]


@pytest.mark.parametrize(
    ("expected", "actual", "alike"), [row[1:] for row in LIKE], ids=[row[0] for row in LIKE]
)
def test_is_like(expected: Any, actual: Any, alike: bool) -> None:
    assert is_like(expected, actual) is alike


def broken(*rules: str, **keys: str) -> tuple[ExpectedViolation, ...]:
    return tuple(ExpectedViolation(rule=rule, **keys) for rule in rules)


# The pod of `verdict` breaks a requirement in warn, and carries two of another team's tolerations.
HOLD = [
    ("all rules, in any order", broken("reserved", "requirement", "reserved")),
    (
        "the one that says little leaves the other what it needs",
        (
            *broken("reserved"),
            *broken("reserved", path="spec.tolerations[0]"),
            *broken("requirement"),
        ),
    ),
    (
        "each part that is named fits",
        (
            *broken("requirement", mode="warn", message="label tier is missing"),
            *broken("reserved", "reserved", mode="enforce"),
        ),
    ),
]
FAIL = [
    ("one too few", broken("reserved", "requirement")),
    ("one too many", broken("reserved", "reserved", "requirement", "conflict")),
    ("another rule", broken("reserved", "requirement", "requirement")),
    ("another mode", (*broken("reserved", "reserved"), *broken("requirement", mode="enforce"))),
    ("another place", (*broken("requirement", "reserved"), *broken("reserved", path="spec"))),
    ("another message", (*broken("reserved", "reserved"), *broken("requirement", message="x"))),
    ("none", ()),
]


@pytest.mark.parametrize("wanted", [row[1] for row in HOLD], ids=[row[0] for row in HOLD])
def test_violations_hold(wanted: tuple[ExpectedViolation, ...]) -> None:
    assert mismatches(Expected(asked=("violations",), violations=wanted), verdict()) == ()


@pytest.mark.parametrize("wanted", [row[1] for row in FAIL], ids=[row[0] for row in FAIL])
def test_violations_do_not_hold(wanted: tuple[ExpectedViolation, ...]) -> None:
    (found,) = mismatches(Expected(asked=("violations",), violations=wanted), verdict())
    assert (found.what, len(found.actual)) == ("violations", 3)


def test_many_violations_that_are_all_alike_take_no_longer_than_few() -> None:
    """As a search through all orders this would not end."""
    tolerations = [{"key": f"k{n}", "operator": "Exists"} for n in range(40)]
    wanted = (*broken(*["reserved"] * 40), *broken("conflict"))
    expected = Expected(asked=("violations",), violations=wanted)
    (found,) = mismatches(expected, verdict(tolerations))
    assert len(found.actual) == 41


def test_what_does_not_hold_is_told_with_both_sides() -> None:
    expected = Expected(
        asked=("team", "allowed", "warnings", "pod", "absent"),
        team=None,
        allowed=True,
        warnings=("soon",),
        pod={"spec.tolerations": [{"key": "other"}], "spec.x": "1"},
        absent=("metadata.labels.team", "spec.y"),
    )
    assert mismatches(expected, verdict()) == (
        Mismatch("team", ("none",), ("web",)),
        Mismatch("allowed", ("true",), ("false",)),
        Mismatch("warnings", ("- soon",), ("none",)),
        Mismatch(
            "spec.tolerations",
            ("- key: other",),
            ("- key: gpu", "  operator: Exists", "- key: gpu", "  value: ml"),
        ),
        Mismatch("spec.x", ("'1'",), ("absent",)),
        Mismatch("metadata.labels.team", ("absent",), ("web",)),
    )
