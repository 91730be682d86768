"""The limits of unfinished bodies, exactly, without a network."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from webhook.server.bodies import (
    BODY_SECONDS,
    MOST_BODY_BYTES,
    MOST_UNFINISHED,
    MOST_UNFINISHED_BYTES,
    Bodies,
    Gone,
    Refused,
)

MIB = 1024 * 1024
Message = dict[str, Any]


def piece(body: bytes, more: bool) -> Message:
    return {"type": "http.request", "body": body, "more_body": more}


def client(*messages: Message) -> Callable[[], Coroutine[Any, Any, Message]]:
    """Sends these, and then nothing more."""
    left = list(messages)

    async def receive() -> Message:
        if not left:
            await asyncio.Event().wait()
        return left.pop(0)

    return receive


class Time:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


async def outcome(reading: Coroutine[Any, Any, bytes]) -> str:
    """What became of a read, in a word."""
    try:
        return f"read {len(await reading)}"
    except Refused as refusal:
        return str(refusal.answer("mutate").status)
    except Gone:
        return "gone"


WHOLE: dict[str, tuple[list[Message], str]] = {
    "a body at once is read": ([piece(b"abc", False)], "read 3"),
    "an empty body is read": ([piece(b"", False)], "read 0"),
    "a body in pieces is read": (
        [piece(b"ab", True), piece(b"", True), piece(b"c", False)],
        "read 3",
    ),
    "just 7 MiB are read": (
        [piece(bytes(MOST_BODY_BYTES - 1), True), piece(b"c", False)],
        f"read {MOST_BODY_BYTES}",
    ),
    "a byte more is 413": ([piece(bytes(MOST_BODY_BYTES), True), piece(b"c", False)], "413"),
    "a byte more at once is 413": ([piece(bytes(MOST_BODY_BYTES + 1), False)], "413"),
    "a client that goes away gets nothing": (
        [piece(b"a", True), {"type": "http.disconnect"}],
        "gone",
    ),
}


@pytest.mark.parametrize(("messages", "expected"), WHOLE.values(), ids=WHOLE.keys())
def test_one_body(messages: list[Message], expected: str) -> None:
    bodies = Bodies(Time())
    assert asyncio.run(outcome(bodies.read([], client(*messages)))) == expected
    assert (len(bodies), bodies.size) == (0, 0)


LENGTHS = {
    "7 MiB announced are waited for": (MOST_BODY_BYTES, "read 1"),
    "a byte more is 413 at once": (MOST_BODY_BYTES + 1, "413"),
}


@pytest.mark.parametrize(("length", "expected"), LENGTHS.values(), ids=LENGTHS.keys())
def test_an_announced_length(length: int, expected: str) -> None:
    headers = [(b"host", b"x"), (b"content-length", str(length).encode())]
    read = Bodies(Time()).read(headers, client(piece(b"a", False)))
    assert asyncio.run(outcome(read)) == expected


async def waiting(bodies: Bodies, *messages: Message, count: int = 1) -> list[asyncio.Task[str]]:
    """Clients that have sent this and do not go on."""
    tasks = [asyncio.create_task(outcome(bodies.read([], client(*messages)))) for _ in range(count)]
    await asyncio.sleep(0)
    return tasks


def test_the_257th_unfinished_body_is_429_and_a_complete_one_is_read() -> None:
    async def scene() -> tuple[str, str, str]:
        bodies = Bodies(Time())
        tasks = await waiting(bodies, piece(b"a", True), count=MOST_UNFINISHED)
        assert (len(bodies), bodies.size) == (MOST_UNFINISHED, MOST_UNFINISHED)
        silent = await outcome(bodies.read([], client()))
        begun = await outcome(bodies.read([], client(piece(b"a", True))))
        whole = await outcome(bodies.read([], client(piece(b"abc", False))))
        for task in tasks:
            task.cancel()
        return silent, begun, whole

    assert asyncio.run(scene()) == ("429", "429", "read 3")


def test_the_256th_is_waited_for() -> None:
    async def scene() -> str:
        bodies = Bodies(Time())
        tasks = await waiting(bodies, piece(b"a", True), count=MOST_UNFINISHED - 1)
        last = await outcome(bodies.read([], client(piece(b"a", True), piece(b"b", False))))
        for task in tasks:
            task.cancel()
        return last

    assert asyncio.run(scene()) == "read 2"


def test_a_byte_over_32_mib_of_unfinished_bodies_is_429_for_whoever_sends_it() -> None:
    async def scene() -> tuple[str, str, int]:
        bodies = Bodies(Time())
        quarter = piece(bytes(MOST_UNFINISHED_BYTES // 8), True)
        tasks = await waiting(bodies, quarter, count=8)
        over = await outcome(bodies.read([], client(piece(b"a", True))))
        whole = await outcome(bodies.read([], client(piece(bytes(MIB), False))))
        size = bodies.size
        for task in tasks:
            task.cancel()
        return over, whole, size

    assert asyncio.run(scene()) == ("429", f"read {MIB}", MOST_UNFINISHED_BYTES)


def test_a_late_body_is_408_and_a_younger_one_is_waited_for() -> None:
    async def scene() -> tuple[str, bool, int]:
        time = Time()
        bodies = Bodies(time)
        (late,) = await waiting(bodies, piece(b"a", True))
        time.now += BODY_SECONDS / 2
        (young,) = await waiting(bodies, piece(b"a", True))
        time.now += BODY_SECONDS / 2
        bodies.sweep()
        answered, left = await late, len(bodies)
        is_waiting = not young.done()
        young.cancel()
        return answered, is_waiting, left

    assert asyncio.run(scene()) == ("408", True, 1)


def test_a_body_is_not_late_before_its_second_is_over() -> None:
    async def scene() -> bool:
        time = Time()
        bodies = Bodies(time)
        (task,) = await waiting(bodies, piece(b"a", True))
        time.now += BODY_SECONDS - 0.01
        bodies.sweep()
        await asyncio.sleep(0)
        is_waiting = not task.done()
        task.cancel()
        return is_waiting

    assert asyncio.run(scene())


def test_a_cancellation_that_is_not_ours_goes_through() -> None:
    async def scene() -> bool:
        (task,) = await waiting(Bodies(Time()), piece(b"a", True))
        task.cancel()
        await asyncio.wait([task])
        return task.cancelled()

    assert asyncio.run(scene())
