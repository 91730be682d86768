"""A run: its rows, of which commit, with which versions, on what machine. Kept as results.json."""

import platform
from importlib.metadata import version
from pathlib import Path

import msgspec
from msgspec import Struct

from benchmarks import built, origin
from benchmarks.figures import Row
from benchmarks.plan import Plan

RESULTS = Path(__file__).parent / "results.json"
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
    versions = {"Python": platform.python_version()}
    versions |= {package: version(package) for package in PACKAGES} | built.versions()
    return Run(date, origin.commit(), origin.machine(), versions, plan)


def write(run: Run) -> None:
    RESULTS.write_bytes(msgspec.json.format(msgspec.json.encode(run)) + b"\n")


def stored() -> Run:
    """The run that was written last."""
    return msgspec.json.decode(RESULTS.read_bytes(), type=Run)
