"""The loader process by itself: what it says on its pipe, and when it ends."""

import asyncio
import subprocess
import sys
import time
from io import BytesIO
from pathlib import Path

import pytest

from tests.server.reviews import POLICY, write_policy
from webhook.sources import loader
from webhook.sources.cluster import Cluster
from webhook.sources.directory import Files
from webhook.sources.duties import Duties
from webhook.sources.frame_reader import read_frame
from webhook.sources.frames import AllTold, Begin, Complete, Failed, Frame, Teams
from webhook.sources.inbox import Inbox
from webhook.sources.loader import Loader, watch
from webhook.sources.process import Origin, end_loader, start_loader


async def said(origin: Origin, count: int) -> list[Frame | None]:
    """The first frames of a loader of these policies."""
    loader = start_loader(origin)
    try:
        pipe = asyncio.StreamReader()
        loop = asyncio.get_running_loop()
        transport, _ = await loop.connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(pipe), loader.stdout
        )
        async with asyncio.timeout(20):
            frames = [await read_frame(pipe) for _ in range(count)]
        transport.close()
        await asyncio.sleep(0)
        return frames
    finally:
        end_loader(loader)


def test_a_good_load_is_begun_given_and_completed(tmp_path: Path) -> None:
    begin, teams, complete = asyncio.run(said(write_policy(tmp_path), 3))
    assert isinstance(begin, Begin)
    assert isinstance(teams, Teams)
    assert isinstance(complete, Complete)
    assert (begin.spec.teams, [team.name for team in teams.teams]) == ({}, ["payments"])
    assert complete.files == 1


def test_a_bad_load_is_all_its_errors(tmp_path: Path) -> None:
    write_policy(tmp_path, POLICY.replace("team:", "tem:"), "a.yaml")
    write_policy(tmp_path, "apiVersion: taxiway/v1\nlables: {}\nmood: x\n", "b.yaml")
    (failed,) = asyncio.run(said(tmp_path, 1))
    assert isinstance(failed, Failed)
    where = [line.removeprefix(str(tmp_path)).split(": ")[0] for line in failed.errors]
    assert where == ["/b.yaml:2:1", "/b.yaml:3:1"]


def test_it_ends_when_its_parent_lets_go_of_it(tmp_path: Path) -> None:
    loader = start_loader(write_policy(tmp_path))
    assert loader.stdin is not None
    assert loader.stdout is not None
    assert loader.stdout.read(1) == b"\0"
    loader.stdin.close()
    assert loader.wait(10) == 0
    loader.stdout.close()


def test_a_signal_to_the_group_of_its_parent_does_not_reach_it(tmp_path: Path) -> None:
    loader = start_loader(tmp_path)
    stat = Path(f"/proc/{loader.pid}/stat").read_text()
    group = int(stat.rpartition(") ")[2].split()[2])
    assert group == loader.pid
    end_loader(loader)
    assert loader.stdout is not None
    loader.stdout.close()


class Restless:
    """A source that has changed each time it is looked at."""

    trouble = None
    looked = 0

    def age(self) -> float | None:
        return 0.0

    def poll(self) -> Files:
        self.looked += 1
        return ((f"{self.looked}.yaml", b"apiVersion: taxiway/v1"),)

    def stored(self) -> None:
        return None

    def plan(self) -> None:
        return None


class Pipe(BytesIO):
    """Taken away after three looks."""

    flushed = 0

    def flush(self) -> None:
        self.flushed += 1
        if self.flushed == 3:
            raise BrokenPipeError


def test_a_source_that_changes_all_the_time_is_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loader, "ALIVE_SECONDS", 0.0)
    monkeypatch.setattr(loader, "POLL_SECONDS", 0.0)
    pipe = Pipe()
    with pytest.raises(BrokenPipeError):
        watch(Restless(), pipe, Cluster(Duties((), time.monotonic)), Inbox())
    kinds = [type(frame).__name__ for frame in asyncio.run(frames_in(pipe.getvalue()))]
    assert kinds == ["Alive", "Begin", "Complete"] * 3


async def frames_in(data: bytes) -> list[Frame]:
    pipe = asyncio.StreamReader()
    pipe.feed_data(data)
    pipe.feed_eof()
    found = []
    while (frame := await read_frame(pipe)) is not None:
        found.append(frame)
    return found


