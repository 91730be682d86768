"""What is answered without uvicorn is answered as by uvicorn, byte for byte, however it comes.

Each talk goes over two connections: to a listener that answers at once what it can, and to one
that leaves all to uvicorn. Both have the same application, which counts what it was asked how.
"""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Coroutine, Iterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, NamedTuple, TypeVar

import pytest
import uvloop

from tests.server.admission_port import REVIEW, Counting, Nobody, counting, request
from tests.server.reviews import pod, review
from webhook.server import direct
from webhook.server.direct import DirectProtocol
from webhook.server.listener import QuietServer, listening, server
from webhook.server.protocol import BoundedProtocol

# Longer than the service's own 50 ms, so that a busy machine changes nothing here.
HOLD_SECONDS = 1.5
SOON, LATE = 0.15, 2.0  # before that, and after it
QUIET_SECONDS = 0.5  # after which nothing comes any more
OTHER = json.dumps(review(pod({"team": "paymnets"}, name="a-longer-name-than-before"))).encode()
LARGE = json.dumps(review(pod(annotations={"notes": "x" * 40_000}))).encode()


KNOWN = request()
BENT = 60
BITS = (b"", b"\r\n", b"\r\n\r\n", b"Content-Length: 7\r\n", b"0", b"9", b"x", b" ", b":", b"\xff")
T = TypeVar("T")
Step = bytes | float  # what is sent, or for how long nothing is
# What is sent after a first request, which uvicorn always answers; and how many of the answers to
# what follows are made without it.
TALKS: dict[str, tuple[list[Step], int]] = {
    "the same once more": ([KNOWN], 1),
    "the same three times": ([KNOWN, SOON, KNOWN, SOON, KNOWN], 3),
    "another body of another length": ([request(OTHER)], 1),
    "a body that is no review": ([request(b"{}")], 1),
    "a body that is no JSON": ([request(b"\xff\x00")], 1),
    "an empty body": ([request(b"")], 1),
    "a head, and soon the body": ([KNOWN[:300], SOON, KNOWN[300:]], 1),
    "a head in two pieces": ([KNOWN[:100], SOON, KNOWN[100:]], 0),
    "cut in the digits of its length": (
        [KNOWN[: KNOWN.index(b"Length: ") + 9], SOON, KNOWN[KNOWN.index(b"Length: ") + 9 :]],
        0,
    ),
    "a body that comes late": ([KNOWN[:300], LATE, KNOWN[300:], SOON, KNOWN], 1),
    "a body in three pieces": ([KNOWN[:300], SOON, KNOWN[300:400], SOON, KNOWN[400:]], 1),
    "a body that drips in": (
        [
            KNOWN[:300],
            *(step for at in range(300, 310) for step in (SOON, KNOWN[at : at + 1])),
            KNOWN[310:],
        ],
        0,
    ),
    "a body of over 32 KiB": ([request(LARGE)], 1),
    "a body of over 32 KiB in pieces": (
        [request(LARGE)[:4096], SOON, request(LARGE)[4096:], SOON, KNOWN],
        1,
    ),
    "two at once": ([KNOWN + KNOWN, SOON, KNOWN], 1),
    "one and a half at once": ([KNOWN + KNOWN[:300], SOON, KNOWN[300:], SOON, KNOWN], 1),
    "a second before the first is whole": (
        [KNOWN[:300], SOON, KNOWN[300:] + KNOWN, SOON, KNOWN],
        1,
    ),
    "more than was announced": ([KNOWN + b"x"], 0),
    "another path": ([request(path="/mutate"), SOON, request(path="/mutate"), SOON, KNOWN], 1),
    "a path that is not here": ([request(path="/other"), SOON, request(path="/other")], 0),
    "another method": ([request(method="PUT"), SOON, request(method="PUT"), SOON, KNOWN], 1),
    "a namespace": ([request(path="/validate-namespace"), SOON, KNOWN], 0),
    "a policy, which takes its time": (
        [request(path="/validate-policy"), SOON, request(path="/validate-policy")],
        0,
    ),
    "a connection that is to be closed": ([request(more="Connection: close\r\n"), SOON, KNOWN], 0),
    "HTTP/1.0": ([request(version="1.0", more="Connection: keep-alive\r\n")], 0),
    "a length with a sign": ([request(length=f"+{len(REVIEW)}")], 0),
    "a length with zeros before it": ([request(length=f"00{len(REVIEW)}")], 1),
    "a length that is no number": ([request(length="many")], 0),
    "a length that is none": ([request(length="")], 0),
    "a length in other digits": ([request(length="١٢")], 0),
    "a length of too many digits": ([request(length="9" * 30)], 0),
    "a length of over 7 MiB": ([request(length="7340033")], 0),
    "two lengths": ([request(more=f"Content-Length: {len(REVIEW)}\r\n")], 0),
    "chunks": (
        [
            request(b"2\r\n{}\r\n0\r\n\r\n").replace(
                b"Content-Length: 12", b"Transfer-Encoding: chunked"
            )
        ],
        0,
    ),
    "a client that waits to be told to continue": (
        [
            request(more="Expect: 100-continue\r\n"),
            SOON,
            request(more="Expect: 100-continue\r\n"),
        ],
        0,
    ),
    "an upgrade": ([request(more="Connection: upgrade\r\nUpgrade: h2c\r\n")], 0),
    "a line that is no header": ([request(more="nonsense\r\n"), SOON, KNOWN], 0),
    "no HTTP": ([b"\x16\x03\x01 hello\r\n\r\n"], 0),
}


