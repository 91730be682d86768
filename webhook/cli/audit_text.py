"""An audit for a person: who keeps the policies and who pays, and then what is broken.

    1,204 governed pods and 12 templates: 1,100 keep the policies, 6 with warnings, 110 do not

    TEAM      NAMESPACE  PODS  BREAK  WARN  COST CENTER
    payments  airflow     800     10     0          99%
    (none)    data          4      4     0           0%
    all                   804     14     0          98%

COST CENTER is the share of the pods that carry one which their team may spend on.
"""

from collections.abc import Iterator

from webhook.cli.audited import DENIED, KEEPS, NOBODY, POD, WARNED, Alike, Audited, Share, together
from webhook.cli.terminal import Row, paragraph, row
from webhook.engine import Violation
from webhook.engine.message import shown

HEAD = ("TEAM", "NAMESPACE", "PODS", "BREAK", "WARN", "COST CENTER")
TEXTS = 2  # the first columns are texts, the others numbers
GAP = 2
NOT_APPLIED = "not-applied"


def headline(found: Audited) -> str:
    pods = _count(found.pods, "governed pod")
    templates = f" and {_count(found.templates, 'template')}" if found.templates else ""
    kept, warned, denied = (found.results[each] for each in (KEEPS, WARNED, DENIED))
    total = kept + warned + denied
    if not total:
        return "nothing is governed here"
    if kept == total:
        return f"{pods}{templates}: all keep the policies"
    warnings = f", {warned:,} with warnings" if warned else ""
    return f"{pods}{templates}: {kept + warned:,} keep the policies{warnings}, {denied:,} do not"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def coverage(found: Audited) -> list[tuple[str, str, Share]]:
    """Team, namespace and share, in that order; and what all of them come to."""
    lines = [(team or "(none)", where, share) for (team, where), share in found.shares.items()]
    lines.sort(key=lambda line: (line[0] == "(none)", line[0], line[1]))
    return [*lines, ("all", "", together(share for _, _, share in lines))] if lines else []


def percent(share: Share) -> str:
    """Rounded down: 100% are all of them."""
    return f"{100 * share.paid // share.pods}%"


def title(alike: Alike) -> str:
    """`dag daily, task load in airflow (pod-operator), team payments`."""
    one = alike.finding
    ids = (("dag", one.workload.dag), ("task", one.workload.task))
    named = ", ".join(f"{key} {shown(value)}" for key, value in ids if value)
    whose = f"team {shown(one.team)}" if one.team != NOBODY else "no team"
    return (
        f"{named or f'{one.thing.kind}s'} in {one.thing.namespace} ({one.workload.kind}), {whose}"
    )


def left_out(found: Audited, most: int) -> str:
    """How much is not shown; empty if nothing."""
    left = len(found.findings()) - most
    others = f", and what {found.left_out:,} other objects break" if found.left_out else ""
    return f"and {_count(max(left, 0), 'more finding')}{others}" if left > 0 or others else ""


def audit_rows(
    found: Audited, heading: str, notes: list[str], most: int, width: int | None
) -> Iterator[Row]:
    """`width` in columns; None: as wide as it comes."""
    yield row(headline(found), "bold red" if found.results[DENIED] else "bold green")
    yield row(f"  policies  {heading}", "dim")
    yield from _table(coverage(found))
    every = found.findings()
    for alike in every[:most]:
        yield row()
        yield from _finding(alike, width)
    more = left_out(found, most)
    if more:
        yield row()
        yield row(f"{more} (--findings)", "dim")
    if notes:
        yield row()
    for note in notes:
        yield from paragraph("note  ", note, width, "yellow")


def _table(lines: list[tuple[str, str, Share]]) -> Iterator[Row]:
    if not lines:
        return
    cells = [_cells(*line) for line in lines]
    widths = [max(map(len, column)) for column in zip(HEAD, *cells, strict=True)]
    yield row()
    yield row(_padded(HEAD, widths), "bold")
    for line in cells:
        yield row(_padded(line, widths))


def _cells(team: str, namespace: str, share: Share) -> tuple[str, ...]:
    counts = (share.pods, share.denied, share.warned)
    return shown(team), namespace, *(f"{count:,}" for count in counts), percent(share)


def _padded(cells: tuple[str, ...], widths: list[int]) -> str:
    both = list(zip(cells, widths, strict=True))
    texts = [cell.ljust(width) for cell, width in both[:TEXTS]]
    return (" " * GAP).join([*texts, *(cell.rjust(width) for cell, width in both[TEXTS:])])


def _finding(alike: Alike, width: int | None) -> Iterator[Row]:
    one = alike.finding
    label = f"{_count(alike.things, 'pod' if one.thing.kind == POD else 'template')}  "
    yield from paragraph(label, title(alike), width, "bold")
    if one.thing.name:
        yield from paragraph(" " * len(label), f"such as {one.thing.name}", width, "dim")
    for label, colour, text in broken(one.violations):
        yield from paragraph(f"  {label:<11}  ", text, width, colour)
    if one.contact:
        yield from paragraph(f"  {'ask':<11}  ", one.contact, width, "dim")


def broken(violations: tuple[Violation, ...]) -> Iterator[tuple[str, str, str]]:
    """The rule, its colour and what is said; what a new pod would have is one sentence."""
    lacking: dict[str, list[str]] = {}  # by mode
    for violation in violations:
        if violation.rule == NOT_APPLIED:
            lacking.setdefault(violation.mode, []).append(violation.path or "")
        else:
            yield *_rule(violation.rule, violation.mode), violation.message
    for mode, paths in lacking.items():
        missing = f"{', '.join(paths)} {'is' if len(paths) == 1 else 'are'} missing"
        yield *_rule(NOT_APPLIED, mode), f"{missing}: a pod made anew gets what policy adds"


def _rule(rule: str, mode: str) -> tuple[str, str]:
    return (rule, "red") if mode == "enforce" else (f"{rule} ({mode})", "yellow")
