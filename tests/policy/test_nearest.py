"""The nearest name to a misspelt one."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from webhook.policy.nearest import Nearest

TEAMS = ("payments", "fraud", "search", "data-platform", "growth", "ml")


@pytest.mark.parametrize(
    ("written", "found"),
    [
        pytest.param("payments", "payments", id="itself"),
        pytest.param("Payments", "payments", id="case"),
        pytest.param("pay-ments", "payments", id="a separator too many"),
        pytest.param("data_platform", "data-platform", id="another separator"),
        pytest.param("dataplatform", "data-platform", id="a separator too few"),
        pytest.param("paymets", "payments", id="a letter left out"),
        pytest.param("paymeents", "payments", id="a letter too many"),
        pytest.param("paymemts", "payments", id="another letter"),
        pytest.param("paymenst", "payments", id="two letters swapped"),
        pytest.param("payment", "payments", id="without its end"),
        pytest.param("payments-team", "payments", id="with more at its end"),
        pytest.param("search2", "search", id="with a number"),
        pytest.param("zzz", None, id="nothing like any"),
        pytest.param("", None, id="nothing"),
        pytest.param("---", None, id="separators alone"),
        pytest.param("x" * 10_000, None, id="as long as you like"),
    ],
)
def test_the_nearest(written: str, found: str | None) -> None:
    assert Nearest(TEAMS).find(written) == found


def test_of_several_the_likest() -> None:
    assert Nearest(("team-a", "team-ab", "team-abc")).find("team-abd") == "team-ab"


@settings(max_examples=300, deadline=None, derandomize=True)
@given(
    team=st.sampled_from(TEAMS[:5]),
    at=st.integers(0, 20),
    letter=st.sampled_from("abcxyz"),
    kind=st.sampled_from(("leave out", "add", "replace", "swap")),
)
def test_any_single_typing_error_is_mended(team: str, at: int, letter: str, kind: str) -> None:
    at %= len(team)
    match kind:
        case "leave out":
            typed = team[:at] + team[at + 1 :]
        case "add":
            typed = team[:at] + letter + team[at:]
        case "replace":
            typed = team[:at] + letter + team[at + 1 :]
        case _:
            typed = team[:at] + team[at : at + 2][::-1] + team[at + 2 :]
    assert Nearest(TEAMS).find(typed) == team
