"""What a change of one ConfigMap (or of any few files) does to the policy set.

A change is refused for what it does wrong, and for nothing else:

| error of the set as it would be                                  | the change is |
|------------------------------------------------------------------|---------------|
| stands in a file of the change                                   | refused       |
| stands elsewhere, and the set as it is does not have it          | refused       |
| stands elsewhere, and the set as it is has it                    | warned of     |
| the same, but it was hidden behind what is unreadable            | warned of     |

So a set that is broken in two places can be mended one by one, and whoever changes a file has to
leave it without a mistake. The last row: where the changed files cannot be read as they are now,
what others refer to in them is not known, and errors that the set has without them count as ones
it has: to mend the one must not be refused for the other.
What takes away the last document of a set is refused in any case.

Errors are the same when file, path and message are, whatever line they have come to stand on and
whatever remedy is named.
Warnings follow the same thought: all in the files of the change, elsewhere those that it brings.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import TypeVar

from msgspec import Struct

from webhook.policy.documents import Cache, parse_documents
from webhook.policy.errors import PolicyError, PolicyErrors, PolicyWarning
from webhook.policy.load import NO_POLICY, Loaded, check_size, union

Files = tuple[tuple[str, bytes], ...]  # name and content of each, sorted
T = TypeVar("T", bound=PolicyError)
_PLACES = re.compile(r"(?<=:)\d+|(?<=has )\d+|(?<=one of )\d+|(?<=\[)\d+(?=\])")
_OF_THE_SET = "the policy set has"  # these stand where the first is that is too many


class State(Struct, frozen=True):
    """What a set says of itself: errors, or else warnings and the names of its teams."""

    errors: tuple[PolicyError, ...] = ()
    warnings: tuple[PolicyWarning, ...] = ()
    teams: tuple[str, ...] = ()


class Effect(Struct, frozen=True):
    """What a change does. `errors` refuse it; those of its own files come first."""

    errors: tuple[PolicyError, ...] = ()
    standing: tuple[PolicyError, ...] = ()  # errors that stay, and are not the change's
    warnings: tuple[PolicyWarning, ...] = ()
    gone: tuple[str, ...] = ()  # teams that the set would no longer have


def state(files: Files, today: date, cache: Cache) -> State:
    """What these files, as one set, say of themselves. Adds to the cache; drops nothing of it."""
    try:
        check_size(files)
        documents = [doc for name, data in files for doc in parse_documents(name, data, cache)]
        return state_of(union(documents, today=today))
    except PolicyErrors as error:
        return State(error.errors)


def state_of(loaded: Loaded) -> State:
    """The same of a set that was loaded."""
    return State((), loaded.warnings, tuple(loaded.spec.teams))


def is_readable(files: Files, cache: Cache) -> bool:
    """Whether each document of these files says what it means, be it good or bad for the set."""
    return not any(
        document.problems for name, data in files for document in parse_documents(name, data, cache)
    )


def effect(before: State, after: State, hidden: Sequence[PolicyError], changed: str) -> Effect:
    """What leads from one state to the other. `changed`: the ConfigMap whose files differ.

    `hidden`: the errors of the set without the changed files, where these cannot be read.
    """
    own, others = _divided(after.errors, changed)
    known = [*before.errors, *(error for error in hidden if error.message != NO_POLICY)]
    brought, standing = _compared(known, others)
    ours, theirs = _divided(after.warnings, changed)
    new, _ = _compared(before.warnings, theirs)
    both_good = not before.errors and not after.errors
    kept = frozenset(after.teams)
    gone = tuple(team for team in before.teams if team not in kept) if both_good else ()
    return Effect((*own, *brought), tuple(standing), (*ours, *new), gone)


def _divided(found: Iterable[T], changed: str) -> tuple[list[T], list[T]]:
    """Those in the changed ConfigMap's files, and the others."""
    own: list[T] = []
    others: list[T] = []
    for each in found:
        is_own = each.file == changed or each.file.startswith(f"{changed}/")
        (own if is_own else others).append(each)
    return own, others


def _compared(known: Iterable[PolicyError], found: Iterable[T]) -> tuple[list[T], list[T]]:
    """Those that are new, and those that were known, each as often as it was."""
    left = Counter(map(_same, known))
    new: list[T] = []
    old: list[T] = []
    for each in found:
        same = _same(each)
        (old if left[same] else new).append(each)
        left[same] -= left[same] > 0
    return new, old


def _same(error: PolicyError) -> tuple[str, str, str]:
    """What an error is, without where (a line, a number in a list) and without the remedy.

    What follows a semicolon says how to mend it, in words that depend on the rest of the set.
    """
    message = _PLACES.sub("", error.message.partition("; ")[0])
    if message.startswith(_OF_THE_SET):
        return "", "", message
    return error.file, _PLACES.sub("", error.path), message
