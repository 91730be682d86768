"""What the tests with a real Airflow came to, by version: as JSON, and as a page of the docs.

The page has its words and, between two marks, tables that are made of the results alone: one for
each file of tests, headed by the file's own first line, with a row a test.
"""

import ast
import platform
from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from benchmarks import origin
from tests.airflow_real import environments
from tests.cluster import binaries

RESULTS = Path(__file__).parent / "results.json"
PAGE = origin.ROOT / "docs/airflow.md"
BEGIN, END = "<!-- results -->", "<!-- end of results -->"
NEVER = "not run"


class Outcome(Struct, frozen=True):
    """One test on one Airflow: `passed` or `failed`, and how many seconds it took."""

    file: str
    test: str  # the sentence that its name is
    outcome: str
    seconds: float


class OfOne(Struct, frozen=True):
    """What one Airflow did."""

    versions: dict[str, str]
    outcomes: tuple[Outcome, ...]


class Run(Struct, frozen=True):
    """All tests on all versions of Airflow, by the name of its lock, and what of."""

    date: str
    commit: str
    machine: dict[str, str | int | None]
    airflows: dict[str, OfOne]

    @property
    def is_good(self) -> bool:
        every = [each for one in self.airflows.values() for each in one.outcomes]
        return bool(every) and all(each.outcome == "passed" for each in every)


def versions(airflow: str) -> dict[str, str]:
    """What a run on this Airflow is of."""
    return {
        "Airflow": environments.version(airflow),
        "cncf.kubernetes": environments.version(airflow, environments.PROVIDER),
        "Kubernetes": binaries.kubernetes(binaries.wanted_kubernetes()).version.removeprefix("v"),
        "Python": platform.python_version(),
    }


def begun(date: str) -> Run:
    """A run without results; the commit is that at its beginning."""
    return Run(date, origin.commit(), origin.machine(), {})


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
    return f"{before}{BEGIN}\n\n{''.join(tables(run))}{END}{after}"


def tables(run: Run) -> Iterator[str]:
    """The lines between the marks."""
    machine = f"{run.machine['cores']} cores, {run.machine['model']}"
    yield f"{run.date}, commit `{run.commit[:12]}{run.commit[40:]}`; {machine}.\n\n"
    for each in run.airflows.values():
        said = ", ".join(f"{name} {version}" for name, version in each.versions.items())
        yield f"- {said}\n"
    for file in dict.fromkeys(each.file for one in run.airflows.values() for each in one.outcomes):
        yield from _table(run, file)
    yield "\n"


def _table(run: Run, file: str) -> Iterator[str]:
    """A file's tests, each with its outcome on every version."""
    names = [f"Airflow {each.versions['Airflow']}" for each in run.airflows.values()]
    yield f"\n### {heading(file)}\n\n"
    yield from _rows(["test", *names], ["---"] * (1 + len(names)))
    found = [
        {each.test: each for each in one.outcomes if each.file == file}
        for one in run.airflows.values()
    ]
    for test in dict.fromkeys(name for one in found for name in one):
        yield from _rows([test, *(_cell(one.get(test)) for one in found)])


def _cell(outcome: Outcome | None) -> str:
    return NEVER if outcome is None else f"{outcome.outcome}, {outcome.seconds:.0f} s"


def _rows(*rows: list[str]) -> Iterator[str]:
    return (f"| {' | '.join(row)} |\n" for row in rows)


def heading(file: str) -> str:
    """The first line of a test file, which says what it is about."""
    said = ast.get_docstring(ast.parse((origin.ROOT / file).read_text())) or file
    return said.splitlines()[0].rstrip(".")
