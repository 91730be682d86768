"""For which errors a change is refused, and of what it is warned: rows over whole sets.

Each set is ConfigMaps `a`, `b` and `c` with one file each; the change is always of `a`.
"""

from datetime import date

import pytest

from webhook.policy.change import Effect, Files, State, effect, is_readable, state
from webhook.policy.documents import Cache
from webhook.policy.errors import PolicyError

TODAY = date(2026, 12, 20)
HEAD = "apiVersion: taxiway/v1\n"
EMPTY = HEAD
X = f"{HEAD}teams: {{x: {{}}}}\n"
Y = f"{HEAD}teams: {{y: {{}}}}\n"
FOR_X = f"{HEAD}profiles: {{p: {{match: {{teams: [x]}}, apply: {{}}}}}}\n"
UNKNOWN = f"{HEAD}temas: {{}}\n"
UNREAD = f"{HEAD}teams: [\n"
WAIVER = (
    f"{HEAD}exemptions: [{{name: e, match: {{dags: [d]}}, waives: [tier], reason: r, "
    "approvedBy: m, expires: 2027-12-31}]\n"
)
SLOW = f"{HEAD}teams: {{x: {{members: {{dags: ['*']}}}}}}\n"

A_UNKNOWN = "a/p.yaml:2:1: temas: unknown key; did you mean `teams`?"
B_UNKNOWN = "b/p.yaml:2:1: temas: unknown key; did you mean `teams`?"
NO_X = (
    "b/p.yaml:2:32: profiles.p.match.teams[0]: there is no team `x`; add the team, or correct the "
    "name"
)
TWICE = "b/p.yaml:2:9: teams.x: team `x` is in a/p.yaml:2 already; rename one, or join them"
NOTHING = (
    "policies:1:1: no policy document: write one that begins with apiVersion: taxiway/v1 "
    "(that line alone is a policy that asks for nothing)"
)
UNKNOWN_WAIVER = (
    "b/p.yaml:2:53: exemptions[0].waives[0]: `tier` is no rule, and no requirement names it as a "
    "label; there is conflict, membership, not-applied, requirement, reserved, size, team"
)
SLOW_A = (
    "a/p.yaml:2:30: teams.x.members.dags[0]: `*` begins with a wildcard, so it is tried on every "
    "pod"
)

Texts = dict[str, str]


def files(texts: Texts) -> Files:
    return tuple((f"{name}/p.yaml", text.encode()) for name, text in sorted(texts.items()))


def changed(before: str | None, after: str | None, others: Texts) -> Effect:
    """What it does when `a` is changed beside these."""
    cache: Cache = {}

    def with_a(text: str | None) -> Files:
        return files(others if text is None else {"a": text, **others})

    readable = is_readable(files({} if before is None else {"a": before}), cache)
    hidden = () if readable else state(files(others), TODAY, cache).errors
    first, second = (state(with_a(text), TODAY, cache) for text in (before, after))
    return effect(first, second, hidden, "a")


def lines(found: object) -> list[str]:
    assert isinstance(found, tuple)
    return list(map(str, found))


# before, after, the others; the errors that refuse it, those that stay
REFUSED: dict[str, tuple[str | None, str | None, Texts, list[str], list[str]]] = {
    "an error in what is new": (None, UNKNOWN, {"b": X}, [A_UNKNOWN], []),
    "an error in what has changed": (X, UNKNOWN, {"b": Y}, [A_UNKNOWN], []),
    "an error that stood there before": (UNKNOWN, UNKNOWN + "\n", {"b": X}, [A_UNKNOWN], []),
    "a team that another needs is taken away": (X, Y, {"b": FOR_X}, [NO_X], []),
    "a team that another needs is deleted": (X, None, {"b": FOR_X}, [NO_X], []),
    "a team that another has, too": (Y, X, {"b": X}, [TWICE], []),
    "its own error comes first, whatever the names": (
        X,
        f"{HEAD}temas: {{}}\n",
        {"b": FOR_X},
        [A_UNKNOWN, NO_X],
        [],
    ),
    "another's error beside its own": (X, UNKNOWN, {"b": UNKNOWN}, [A_UNKNOWN], [B_UNKNOWN]),
    "the last document is deleted": (X, None, {}, [NOTHING], []),
    "the last document is deleted, which was unreadable": (UNREAD, None, {}, [NOTHING], []),
    "the last document is emptied": (X, "# nothing\n", {}, [NOTHING], []),
}


@pytest.mark.parametrize(
    ("before", "after", "others", "errors", "standing"), REFUSED.values(), ids=REFUSED
)
def test_it_is_refused_where(
    before: str | None, after: str | None, others: Texts, errors: list[str], standing: list[str]
) -> None:
    found = changed(before, after, others)
    assert (lines(found.errors), lines(found.standing)) == (errors, standing)


