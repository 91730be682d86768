"""Which ConfigMap is told of which error, and how much of it."""

import pytest

from webhook.policy.errors import PolicyError, PolicyErrors
from webhook.policy.load import load
from webhook.sources.offences import INTRODUCTION, MESSAGE_BYTES, message, offences

HEAD = "apiVersion: taxiway/v1\n"
GOOD = HEAD + "teams: {payments: {}}\n"
MODE = "mood: unknown key; did you mean `mode`?"
DOCS = "dosc: unknown key; did you mean `docs`?"
TWICE = "team `payments` is in first/a.yaml:2 already; rename one, or join them"

SET_TWICE = (
    "second/a.yaml:2:1: mode: is set in first/a.yaml:2 already; "
    "one document sets it for the whole policy"
)


def told(**files: str) -> dict[str, str]:
    """What is said beside each ConfigMap; the key is a.yaml in each."""
    named = [(f"{name}/a.yaml", text.encode()) for name, text in files.items()]
    try:
        load(named)
    except PolicyErrors as error:
        said = offences(error.errors, [name for name, _ in named])
        return {name: text.removeprefix(INTRODUCTION) for name, text in said.items()}
    raise AssertionError("these files are good")


CASES: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "the ConfigMap that an error stands in": (
        {"first": GOOD, "second": HEAD + "mood: good\n"},
        {"second": f"second/a.yaml:2:1: {MODE}"},
    ),
    "all errors of one, in order": (
        {"first": HEAD + "mood: 1\ndosc: 2\n", "second": GOOD},
        {
            "first": f"first/a.yaml:2:1: {MODE} | first/a.yaml:3:1: {DOCS}",
        },
    ),
    "each its own": (
        {"first": HEAD + "mood: 1\n", "second": HEAD + "dosc: 2\n"},
        {
            "first": f"first/a.yaml:2:1: {MODE}",
            "second": f"second/a.yaml:2:1: {DOCS}",
        },
    ),
    "both that claim a team": (
        {"first": GOOD, "second": GOOD},
        {
            "first": f"second/a.yaml:2:9: teams.payments: {TWICE}",
            "second": f"second/a.yaml:2:9: teams.payments: {TWICE}",
        },
    ),
    "both that set what one document sets": (
        {"first": HEAD + "mode: warn\n", "second": HEAD + "mode: warn\n"},
        dict.fromkeys(("first", "second"), SET_TWICE),
    ),
    "one that claims a team twice, once": (
        {"first": GOOD + "---\n" + GOOD},
        {"first": f"first/a.yaml:5:9: teams.payments: {TWICE}"},
    ),
    "none, where there is no policy document": ({"first": "# later\n"}, {}),
}


@pytest.mark.parametrize(("files", "said"), CASES.values(), ids=CASES)
def test_it_is_told(files: dict[str, str], said: dict[str, str]) -> None:
    assert told(**files) == said


def test_a_configmap_whose_two_files_claim_a_team_is_told_once() -> None:
    error = PolicyError("first/b.yaml", 2, 9, "teams.payments", TWICE)
    said = offences([error], ["first/a.yaml", "first/b.yaml"])
    assert said == {"first": f"{INTRODUCTION}first/b.yaml:2:9: teams.payments: {TWICE}"}


def test_a_file_that_only_looks_like_one_of_a_configmap_is_told_nothing() -> None:
    error = PolicyError("first/a.yaml", 2, 1, "docs", "`other/b.yaml:3` is no URL")
    assert list(offences([error], ["first/a.yaml"])) == ["first"]


LENGTHS: dict[str, tuple[list[str], str]] = {
    "one line, whole": (["a"], "a"),
    "all that fit": (["a", "b"], "a | b"),
    "as many whole lines as fit, and a count of the rest": (
        ["a" * 400, "b" * 400, "c" * 400, "d"],
        f"{'a' * 400} | {'b' * 400} | and 2 more",
    ),
    "the first, cut, where it alone is too long": (
        ["ü" * 1000, "b"],
        f"{'ü' * 476}… | and 1 more",
    ),
}


@pytest.mark.parametrize(("lines", "shown"), LENGTHS.values(), ids=LENGTHS)
def test_a_message_holds(lines: list[str], shown: str) -> None:
    said = message(lines)
    assert said == INTRODUCTION + shown
    assert len(said.encode()) <= MESSAGE_BYTES


def test_every_length_stays_under_the_limit() -> None:
    for size in range(1, 1200, 7):
        for count in (1, 2, 3, 50):
            assert len(message(["é" * size] * count).encode()) <= MESSAGE_BYTES
