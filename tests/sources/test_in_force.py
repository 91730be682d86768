"""What a loader is told of the set in force: each is a real process, which keeps what it reads."""

import asyncio
import subprocess
import sys
from pathlib import Path

from tests.serving import until
from webhook.sources.frames import InForce, Said, read_said
from webhook.sources.process import LoaderProcess, end_loader
from webhook.sources.questions import Questions

KEEPS = """
import sys
with open(sys.argv[1], "wb", buffering=0) as file:
    while read := sys.stdin.buffer.read(1):
        file.write(read)
"""


def keeping(file: Path) -> LoaderProcess:
    return subprocess.Popen([sys.executable, "-c", KEEPS, file], stdin=subprocess.PIPE)


def kept(file: Path) -> list[Said]:
    found: list[Said] = []
    with file.open("rb") as pipe:
        while (said := read_said(pipe)) is not None:
            found.append(said)
    return found


async def told(questions: Questions, file: Path, *sets: str) -> list[Said]:
    """What a loader has been told when these have been put in force; with `+` as it was kept."""
    loader = keeping(file)
    await questions.attach(loader)
    for each in sets:
        questions.put_in_force(each.rstrip("+"), is_stored=each.endswith("+"))
    assert loader.stdin is not None
    loader.stdin.close()
    await asyncio.sleep(0)  # what was written goes at once
    questions.detach()
    await asyncio.to_thread(until, "it has ended", lambda: loader.poll() is not None)
    end_loader(loader)
    return kept(file)


def revisions(said: list[Said]) -> list[str]:
    return [each.revision for each in said if isinstance(each, InForce)]


def test_each_set_is_told_once(tmp_path: Path) -> None:
    said = asyncio.run(told(Questions(), tmp_path / "a", "r1", "r1", "r2"))
    assert revisions(said) == ["r1", "r2"]


def test_nothing_is_told_where_no_set_is_in_force(tmp_path: Path) -> None:
    assert asyncio.run(told(Questions(), tmp_path / "a")) == []


def test_a_loader_that_is_started_later_is_told_since_when(tmp_path: Path) -> None:
    async def both() -> tuple[list[Said], list[Said]]:
        questions = Questions()
        first = await told(questions, tmp_path / "a", "r1")
        return first, await told(questions, tmp_path / "b", "r1")

    first, second = asyncio.run(both())
    assert first == second
    assert revisions(second) == ["r1"]


def test_a_set_that_was_kept_and_turns_out_to_be_the_live_one_is_told_again(
    tmp_path: Path,
) -> None:
    first, second = asyncio.run(told(Questions(), tmp_path / "a", "r1+", "r1"))
    assert isinstance(first, InForce)
    assert first.is_stored
    assert second == InForce("r1", first.since, is_stored=False)