# before, after, the others; the errors that stay
ADMITTED: dict[str, tuple[str | None, str | None, Texts, list[str]]] = {
    "all is well": (X, Y, {"b": EMPTY}, []),
    "it mends the only error": (UNKNOWN, X, {"b": Y}, []),
    "it mends one of two errors": (UNKNOWN, X, {"b": UNKNOWN}, [B_UNKNOWN]),
    "it has nothing to do with the error of another": (X, Y, {"b": UNKNOWN}, [B_UNKNOWN]),
    "the error of another comes to stand on another line": (
        X,
        f"{HEAD}\n\nteams: {{x: {{}}}}\n",
        {"b": X},
        [TWICE.replace("p.yaml:2 already", "p.yaml:4 already")],
    ),
    "it mends what hid the error of another": (
        UNREAD,
        Y,
        {"b": FOR_X},
        [NO_X],
    ),
    "it mends a requirement, and an exemption turns out to name another": (
        f"{HEAD}requirements: [{{lable: tier}}]\n",
        f"{HEAD}requirements: [{{label: size}}]\n",
        {"b": WAIVER},
        [UNKNOWN_WAIVER],
    ),
    "it takes away what is unreadable": (UNREAD, None, {"b": UNKNOWN}, [B_UNKNOWN]),
    "it makes the second of two that were one team": (X, None, {"b": X}, []),
    "there was no document, and there is none": (None, "# to come\n", {}, [NOTHING]),
}


@pytest.mark.parametrize(("before", "after", "others", "standing"), ADMITTED.values(), ids=ADMITTED)
def test_it_is_admitted_where(
    before: str | None, after: str | None, others: Texts, standing: list[str]
) -> None:
    found = changed(before, after, others)
    assert (lines(found.errors), lines(found.standing)) == ([], standing)


WARNED: dict[str, tuple[str | None, str | None, Texts, list[str]]] = {
    "what it holds, though it held it before": (SLOW, SLOW + "\n", {}, [SLOW_A]),
    "nothing of what others hold": (Y, EMPTY, {"b": SLOW}, []),
    "what others hold and it makes wrong": (
        f"{HEAD}teams: {{x-a: {{}}}}\n",
        EMPTY,
        {"b": f"{HEAD}profiles: {{p: {{match: {{teams: ['x-*']}}, apply: {{}}}}}}\n"},
        ["b/p.yaml:2:16: profiles.p.match: matches nothing: there is no such team"],
    ),
    "first of what it holds, then of what it does to others": (
        f"{HEAD}teams: {{x-a: {{}}}}\n",
        SLOW,
        {"b": f"{HEAD}profiles: {{p: {{match: {{teams: ['x-*']}}, apply: {{}}}}}}\n"},
        [SLOW_A, "b/p.yaml:2:16: profiles.p.match: matches nothing: there is no such team"],
    ),
}


@pytest.mark.parametrize(("before", "after", "others", "warnings"), WARNED.values(), ids=WARNED)
def test_it_is_warned_of(
    before: str | None, after: str | None, others: Texts, warnings: list[str]
) -> None:
    assert lines(changed(before, after, others).warnings) == warnings


def test_teams_that_go_are_told_and_those_that_move_are_not() -> None:
    both = f"{HEAD}teams: {{x: {{}}, y: {{}}}}\n"
    assert changed(both, X, {"b": EMPTY}).gone == ("y",)
    assert changed(both, None, {"b": EMPTY}).gone == ("x", "y")
    assert changed(X, X + "\n", {"b": Y}).gone == ()
    assert changed(X, UNKNOWN, {"b": Y}).gone == ()


def test_of_a_set_with_too_many_teams_some_may_be_deleted() -> None:
    """The error stands at the first team that is too many, which is another one then."""

    def too_many(count: int, file: str) -> State:
        said = f"the policy set has {count} teams; at most 2 are allowed"
        return State((PolicyError(file, 2, 9, f"teams.t{count}", said),))

    found = effect(too_many(5, "b/p.yaml"), too_many(4, "c/p.yaml"), (), "a")
    assert (found.errors, len(found.standing)) == ((), 1)


def test_two_errors_alike_are_two() -> None:
    """The second reference to a team that is not there is an error that the change brings."""
    asks = "{label: a, match: {teams: [x]}}"
    one, other = (f"{HEAD}requirements: [{', '.join([asks] * count)}]\n" for count in (1, 2))
    first, second = (state(files({"b": text}), TODAY, {}) for text in (one, other))
    found = effect(first, second, (), "a")
    assert (len(found.errors), len(found.standing)) == (1, 1)
