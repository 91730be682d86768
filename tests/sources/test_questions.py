"""Asking a loader, a real process: it answers, is slow, is busy, ends, or is not there yet."""

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from subprocess import PIPE, Popen

import pytest

from tests.server.reviews import write_policy
from tests.sources.test_follower import Told, Unplanned
from webhook.policy.question import Change, PolicyFiles, Verdict
from webhook.sources import questions
from webhook.sources.follower import Follower
from webhook.sources.history import History
from webhook.sources.process import LoaderProcess, start_loader
from webhook.sources.questions import NO_LOADER, TOO_MANY, Questions

CHANGE = Change("taxiway", "teams", None, PolicyFiles("live", {"p.yaml": "x" * 300_000}))
NO_CONFIG_MAPS = "policies are read from a directory here, so this ConfigMap has no effect"
SILENT = "import sys; sys.stdin.buffer.read()"
ENDS = "import sys; sys.stdin.buffer.read(1)"
# Writes what it is told of this replica's end to the file of its argument, and then ends itself.
HEARS = """
import sys
from webhook.sources.frames import Leaving, read_said
while not isinstance(read_said(sys.stdin.buffer), Leaving): pass
open(sys.argv[1], "a").write("left ")
"""

Ask = Callable[[Questions, LoaderProcess], Awaitable[list[Verdict]]]


def asking(start: Callable[[], LoaderProcess], ask: Ask) -> list[Verdict]:
    """What is answered while a follower follows this loader, or the one that replaces it."""

    async def run() -> list[Verdict]:
        asked, loader = Questions(), start()
        follower = Follower(History(time.monotonic), Told(), start, Unplanned(), asked)
        task = asyncio.create_task(follower.run(loader))
        try:
            async with asyncio.timeout(20):
                await asyncio.sleep(0.1)
                return await ask(asked, loader)
        finally:
            task.cancel()
            await asyncio.wait([task])
            await asyncio.sleep(0)

    return asyncio.run(run())


def misbehaving(code: str) -> LoaderProcess:
    return Popen([sys.executable, "-c", code], stdin=PIPE, stdout=PIPE)


async def four_at_once(asked: Questions, _: LoaderProcess) -> list[Verdict]:
    return list(await asyncio.gather(*(asked.judge(CHANGE) for _ in range(4))))


async def five_at_once(asked: Questions, _: LoaderProcess) -> list[Verdict]:
    tasks = [asyncio.create_task(asked.judge(CHANGE)) for _ in range(5)]
    verdict = await tasks[-1]
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    return [verdict]


async def once(asked: Questions, _: LoaderProcess) -> list[Verdict]:
    return [await asked.judge(CHANGE)]


async def before_it_is_killed(asked: Questions, loader: LoaderProcess) -> list[Verdict]:
    task = asyncio.create_task(asked.judge(CHANGE))
    await asyncio.sleep(0.1)
    loader.kill()
    return [await task]


def test_a_loader_answers_each_question(tmp_path: Path) -> None:
    policies = write_policy(tmp_path)
    found = asking(lambda: start_loader(policies), four_at_once)
    assert found == [Verdict(unchecked=NO_CONFIG_MAPS)] * 4


def test_more_than_four_at_once_are_not_judged() -> None:
    assert asking(lambda: misbehaving(SILENT), five_at_once) == [Verdict(unchecked=TOO_MANY)]


def test_a_loader_that_does_not_answer_has_not_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(questions, "ANSWER_SECONDS", 0.2)
    (verdict,) = asking(lambda: misbehaving(SILENT), once)
    assert verdict == Verdict(
        unchecked="it took longer than 12 s; run taxiway lint on the whole set"
    )


@pytest.mark.parametrize(
    ("code", "ask"),
    [
        pytest.param(ENDS, once, id="by itself"),
        pytest.param(SILENT, before_it_is_killed, id="by being killed"),
    ],
)
def test_a_loader_that_ends_has_not_judged(code: str, ask: Ask) -> None:
    assert asking(lambda: misbehaving(code), ask) == [Verdict(unchecked=NO_LOADER)]


def test_without_a_loader_nobody_judges() -> None:
    assert asyncio.run(Questions().judge(CHANGE)) == Verdict(unchecked=NO_LOADER)


def test_an_answer_that_nobody_waits_for_is_dropped() -> None:
    Questions().judged(7, Verdict())


def test_the_loader_is_told_of_the_end_and_so_is_one_that_is_started_after(tmp_path: Path) -> None:
    heard = tmp_path / "heard"

    async def twice(asked: Questions, _: LoaderProcess) -> list[Verdict]:
        asked.leave()
        while not heard.exists() or heard.read_text().count("left") < 2:
            await asyncio.sleep(0.05)
        return []

    asking(lambda: Popen([sys.executable, "-c", HEARS, str(heard)], stdin=PIPE, stdout=PIPE), twice)
