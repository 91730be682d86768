"""Patterns are RE2's, searched for, in time that grows with the value alone."""

import pytest

from webhook.policy.pattern import compile_pattern


@pytest.mark.parametrize(
    ("pattern", "value", "found"),
    [
        ("^[A-Z]+-[0-9]+$", "OPS-1", True),
        ("^[A-Z]+-[0-9]+$", "OPS-1\n", False),
        ("^[A-Z]+-[0-9]+$", "ops-1", False),
        ("[0-9]", "a1b", True),
        ("(?i)ops", "OPS", True),
        (r"^\d{3}$", "123", True),
        ("^é$", "é", True),
        ("", "anything", True),
    ],
)
def test_a_pattern_is_searched_for(pattern: str, value: str, found: bool) -> None:
    assert bool(compile_pattern(pattern)(value)) == found


def test_no_pattern_stalls_on_a_value() -> None:
    """Python's own `re` would take longer than the universe has."""
    assert not compile_pattern("^(a+)+$")("a" * 63 + "b")


NOT_RE2 = "is no RE2 pattern (no lookaround, no backreference): "


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("(", f"{NOT_RE2}missing ): ("),
        ("(?=x)", f"{NOT_RE2}invalid perl operator: (?="),
        (r"(a)\1", f"{NOT_RE2}invalid escape sequence: \\1"),
        ("x{2000}", f"{NOT_RE2}invalid repetition size: {{2000}}"),
        ("x" * 1025, "has 1025 characters; at most 1024 are allowed"),
    ],
    ids=lambda part: part[:20],
)
def test_what_is_no_pattern_is_said_to_be_none(pattern: str, said: str) -> None:
    with pytest.raises(ValueError) as refused:
        compile_pattern(pattern)
    assert str(refused.value) == said


def test_a_pattern_that_would_take_too_much_memory_is_refused() -> None:
    with pytest.raises(ValueError) as refused:
        compile_pattern("((a{100}){100}){100}")
    assert str(refused.value).startswith(NOT_RE2)