class Listener(NamedTuple):
    server: QuietServer
    application: Counting
    port: int


@asynccontextmanager
async def serving(protocol: type[BoundedProtocol]) -> AsyncIterator[Listener]:
    application = counting(asyncio.get_running_loop())
    port = listening("127.0.0.1", 0)
    running = server(application, Nobody(), protocol=protocol)
    task = asyncio.create_task(running.serve([port]))
    try:
        yield Listener(running, application, port.getsockname()[1])
    finally:
        running.should_exit = True
        await task


async def talk(
    port: int, steps: Sequence[Step], quiet: float = QUIET_SECONDS
) -> tuple[bytes, bool]:
    """What comes back, and whether the connection was closed."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    received, closed = bytearray(), False
    for step in steps:
        if isinstance(step, float):
            await asyncio.sleep(step)
        elif not writer.is_closing():
            writer.write(step)
    try:
        async with asyncio.timeout(quiet):
            while piece := await reader.read(65_536):
                received += piece
        closed = True
    except TimeoutError:
        pass
    except ConnectionError:
        closed = True
    writer.close()
    return bytes(received), closed


Outcome = tuple[Any, Any, int]


async def both(steps: Sequence[Step]) -> Outcome:
    """What comes back from either listener, and how many answers went straight."""
    async with serving(DirectProtocol) as straight, serving(BoundedProtocol) as usual:
        came = await asyncio.gather(talk(straight.port, steps), talk(usual.port, steps))
        return *came, straight.application.straight


async def all_of(talks: Sequence[Sequence[Step]]) -> list[Outcome]:
    return await asyncio.gather(*(both([KNOWN, SOON, *steps]) for steps in talks))


def run(talking: Coroutine[Any, Any, T]) -> T:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(talking)


@pytest.fixture(scope="module")
def outcomes() -> dict[str, Outcome]:
    """Of all talks at once: most of their time they wait."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(direct, "HOLD_SECONDS", HOLD_SECONDS)
        came = run(all_of([steps for steps, _ in TALKS.values()]))
    return dict(zip(TALKS, came, strict=True))


@pytest.mark.parametrize("name", TALKS)
def test_what_comes_back_is_what_uvicorn_would_send(
    name: str, outcomes: dict[str, Outcome]
) -> None:
    straight, usual, count = outcomes[name]
    assert straight == usual
    assert count == TALKS[name][1]
    assert straight[0].startswith(b"HTTP/1.1 200 OK")


def test_whatever_comes_is_answered_as_uvicorn_would() -> None:
    """Requests that were cut, doubled and bent at random, in pieces of any size."""
    talks = [list(_bent(random.Random(seed))) for seed in range(BENT)]  # noqa: S311
    straight = 0
    for came in run(all_of(talks)):
        assert came[0] == came[1]
        straight += came[2]
    assert straight > BENT / 2  # else this says little