def test_teams_are_said_once(tmp_path: Path) -> None:
    loader, name = Loader(), "a.yaml"
    first = list(loader.frames(((name, POLICY.encode()),)))
    second = list(loader.frames(((name, (POLICY + "  fraud: {}\n").encode()),)))
    assert [type(frame) for frame in first] == [Begin, Teams, Complete]
    given = [team.name for frame in second if isinstance(frame, Teams) for team in frame.teams]
    assert given == ["fraud"]


def test_a_bug_in_reading_is_a_failed_load_and_no_end(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    loader, files = Loader(), (("a.yaml", POLICY.encode()),)
    with monkeypatch.context() as patched:
        patched.setattr("webhook.sources.loader.load", broken)
        (failed,) = loader.frames(files)
    assert isinstance(failed, Failed)
    (line,) = failed.errors
    assert line.startswith("policies cannot be read for a bug: ZeroDivisionError at ")
    assert [type(frame) for frame in loader.frames(files)] == [Begin, Teams, Complete]


def test_after_a_bad_load_only_what_differs_from_the_last_good_one_is_said() -> None:
    loader, name = Loader(), "a.yaml"
    list(loader.frames(((name, POLICY.encode()),)))
    (failed,) = loader.frames(((name, b"nonsense"),))
    assert isinstance(failed, Failed)
    third = list(loader.frames(((name, POLICY.encode()),)))
    assert [type(frame) for frame in third] == [Begin, Complete]


def large(teams: int = 1_000, contact: str = "") -> tuple[tuple[str, bytes], ...]:
    """Two files of these teams; with `contact`, that of the last team."""
    names = [f"team-{at:04}" for at in range(teams)]
    lines = {name: f"  {name}:\n    contact: {name}-{'x' * 100}\n" for name in names}
    lines[names[-1]] += f"    costCenters: [{contact}]\n" if contact else ""
    head = "apiVersion: taxiway/v1\nteams:\n"
    halves = names[: teams // 2], names[teams // 2 :]
    texts = [head + "".join(lines[name] for name in half) for half in halves]
    return tuple((f"{at}.yaml", text.encode()) for at, text in enumerate(texts))


def teams_of(frames: list[Frame]) -> list[str]:
    return [team.name for frame in frames if isinstance(frame, Teams) for team in frame.teams]


def test_teams_of_a_large_set_are_said_before_it_is_read_as_a_whole() -> None:
    said = list(Loader().frames(large()))
    begun = next(at for at, frame in enumerate(said) if isinstance(frame, Begin))
    assert teams_of(said[:begun]) == [f"team-{at:04}" for at in range(1_000)]
    assert said[begun - 1] == AllTold()
    assert [type(frame) for frame in said[begun:]] == [Begin, Complete]


def test_teams_that_were_said_with_a_bad_set_are_not_said_again_with_a_good_one() -> None:
    loader = Loader()
    bad = list(loader.frames(large(contact="A, A")))
    assert [type(frame) for frame in bad[-1:]] == [Failed]
    assert teams_of(bad) == [f"team-{at:04}" for at in range(999)]
    good = list(loader.frames(large()))
    assert [type(frame) for frame in good] == [Begin, Teams, Complete]
    assert teams_of(good) == ["team-0999"]


def test_teams_of_a_bad_set_that_the_good_one_has_not_are_gone() -> None:
    loader = Loader()
    list(loader.frames(large(contact="A, A")))
    (begin, *_) = loader.frames((("a.yaml", POLICY.encode()),))
    assert isinstance(begin, Begin)
    assert len(begin.gone) == 999


def test_a_set_that_is_too_large_is_not_even_begun() -> None:
    files = tuple((f"{at}.yaml", b"#" * (1 << 20)) for at in range(17))
    (failed,) = Loader().frames(files)
    assert failed == Failed(
        ("16.yaml:1:1: with this file the policy set is over 16777216 bytes; shorten it",)
    )


@pytest.mark.parametrize("module", ["yaml", "webhook.policy.load", "kubernetes"])
def test_the_serving_side_imports_nothing_of_the_loader(module: str) -> None:
    imports = "import webhook.cli.service, sys; print(sorted(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", imports], capture_output=True, check=True, text=True
    )
    assert f"'{module}'" not in done.stdout
    assert "'webhook.sources.follower'" in done.stdout
