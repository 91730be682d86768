"""Loaders that misbehave: each is a real process, and each is replaced by one that does not."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.server.reviews import POLICY, write_policy
from webhook.policy.compile import PolicySet, compile_policy
from webhook.policy.spec import PolicySpec, Team
from webhook.sources import follower
from webhook.sources.follower import Follower, Load
from webhook.sources.history import History
from webhook.sources.planned_frames import PlannedFrame
from webhook.sources.process import LoaderProcess, start_loader

SILENT = "import sys; sys.stdin.read()"
ENDS = "import sys; sys.exit(3)"
NONSENSE = (
    "import sys; sys.stdout.write('Traceback of something'); sys.stdout.flush(); sys.stdin.read()"
)


class Told:
    """A report that remembers, and says when there was a load."""

    def __init__(self) -> None:
        self.loads: list[Load] = []
        self.failures: list[tuple[str, ...]] = []
        self.ends: list[str] = []
        self.happened = asyncio.Event()

    def loaded(self, load: Load) -> None:
        self.loads.append(load)
        self.happened.set()

    def failed(self, errors: tuple[str, ...]) -> None:
        self.failures.append(errors)
        self.happened.set()

    def looked(self, age: float | None, trouble: str | None) -> None:
        """Loaders on a directory have no trouble to tell of."""

    def stands(self, is_leader: bool, troubles: dict[str, str]) -> None:
        """Nor have they duties in a cluster."""

    def loader_ended(self, reason: str) -> None:
        self.ends.append(reason)


class Unplanned:
    """Loaders on a directory speak of no planned set."""

    async def take(self, frame: PlannedFrame, teams: Mapping[str, Team]) -> None:
        raise AssertionError(frame, teams)


def misbehaving(code: str) -> LoaderProcess:
    return subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )


async def followed(first: LoaderProcess, policies: Path) -> tuple[Told, History]:
    """Until the first load, by `first` or by the true loader that replaces it."""
    told, history = Told(), History(time.monotonic)
    following = Follower(history, told, lambda: start_loader(policies), Unplanned())
    task = asyncio.create_task(following.run(first))
    async with asyncio.timeout(20):
        await told.happened.wait()
    task.cancel()
    await asyncio.wait([task])
    await asyncio.sleep(0)
    return told, history


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """5 s of silence are as good as 120 for a test."""
    monkeypatch.setattr(follower, "SILENCE_SECONDS", 5.0)


CASES = {
    "one that says nothing": (SILENT, "it said nothing for 5 s"),
    "one that ends": (ENDS, "it ended with exit code 3"),
    "one that speaks no frames": (
        NONSENSE,
        "it did not speak in frames: a frame of 1416782179 bytes",
    ),
}


@pytest.mark.parametrize(("code", "reason"), CASES.values(), ids=CASES.keys())
def test_a_loader_that_misbehaves_is_replaced(tmp_path: Path, code: str, reason: str) -> None:
    bad = misbehaving(code)
    told, history = asyncio.run(followed(bad, write_policy(tmp_path)))
    assert bad.poll() is not None
    assert told.ends == [reason]
    assert history.current is not None
    assert [load.spec.revision for load in told.loads] == [history.current.revision]


def test_a_load_is_told_with_the_whole_set(tmp_path: Path) -> None:
    policies = write_policy(tmp_path, POLICY + "  fraud: {}\n")
    told, history = asyncio.run(followed(start_loader(policies), policies))
    (load,) = told.loads
    assert list(load.spec.teams) == ["fraud", "payments"]
    assert history.current is not None
    assert history.current.revision == load.spec.revision


def test_a_large_set_is_in_force_whole_though_its_teams_were_told_before(tmp_path: Path) -> None:
    names = [f"team-{at:04}" for at in range(1_000)]
    text = "".join(f"  {name}:\n    members:\n      dags:\n      - {name}_*\n" for name in names)
    policies = write_policy(
        tmp_path, "apiVersion: taxiway/v1\nteams:\n" + text + "# " + "x" * 100_000
    )
    told, history = asyncio.run(followed(start_loader(policies), policies))
    (load,) = told.loads
    assert history.current is not None
    whole, made = compile_policy(load.spec), history.current.policies
    assert (list(made.teams), made.strayed) == (names, 0)
    assert [made.members.of(name) is not None for name in names] == [True] * 1_000
    assert made.nearest.ordered == whole.nearest.ordered


def test_a_set_that_cannot_be_compiled_is_a_failed_load(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_spec: PolicySpec, _before: PolicySet | None) -> Iterator[None]:
        yield
        raise ZeroDivisionError

    monkeypatch.setattr(follower, "compiling", broken)
    policies = write_policy(tmp_path)
    told, history = asyncio.run(followed(start_loader(policies), policies))
    ((error,),) = told.failures
    assert error.endswith("could not be compiled (ZeroDivisionError): report this bug")
    assert history.current is None