def _bent(chance: random.Random) -> Iterator[Step]:
    for _ in range(3):
        whole = bytearray(request(chance.choice((REVIEW, OTHER, b"", b"{}"))))
        for _ in range(chance.choice((0, 0, 1, 3))):
            at = chance.randrange(chance.choice((250, len(whole))) + 1)
            whole[at : at + chance.choice((0, 1, 4))] = chance.choice(BITS)
        cut = chance.choice((len(whole), len(whole), chance.randrange(len(whole))))
        yield bytes(whole[:cut])
        yield SOON
        if cut < len(whole):
            yield bytes(whole[cut:])
            yield SOON


def test_a_request_that_is_held_is_answered_before_a_shutdown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(direct, "HOLD_SECONDS", 60.0)

    async def act() -> tuple[bytes, bool]:
        async with serving(DirectProtocol) as listener:
            talking = asyncio.create_task(
                talk(listener.port, [KNOWN, SOON, KNOWN[:300], 3 * SOON, KNOWN[300:]])
            )
            await asyncio.sleep(2.5 * SOON)
            listener.server.should_exit = True
            return await talking

    received, closed = run(act())
    assert (received.count(b"HTTP/1.1 200 OK"), closed) == (2, True)


def test_silence_is_counted_from_what_was_heard_last(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("webhook.server.listener.SILENCE_SECONDS", 4 * SOON)

    async def act() -> tuple[bytes, bool, float, int]:
        async with serving(DirectProtocol) as listener:
            clock = asyncio.get_running_loop().time
            began = clock()
            came = await talk(listener.port, [KNOWN, *(3 * SOON, KNOWN) * 3], 8 * SOON)
            return *came, clock() - began, listener.application.straight

    received, closed, seconds, straight = run(act())
    assert (received.count(b"HTTP/1.1 200 OK"), closed, straight) == (4, True, 3)
    assert seconds > 12 * SOON


def test_while_draining_each_answer_ends_its_connection() -> None:
    async def act() -> tuple[bytes, bool]:
        async with serving(DirectProtocol) as listener:
            talking = asyncio.create_task(talk(listener.port, [KNOWN, SOON, KNOWN, SOON, KNOWN]))
            await asyncio.sleep(1.5 * SOON)
            listener.application.is_draining = True
            return await talking

    received, closed = run(act())
    assert (received.count(b"HTTP/1.1 200 OK"), received.count(b"connection: close")) == (3, 1)
    assert closed


def test_an_answer_that_ends_the_connection_does() -> None:
    """503: no policy is here."""

    async def act() -> tuple[bytes, bool, int]:
        async with serving(DirectProtocol) as listener:
            talking = asyncio.create_task(talk(listener.port, [KNOWN, SOON, KNOWN, SOON, KNOWN]))
            await asyncio.sleep(0.5 * SOON)
            listener.application.is_over = True
            return *await talking, listener.application.straight

    received, closed, straight = run(act())
    assert received.count(b"HTTP/1.1 503 Service Unavailable") == 1
    assert (closed, straight) == (True, 1)


def test_while_answers_are_not_read_the_next_one_waits_in_uvicorn() -> None:
    async def act() -> tuple[bytes, bool, int]:
        async with serving(DirectProtocol) as listener:
            talking = asyncio.create_task(talk(listener.port, [KNOWN, 2 * SOON, KNOWN, SOON], 0.1))
            await asyncio.sleep(SOON)
            (connection,) = listener.server.server_state.connections
            connection.pause_writing()  # as a transport whose buffer is full
            held_back, _ = await talking
            assert held_back.count(b"HTTP/1.1 200 OK") == 1
            talking = asyncio.create_task(talk(listener.port, [KNOWN, 2 * SOON, KNOWN]))
            await asyncio.sleep(SOON)
            (connection,) = listener.server.server_state.connections
            connection.pause_writing()
            await asyncio.sleep(2 * SOON)
            connection.resume_writing()
            return *await talking, listener.application.straight

    received, closed, straight = run(act())
    assert (received.count(b"HTTP/1.1 200 OK"), closed, straight) == (2, False, 0)
