"""The gate on what a request costs: it holds, and it says what has changed."""

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.calls import HOW, Cost, Costs, read, unlike

ROOT = Path(__file__).parent.parent.parent
COST = Cost(30, 18, 78.2, 8660)


def test_a_request_costs_what_was_accepted() -> None:
    gate = [sys.executable, "-m", "benchmarks.calls"]
    done = subprocess.run(gate, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (
        0,
        f"{len(read()['3.11'])} cases cost what they did.\n",
        "",
    )


def test_what_to_do_about_a_difference_is_said() -> None:
    assert HOW == (
        "If that is meant: `make bench-accept`, and commit benchmarks/calls.json with the change. "
        "If not: `make bench-profile` shows the functions that a request calls."
    )


CHANGES: dict[str, tuple[Costs, list[str]]] = {
    "the same is silent": ({"mutate": COST}, []),
    "one call more": (
        {"mutate": Cost(31, 18, 78.2, 8660)},
        ["mutate: python 30 -> 31 (+1)"],
    ),
    "less memory is told too": (
        {"mutate": Cost(30, 18, 76.2, 8000)},
        ["mutate: blocks 78.2 -> 76.2 (-2)", "mutate: peak 8660 -> 8000 (-660)"],
    ),
    "2 % of memory are let through": ({"mutate": Cost(30, 18, 79.7, 8830)}, []),
    "a case that nobody accepted": (
        {"mutate": COST, "other": COST},
        ["other: this case stands on one side only"],
    ),
    "a case that is gone": ({}, ["mutate: this case stands on one side only"]),
}


@pytest.mark.parametrize(("now", "lines"), CHANGES.values(), ids=CHANGES.keys())
def test_against_figures_of_this_version(now: Costs, lines: list[str]) -> None:
    accepted = {"3.9": {}, "3.11": {"mutate": COST}}
    assert unlike(accepted, now, "3.11") == lines


OTHERS: dict[str, tuple[Cost, list[str]]] = {
    "5 % more are let through": (Cost(31.5, 18.9, 82, 9093), []),
    "any less is": (Cost(10, 10, 10, 10), []),
    "more is told": (
        Cost(31.6, 18, 78.2, 8660),
        ["mutate: python 30 -> 31.6 (+1.6)"],
    ),
}


@pytest.mark.parametrize(("cost", "lines"), OTHERS.values(), ids=OTHERS.keys())
def test_a_version_that_was_never_accepted_is_held_to_the_newest_one_that_was(
    cost: Cost, lines: list[str]
) -> None:
    accepted = {"3.9": {}, "3.11": {"mutate": COST}}
    assert unlike(accepted, {"mutate": cost}, "3.99") == lines
