"""What the planned set would have done differently, counted, and the newest examples of it.

Counted from the moment that a planned set stands beside this live set, by this replica alone. Pods
of one task that differ alike are one example, with how many there were. Of each kind 40 examples
are kept, those that were seen last, so that a flood of one does not hide the others: with a message
of at most 2 KiB from each set, and as many lines of patches, all of them take under 2 MiB.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from operator import attrgetter
from typing import NamedTuple

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from webhook.admission import Record
from webhook.engine import Decision, Operation
from webhook.engine.difference import KINDS, Difference, denying, only_in
from webhook.engine.message import denial
from webhook.server.request_log import short, shown

EXAMPLES_A_KIND = 40
MOST_OPERATIONS = 10  # of each set's patch
LONGEST_OPERATION = 200  # characters: a node affinity may have 64 terms


class Count(NamedTuple):
    """A request is counted once for each rule, and for a kind without rules once."""

    kind: str
    rule: str
    team: str  # the one that it has now, else the one that it would have; empty: none


class Side(Struct, frozen=True):
    """What one set says of a request."""

    outcome: str  # denied | warned | allowed | audited
    team: str | None
    rules: tuple[str, ...]  # of what is told, or in audit of what would be
    messages: tuple[str, ...]
    patch: tuple[str, ...]  # what this set's patch alone does


class Likeness(NamedTuple):
    """What requests have in common that are one example."""

    found: tuple[Difference, ...]
    operation: str | None
    namespace: str | None
    workload: str | None
    dag: str | None
    task: str | None
    teams: tuple[str | None, str | None]  # live and planned


class Example(Struct, frozen=True):
    """The first request of its likeness, and how many there have been."""

    time: str
    kinds: tuple[str, ...]
    uid: str | None
    operation: str | None
    namespace: str | None
    pod: str | None
    workload: str | None
    dag: str | None
    task: str | None
    run: str | None
    dry_run: bool
    live: Side
    planned: Side
    requests: int = 1
    last: str = ""  # when the last of them came


class Tally:
    """What has been found so far."""

    def __init__(self) -> None:
        self.decided = 0  # requests, by both sets
        self.differing = 0
        self.dropped = 0  # there was no time for them
        self.failed = 0  # a bug, or too slow
        self.kinds: Counter[str] = Counter()
        self.counts: Counter[Count] = Counter()
        self._examples: dict[str, dict[Likeness, _Kept]] = {kind: {} for kind in KINDS}

    def add(self, likeness: Likeness, team: str, time: str, made: Callable[[], Example]) -> None:
        """One request that differs; `made` is asked for an example where none is alike."""
        self.differing += 1
        self.kinds.update({difference.kind for difference in likeness.found})
        self.counts.update(Count(each.kind, each.rule, team) for each in likeness.found)
        kept = self._examples[likeness.found[0].kind]
        alike = kept.pop(likeness, None) or _Kept(made())
        if len(kept) >= EXAMPLES_A_KIND:
            del kept[next(iter(kept))]
        alike.requests += 1
        alike.last, alike.number = time, self.differing
        kept[likeness] = alike  # the last seen is the last to go

    def results(self) -> dict[str, int]:
        """What became of the requests that were to be decided."""
        return {
            "same": self.decided - self.differing,
            "differs": self.differing,
            "dropped": self.dropped,
            "failed": self.failed,
        }

    def examples(self) -> list[Example]:
        """Those that were seen last first."""
        every = [each for kept in self._examples.values() for each in kept.values()]
        every.sort(key=attrgetter("number"), reverse=True)
        return [replace(each.first, requests=each.requests, last=each.last) for each in every]


class _Kept(Struct):
    first: Example
    requests: int = 0
    last: str = ""
    number: int = 0  # of the requests that differ, the last one's


def likeness_of(
    record: Record, found: tuple[Difference, ...], live: Decision, planned: Decision
) -> Likeness:
    return Likeness(
        found,
        record.operation,
        short(record.namespace),
        record.workload,
        short(record.dag),
        short(record.task),
        (live.team, planned.team),
    )


def example_of(
    record: Record,
    found: Iterable[Difference],
    decisions: tuple[Decision, Decision],
    docs: tuple[str | None, str | None],
    time: str,
) -> Example:
    """A request of which the live set and the planned one (in this order) say different things."""
    live, planned = decisions
    return Example(
        time,
        tuple(dict.fromkeys(difference.kind for difference in found)),
        short(record.uid),
        record.operation,
        short(record.namespace),
        short(record.pod),
        record.workload,
        short(record.dag),
        short(record.task),
        short(record.run),
        record.dry_run,
        _side(record, live, only_in(live, planned), docs[0]),
        _side(record, planned, only_in(planned, live), docs[1]),
    )


def _side(record: Record, decision: Decision, own: Sequence[Operation], docs: str | None) -> Side:
    refusing = denying(decision)
    told = refusing or decision.violations
    rules = tuple(dict.fromkeys(violation.rule for violation in told))
    return Side(
        outcome_of(decision),
        short(decision.team),
        rules,
        _messages(record, decision, docs),
        patch_lines(own),
    )


def outcome_of(decision: Decision) -> str:
    """What its author sees: denied | warned | allowed | audited."""
    if decision.mode == "audit":
        return "audited"
    if denying(decision):
        return "denied"
    return "warned" if decision.violations or decision.warnings else "allowed"


def _messages(record: Record, decision: Decision, docs: str | None) -> tuple[str, ...]:
    """A denial in the words that its author gets; warnings in as much room."""
    told = denying(decision) or decision.violations
    warnings = tuple(islice(decision.warnings, 3))
    if not told or record.made_by is None:
        return warnings
    name = record.pod or "without a name"
    return (denial(name, record.made_by, told, decision.contact, docs), *warnings)


def patch_lines(operations: Sequence[Operation]) -> tuple[str, ...]:
    """A line an operation, and how many are left out."""
    lines = [_line(operation) for operation in operations[:MOST_OPERATIONS]]
    left = len(operations) - len(lines)
    return (*lines, f"and {left} more") if left else tuple(lines)


def _line(operation: Operation) -> str:
    """`add /spec/tolerations/- {"key": …}`; of containers only the path, as in the log."""
    told = shown(operation)
    value = f" {msgspec.json.encode(told['value']).decode()}" if "value" in told else ""
    line = f"{operation.op} {operation.path}{value}"
    return line if len(line) <= LONGEST_OPERATION else line[: LONGEST_OPERATION - 1] + "…"
