"""A comparison of two policy sets for a person: the counts, and then examples of each kind.

    12 of 40 governed pods differ

    WHAT              RULE         PODS  TEAMS
    newly denied      requirement    12  payments 10, fraud 2

    newly denied
      10 pods  dag payments_daily, task load in airflow (pod-operator)
               such as payments-daily-load-x7k2, pods.json:1, items[3]
        + denied: [requirement] label data-class is missing: …

`-` is what OLD alone says of them, `+` what NEW alone does.
"""

from collections.abc import Iterator

from msgspec import Struct

from webhook.cli.compared import NOBODY, Alike, Compared, Count
from webhook.cli.terminal import Row, paragraph, row
from webhook.engine.difference import KINDS
from webhook.engine.message import shown

MOST_TEAMS = 10  # in one line
HEAD = ("WHAT", "RULE", "PODS")
GAP = 2
COLOURS = {"newly-denied": "red", "newly-admitted": "green"}
_WORDS = {"team-changed": "another team"}


class Sets(Struct, frozen=True):
    old: str
    old_revision: str
    new: str
    new_revision: str


class Line(Struct, frozen=True):
    """One line of the table: `pods` of a kind, for one rule, and how many of which team."""

    kind: str
    rule: str
    pods: int
    teams: tuple[tuple[str, int], ...]


def words(kind: str) -> str:
    """`newly denied` of `newly-denied`."""
    return _WORDS.get(kind, kind.replace("-", " "))


def headline(found: Compared) -> str:
    governed = f"{found.governed:,} governed pod{'' if found.governed == 1 else 's'}"
    left = found.pods - found.governed
    others = f" ({left:,} more not governed)" if left else ""
    if not found.differing:
        return f"no difference for {governed}{others}"
    return f"{found.differing:,} of {governed} differ{'s' if found.differing == 1 else ''}{others}"


def table(found: Compared) -> list[Line]:
    """In the order of KINDS, then by the number of pods."""
    by: dict[tuple[str, str], list[tuple[Count, int]]] = {}
    for count, pods in found.counts.items():
        by.setdefault((count.kind, count.rule), []).append((count, pods))
    lines = [
        Line(kind, rule, sum(pods for _, pods in every), _teams(every))
        for (kind, rule), every in by.items()
    ]
    return sorted(lines, key=lambda line: (KINDS.index(line.kind), -line.pods, line.rule))


def _teams(every: list[tuple[Count, int]]) -> tuple[tuple[str, int], ...]:
    found = [(count.team, pods) for count, pods in every]
    return tuple(sorted(found, key=lambda each: (-each[1], each[0])))


def teams_text(line: Line) -> str:
    told = [f"{shown(team) if team != NOBODY else '(none)'} {n:,}" for team, n in line.teams]
    left = len(told) - MOST_TEAMS
    return ", ".join([*told[:MOST_TEAMS], *([f"and {left} teams more"] if left > 0 else [])])


def title(alike: Alike) -> str:
    """Which pods they are: `dag daily, task load in airflow (pod-operator)`."""
    one = alike.example
    ids = (("dag", one.workload.dag), ("task", one.workload.task))
    named = ", ".join(f"{key} {shown(value)}" for key, value in ids if value)
    return f"{named or 'pods'} in {shown(one.namespace)} ({one.workload.kind})"


def pods_text(alike: Alike) -> str:
    return f"{alike.pods:,} pod{'' if alike.pods == 1 else 's'}"


def such_as(alike: Alike) -> str:
    one = alike.example
    sure = "" if one.is_sure else "; not sure: placed by another set than OLD"
    return f"{shown(one.pod) if one.pod else 'one without a name'}, {one.origin}{sure}"


def diff_rows(
    found: Compared, sets: Sets, notes: list[str], examples: int, width: int | None
) -> Iterator[Row]:
    """`width` in columns; None: as wide as it comes."""
    yield row(headline(found), "bold red" if found.kinds["newly-denied"] else "bold green")
    yield row(f"  old  {sets.old}, policy set {sets.old_revision}", "dim")
    yield row(f"  new  {sets.new}, policy set {sets.new_revision}", "dim")
    yield from _table(table(found), width)
    for kind in KINDS:
        yield from _examples(kind, found, examples, width)
    if notes:
        yield row()
    for note in notes:
        yield from paragraph("note  ", note, width, "yellow")


def _table(lines: list[Line], width: int | None) -> Iterator[Row]:
    if not lines:
        return
    cells = [(words(line.kind), line.rule, f"{line.pods:,}") for line in lines]
    widths = [max(map(len, column)) + GAP for column in zip(HEAD, *cells, strict=True)]
    yield row()
    yield row(f"{_padded(HEAD, widths)}TEAMS", "bold")
    for line, cell in zip(lines, cells, strict=True):
        label = _padded(cell, widths)
        yield from paragraph(label, teams_text(line), width, COLOURS.get(line.kind, ""))


def _padded(cells: tuple[str, ...], widths: list[int]) -> str:
    """Numbers stand under each other by their end."""
    *texts, number = cells
    *first, last = widths
    padded = "".join(cell.ljust(width) for cell, width in zip(texts, first, strict=True))
    return f"{padded}{number.rjust(last - GAP)}{' ' * GAP}"


def _examples(kind: str, found: Compared, most: int, width: int | None) -> Iterator[Row]:
    every = found.examples(kind)
    if not every or not most:
        return
    yield row()
    yield row(words(kind), f"bold {COLOURS.get(kind, '')}".rstrip())
    for alike in every[:most]:
        label = f"  {pods_text(alike)}  "
        indent = " " * len(label)
        yield from paragraph(label, title(alike), width, "bold")
        yield from paragraph(indent, f"such as {such_as(alike)}", width, "dim")
        for line in alike.example.old.lines:
            yield from paragraph("    - ", line, width, "red")
        for line in alike.example.new.lines:
            yield from paragraph("    + ", line, width, "green")
    left = len(every) - most
    if left > 0:
        yield row(f"  and {left:,} more like these, of other tasks (--examples)", "dim")
