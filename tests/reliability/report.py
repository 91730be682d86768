"""What the scenarios came to: a line for a terminal, results as JSON, and the page in the docs.

The page has its words and, between two marks, a table that is made of the results alone.
"""

import platform
from collections.abc import Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from benchmarks import origin
from tests.cluster import binaries
from tests.reliability.play import Result

RESULTS = Path(__file__).parent / "results.json"
PAGE = origin.ROOT / "docs/reliability.md"
BEGIN, END = "<!-- results -->", "<!-- end of results -->"
HEAD = (
    "what happened",
    "times",
    "seconds",
    "a second",
    "stored",
    "refused",
    "unplaced",
    "let in",
    "wrongly denied",
    "failed",
    "not counted",
    "median, longest",
)


class Run(Struct, frozen=True):
    """All scenarios of one run, and what of."""

    date: str
    commit: str
    machine: dict[str, str | int | None]
    versions: dict[str, str]
    results: tuple[Result, ...] = ()


def begun(date: str) -> Run:
    """A run without results; the commit is that at its beginning."""
    versions = {
        "Kubernetes": binaries.kubernetes(binaries.wanted_kubernetes()).version,
        "Python": platform.python_version(),
    }
    return Run(date, origin.commit(), origin.machine(), versions)


def line(result: Result) -> str:
    """One run, for a terminal."""
    found = result.verdict
    return (
        f"{result.scenario}, {result.times} times in {result.seconds:.0f} s: {found.stored} pods "
        f"stored, {found.refused} refused, {found.unplaced} unplaced, {found.let_in} let in, "
        f"{found.wrongly_denied} wrongly denied, {found.failed} failed, {found.not_counted} while "
        f"the API server was down; {result.rate:.0f} a second ({result.skipped} left out), "
        f"{result.median * 1000:.0f} ms (median) to {result.longest * 1000:.0f} ms"
    )


def write(run: Run) -> None:
    RESULTS.write_bytes(msgspec.json.format(msgspec.json.encode(run)) + b"\n")
    PAGE.write_text(page(run))


def stored() -> Run:
    """The last run that was written."""
    return msgspec.json.decode(RESULTS.read_bytes(), type=Run)


def page(run: Run) -> str:
    """The page as it should be with these results: its words stay."""
    before, _, rest = PAGE.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{table(run)}\n\n{END}{after}"


def table(run: Run) -> str:
    machine = f"{run.machine['cores']} cores, {run.machine['model']}"
    versions = ", ".join(f"{name} {version}" for name, version in run.versions.items())
    return "\n".join(
        [
            f"{run.date}, commit `{run.commit[:12]}{run.commit[40:]}`, {versions}; {machine}.",
            "",
            *map(_row, (HEAD, ["---"] * len(HEAD), *map(_cells, run.results))),
        ]
    )


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cells(result: Result) -> list[str]:
    found = result.verdict
    counts = (found.stored, found.refused, found.unplaced, found.let_in, found.wrongly_denied)
    return [
        result.scenario,
        str(result.times),
        f"{result.seconds:.0f}",
        f"{result.rate:.0f}",
        *(f"{count:,}" for count in counts),
        f"{found.failed:,}" + (f" of at most {result.most_failures}" if result.may_fail else ""),
        f"{found.not_counted:,}",
        f"{result.median * 1000:.0f} ms, {result.longest * 1000:.0f} ms",
    ]
