"""What one policy set would do otherwise than another with a corpus: counted, with examples.

A pod is counted once for each kind of difference and rule, by the team that OLD gives it, else by
the one that NEW does. Pods of one task that differ alike are one example, under the gravest kind.
Of each kind 1,000 examples are kept, the first: some 2 MB each where all have long messages.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date

from msgspec import Struct

from webhook.airflow.workload import Workload
from webhook.cli.corpus import Case
from webhook.cli.subject import JUDGED_OPERATIONS, workload_of
from webhook.engine import Decision, Engine
from webhook.engine.as_sent import Sent, as_sent
from webhook.engine.difference import KINDS, Difference, denying, differences, only_in
from webhook.server.differences import outcome_of, patch_lines

MOST_EXAMPLES = 1_000  # of a kind
NOBODY = ""


class Count(Struct, frozen=True, order=True):
    """`team` is NOBODY for pods of none; without a rule it is empty."""

    kind: str
    rule: str
    team: str


class Side(Struct, frozen=True):
    """What one set says of a pod; `lines` are what it alone says."""

    outcome: str  # denied | warned | allowed | audited
    team: str | None
    lines: tuple[str, ...]


class Example(Struct, frozen=True):
    """The first pod that differs like this."""

    kinds: tuple[str, ...]
    origin: str
    pod: str | None
    namespace: str
    workload: Workload
    is_sure: bool
    old: Side
    new: Side


class Alike(Struct):
    example: Example
    pods: int = 0


class Compared:
    """All that was found, so far."""

    def __init__(self) -> None:
        self.pods = 0
        self.governed = 0
        self.differing = 0
        self.placed = 0  # that had been through Taxiway
        self.unsure = 0  # of those, from which what was given could not be told apart
        self.without_user = 0  # governed, and nobody knows who made them
        self.refused = 0  # could not be read
        self.kinds: Counter[str] = Counter()
        self.unsure_kinds: Counter[str] = Counter()
        self.counts: Counter[Count] = Counter()
        self._alike: dict[str, dict[object, Alike]] = {kind: {} for kind in KINDS}

    def examples(self, kind: str) -> list[Alike]:
        """Those whose gravest difference it is; those of the most pods first."""
        return sorted(self._alike[kind].values(), key=lambda alike: -alike.pods)

    def add(
        self, case: Case, workload: Workload, sent: Sent, decisions: tuple[Decision, Decision]
    ) -> None:
        old, new = decisions
        found = differences(old, new)
        if not found:
            return
        self.differing += 1
        kinds = {difference.kind for difference in found}
        self.kinds.update(kinds)
        self.unsure_kinds.update(() if sent.is_sure else kinds)
        team = old.team or new.team or NOBODY
        self.counts.update(Count(each.kind, each.rule, team) for each in found)
        self._note(case, workload, sent, decisions, found)

    def _note(
        self,
        case: Case,
        workload: Workload,
        sent: Sent,
        decisions: tuple[Decision, Decision],
        found: tuple[Difference, ...],
    ) -> None:
        old, new = decisions
        request = case.request
        teams = (old.team, new.team)
        likeness = (found, request.namespace, workload.kind, workload.dag, workload.task, teams)
        kept = self._alike[found[0].kind]
        alike = kept.get(likeness)
        if alike is None:
            if len(kept) >= MOST_EXAMPLES:
                return
            kinds = tuple(dict.fromkeys(difference.kind for difference in found))
            sides = _sides(old, new)
            name, where = request.pod_name(), request.namespace
            example = Example(kinds, case.origin, name, where, workload, sent.is_sure, *sides)
            alike = kept[likeness] = Alike(example)
        alike.pods += 1


def compare(old: Engine, new: Engine, case: Case, today: date, into: Compared) -> None:
    """Decide one pod by both sets, as its author sent it."""
    into.pods += 1
    workload = workload_of(case.request, govern_all=case.govern_all)
    if workload is None or case.request.operation not in JUDGED_OPERATIONS:
        return
    into.governed += 1
    into.without_user += case.request.user is None
    sent = as_sent(old, case.request, workload)
    into.placed += sent.was_placed
    into.unsure += not sent.is_sure
    before = old.review(sent.request, workload, today)
    after = new.review(sent.request, workload, today)
    into.add(case, workload, sent, (before, after))


def _sides(old: Decision, new: Decision) -> tuple[Side, Side]:
    """What each set says, without what both say."""
    before, after = list(_told(old)), list(_told(new))
    placed = not (denying(old) or denying(new))
    gone = patch_lines(only_in(old, new)) if placed else ()
    come = patch_lines(only_in(new, old)) if placed else ()
    team = old.team != new.team
    return (
        _side(old, [line for line in before if line not in after], gone, team),
        _side(new, [line for line in after if line not in before], come, team),
    )


def _side(decision: Decision, told: list[str], patch: tuple[str, ...], team: bool) -> Side:
    whose = [f"team {decision.team}" if decision.team else "no team"] if team else []
    return Side(outcome_of(decision), decision.team, (*whose, *told, *patch))


def _told(decision: Decision) -> Iterator[str]:
    """What the author hears, a line for each rule; in audit nothing."""
    if decision.mode == "audit":
        return
    for violation in decision.violations:
        word = "denied" if violation.mode == "enforce" else "warned"
        if violation.mode != "audit":
            yield f"{word}: [{violation.rule}] {violation.message}"
    yield from (f"warned: {warning}" for warning in decision.warnings)
