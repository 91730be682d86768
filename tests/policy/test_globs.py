"""Globs: `*` is any run of characters, `?` any one, everything else is itself."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from webhook.policy.globs import compile_glob, is_exact, is_indexable, literal_prefix, problem
from webhook.policy.values import Values


def naive(glob: str, value: str) -> bool:
    """By the definition, however long it takes."""
    if not glob:
        return not value
    if glob[0] == "*":
        return any(naive(glob[1:], value[at:]) for at in range(len(value) + 1))
    return bool(value) and glob[0] in ("?", value[0]) and naive(glob[1:], value[1:])


@settings(max_examples=1000, deadline=None, derandomize=True)
@given(glob=st.text("ab*?.", min_size=1, max_size=6), value=st.text("ab.\n", max_size=7))
def test_a_glob_matches_as_it_is_defined(glob: str, value: str) -> None:
    assert bool(compile_glob(glob)(value)) == naive(glob, value)
    assert Values([glob]).hold(value) == naive(glob, value)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(globs=st.lists(st.text("ab*?", min_size=1, max_size=4), max_size=4), value=st.text("ab"))
def test_values_are_ored(globs: list[str], value: str) -> None:
    assert Values(globs).hold(value) == any(naive(glob, value) for glob in globs)


def test_what_is_not_known_is_no_value() -> None:
    assert not Values(["*"]).hold(None)


def test_no_value_makes_a_glob_go_back_again_and_again() -> None:
    """With plain `.*` this one would take longer than the universe has."""
    assert not compile_glob("*a" * 16 + "b")("a" * 512)


@pytest.mark.parametrize(
    ("glob", "exact", "prefix"),
    [("abc", True, "abc"), ("ab*", False, "ab"), ("a?c", False, "a"), ("*a", False, "")],
)
def test_what_an_index_can_use(glob: str, exact: bool, prefix: str) -> None:
    assert (is_exact(glob), literal_prefix(glob)) == (exact, prefix)
    assert is_indexable(glob) == bool(prefix)


@pytest.mark.parametrize(
    ("glob", "said"),
    [
        ("payments_*", None),
        ("*" * 16, None),
        ("", "is empty; write a name or a glob such as `payments_*`"),
        ("x" * 513, "has 513 characters; at most 512 are allowed"),
        ("[ab]", "has a character class; only * and ? are wildcards, so list the names instead"),
        ("*?" * 8 + "*", "has more than 16 wildcards; shorten it"),
    ],
    ids=lambda part: str(part)[:20],
)
def test_what_is_no_glob_to_accept(glob: str, said: str | None) -> None:
    assert problem(glob) == said
