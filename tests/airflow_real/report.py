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

    test: str  # the sentence that its name is
    outcome: str
    seconds: float


class OfFile(Struct, frozen=True):
    """What the tests of one file came to, when, and at which commit."""

    date: str
    commit: str
    outcomes: tuple[Outcome, ...]


class OfAirflow(Struct, frozen=True):
    """What one Airflow did, by file."""

    versions: dict[str, str]
    files: dict[str, OfFile]


class Run(Struct, frozen=True):
    """All versions of Airflow, by the name of their locks."""

    machine: dict[str, str | int | None]
    airflows: dict[str, OfAirflow]

    @property
    def outcomes(self) -> list[Outcome]:
        files = [file for one in self.airflows.values() for file in one.files.values()]
        return [outcome for file in files for outcome in file.outcomes]

    @property
    def is_good(self) -> bool:
        return bool(self.outcomes) and all(each.outcome == "passed" for each in self.outcomes)

    def with_part(self, airflow: str, part: OfAirflow, *, whole: bool = False) -> "Run":
        """With the files of this part in place of those that were, or of all if it is whole.

        Files that are gone go.
        """
        before = {} if whole else self.airflows.get(airflow, OfAirflow({}, {})).files
        files = {
            file: each
            for file, each in sorted((before | part.files).items())
            if (origin.ROOT / file).exists()
        }
        made = self.airflows | {airflow: OfAirflow(part.versions, files)}
        order = [each for each in environments.LOCKS if each in made]
        return Run(self.machine, {each: made[each] for each in order})


def versions(airflow: str) -> dict[str, str]:
    """What a run on this Airflow is of."""
    return {
        "Airflow": environments.version(airflow),
        "cncf.kubernetes": environments.version(airflow, environments.PROVIDER),
        "Kubernetes": binaries.kubernetes(binaries.wanted_kubernetes()).version.removeprefix("v"),
        "Python": platform.python_version(),
    }


def write(run: Run) -> None:
    RESULTS.write_bytes(msgspec.json.format(msgspec.json.encode(run)) + b"\n")
    PAGE.write_text(page(run))


def stored() -> Run:
    """What was written last; nothing at all before that."""
    if not RESULTS.exists():
        return Run(origin.machine(), {})
    return msgspec.json.decode(RESULTS.read_bytes(), type=Run)


def page(run: Run) -> str:
    """The page as it should be with these results: its words stay."""
    before, _, rest = PAGE.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{''.join(tables(run))}{END}{after}"


def tables(run: Run) -> Iterator[str]:
    """The lines between the marks."""
    for each in run.airflows.values():
        said = ", ".join(f"{name} {version}" for name, version in each.versions.items())
        yield f"- {said}\n"
    yield f"- {run.machine['cores']} cores, {run.machine['model']}\n"
    for file in sorted({file for one in run.airflows.values() for file in one.files}):
        yield from _table(run, file)
    yield "\n"


def _table(run: Run, file: str) -> Iterator[str]:
    """A file's tests, each with its outcome on every version."""
    names = [f"Airflow {each.versions['Airflow']}" for each in run.airflows.values()]
    parts = [one.files.get(file, OfFile("", "", ())) for one in run.airflows.values()]
    yield f"\n### {heading(file)}\n\n"
    yield from _rows(["test", *names], ["---"] * (1 + len(names)))
    found = [{each.test: each for each in part.outcomes} for part in parts]
    for test in dict.fromkeys(name for one in found for name in one):
        yield from _rows([test, *(_cell(one.get(test)) for one in found)])
    yield from _rows(["at", *map(_when, parts)])


def _when(part: OfFile) -> str:
    return f"{part.date}, `{part.commit[:12]}{part.commit[40:]}`" if part.outcomes else NEVER


def _cell(outcome: Outcome | None) -> str:
    return NEVER if outcome is None else f"{outcome.outcome}, {outcome.seconds:.0f} s"


def _rows(*rows: list[str]) -> Iterator[str]:
    return (f"| {' | '.join(row)} |\n" for row in rows)


def heading(file: str) -> str:
    """The first line of a test file, which says what it is about."""
    said = ast.get_docstring(ast.parse((origin.ROOT / file).read_text())) or file
    return said.splitlines()[0].rstrip(".")
