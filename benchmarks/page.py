"""docs/performance.md: its words stay; what stands between marks is made of the results alone.

Marks are pairs of HTML comments, `<!-- goals -->` to `<!-- end of goals -->`.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from benchmarks import origin, plots
from benchmarks.again import Other, compared
from benchmarks.figures import Row
from benchmarks.goals import Outcome, outcomes
from benchmarks.report import Run
from benchmarks.svg import figure

PAGE = origin.ROOT / "docs/performance.md"
PARTS = ("https", "api-server", "memory", "start", "pauses", "loading", "work")

Cells = Sequence[str]


def files(run: Run, second: Run | None) -> dict[Path, str]:
    """The page and its plots as they should be with these results, and those of a second run."""
    text = PAGE.read_text()
    blocks = {"run": _run(run), "goals": _goals(run), "again": _again(run, second)}
    for name, block in (blocks | {part: _part(run, part) for part in PARTS}).items():
        text = replaced(text, name, block)
    return {PAGE: text} | plots.made(run.rows)


def replaced(text: str, name: str, block: str) -> str:
    """With this between the marks of that name. Raises ValueError where they are not."""
    begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    before, found, rest = text.partition(begin)
    _, closed, after = rest.partition(end)
    if not (found and closed):
        raise ValueError(f"docs/performance.md lacks `{begin}` and `{end}` after it: add them")
    return f"{before}{begin}\n\n{block}\n\n{end}{after}"


def table(head: Cells, rows: Iterable[Cells]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def values(rows: Sequence[Row]) -> str:
    """The figures of a part: a line for each subject of a case, a column for each measure."""
    heads = {row.measure: f"{row.measure}, {row.unit}" for row in rows}
    cells = {(row.case, row.subject, row.measure): _spread(row.median, row.spread) for row in rows}
    lines = dict.fromkeys((row.case, row.subject) for row in rows)
    body = ([*line, *(cells.get((*line, measure), "") for measure in heads)] for line in lines)
    return table(["case", "of", *heads.values()], body)


def ratios(rows: Sequence[Row]) -> str:
    """The same figures to their controls; empty where there are none."""
    heads = dict.fromkeys(row.measure for row in rows if row.ratios)
    cells = {
        (row.case, row.subject, each.control, row.measure): _spread(each.median, each.spread)
        for row in rows
        for each in row.ratios
    }
    lines = dict.fromkeys(key[:3] for key in cells)
    body = ([*line, *(cells.get((*line, measure), "") for measure in heads)] for line in lines)
    return table(["case", "of", "to", *heads], body) if heads else ""


def _run(run: Run) -> str:
    machine = f"{run.machine['cores']} cores, {run.machine['model']}, {run.machine['system']}"
    versions = ", ".join(f"{name} {version}" for name, version in run.versions.items())
    return f"{_of(run)}, {run.plan.requests:,} requests for memory. {machine}. {versions}."


def _goals(run: Run) -> str:
    return table(
        ["", "goal", "this run", ""],
        (_goal(outcome, run) for outcome in outcomes(run.rows)),
    )


def _goal(outcome: Outcome, run: Run) -> Cells:
    goal = outcome.goal
    unit = f" {outcome.unit}" if outcome.unit != "times" else " times"
    bound = f"{'at least' if goal.is_least else 'at most'} {goal.bound:g}"
    if outcome.value is None:
        why = run.left_out.get(goal.part, "not part of this run")
        return [goal.text, bound, f"not measured: {why}", ""]
    found = _spread(outcome.value, outcome.spread)
    return [goal.text, f"{bound}{unit}", found, "met" if outcome.is_met else "**missed**"]


def _again(run: Run, second: Run | None) -> str:
    if second is None:
        return "There was no second run since."
    found = compared(run, second)
    same = found.ratios - len(found.others)
    said = (
        f"A second run ({_of(second)}) gave {same:,} of {found.ratios:,} ratios within the spread "
        "of the first: the quartiles of both have values in common."
    )
    return f"{said}\n\n{_others(found.others)}" if found.others else said


def _others(others: Sequence[Other]) -> str:
    rows = (
        [
            *(each.row.case, each.row.subject, each.first.control, each.row.measure),
            *(_spread(ratio.median, ratio.spread) for ratio in (each.first, each.second)),
        ]
        for each in others
    )
    return table(["case", "of", "to", "measure", "first run", "second run"], rows)


def _of(run: Run) -> str:
    return f"{run.date}, commit `{run.commit[:12]}{run.commit[40:]}`, {run.plan.rounds} rounds"


def _part(run: Run, part: str) -> str:
    rows = [row for row in run.rows if row.part == part]
    if not rows:
        return f"Not measured: {run.left_out.get(part, 'not part of this run')}."
    return "\n\n".join(_tables(rows))


def _tables(rows: Sequence[Row]) -> Iterator[str]:
    held = ratios(rows)
    if held:
        yield held
    yield values(rows)


def _spread(middle: float, spread: tuple[float, float]) -> str:
    """A median with its quartiles, unless they are the same."""
    low, high = map(figure, spread)
    return figure(middle) if low == high else f"{figure(middle)} ({low} to {high})"
