"""A run: its rows, of which commit, with which versions, on what machine. Kept as results.json."""

import platform
from importlib.metadata import version
from pathlib import Path

import msgspec
from msgspec import Struct

from benchmarks import built, origin
from benchmarks.figures import Row
from benchmarks.plan import Plan
from tests.cluster import binaries

RESULTS = Path(__file__).parent / "results.json"
AGAIN = Path(__file__).parent / "results-again.json"  # of a second run, to compare
PACKAGES = ("msgspec", "uvicorn", "uvloop", "httptools", "fastapi", "pydantic", "jsonpatch")


class Run(Struct, frozen=True):
    """`left_out` says of each part that was not measured why."""

    date: str
    commit: str
    machine: dict[str, str | int | None]
    versions: dict[str, str]
    plan: Plan
    rows: tuple[Row, ...] = ()
    left_out: dict[str, str] = {}


def begun(date: str, plan: Plan) -> Run:
    """A run without results; the commit is that at its beginning."""
    kubernetes = binaries.kubernetes(binaries.wanted_kubernetes()).version
    versions = {"Python": platform.python_version(), "Kubernetes": kubernetes}
    versions |= {package: version(package) for package in PACKAGES} | built.versions()
    return Run(date, origin.commit(), origin.machine(), versions, plan)


def write(run: Run, path: Path = RESULTS) -> None:
    path.write_bytes(msgspec.json.format(msgspec.json.encode(run)) + b"\n")


def stored(path: Path = RESULTS) -> Run:
    """The run that was written last."""
    return msgspec.json.decode(path.read_bytes(), type=Run)


def again() -> Run | None:
    """The second run, if there was one since."""
    return stored(AGAIN) if AGAIN.exists() else None
