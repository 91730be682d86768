"""Connections within bounds: a small server of the same kind, with a bound that can be reached."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from webhook.server import protocol
from webhook.server.listener import listening, server


class Witness:
    def __init__(self) -> None:
        self.seen: list[str] = []

    def handshake(self, stage: str) -> None:
        self.seen.append(stage)

    def cut(self, reason: str) -> None:
        self.seen.append(reason)


async def hello(scope: object, receive: object, send: Callable[[object], Awaitable[None]]) -> None:
    headers = [(b"content-length", b"2")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"hi"})


Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def ask(connection: Connection) -> bytes:
    """The first line of an answer; nothing if the connection was closed."""
    reader, writer = connection
    writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    try:
        return (await reader.readuntil(b"hi")).partition(b"\r\n")[0]
    except (asyncio.IncompleteReadError, ConnectionError):
        return b""


async def scene(act: Callable[[int], Awaitable[list[bytes]]], witness: Witness) -> list[bytes]:
    port = listening("127.0.0.1", 0)
    running = server(hello, witness)
    task = asyncio.create_task(running.serve([port]))
    try:
        return await act(port.getsockname()[1])
    finally:
        running.should_exit = True
        await task


def test_one_connection_too_many_closes_the_one_that_was_silent_longest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(protocol, "MOST_CONNECTIONS", 3)
    witness = Witness()

    async def act(port: int) -> list[bytes]:
        opened: list[Connection] = []
        for _ in range(3):
            opened.append(await asyncio.open_connection("127.0.0.1", port))
            await ask(opened[-1])
            await asyncio.sleep(0.01)
        await ask(opened[0])  # so that the second is the one
        opened.append(await asyncio.open_connection("127.0.0.1", port))
        last = await ask(opened[3])
        answers = [await ask(connection) for connection in opened[:3]]
        for _, writer in opened:
            writer.close()
        return [*answers, last]

    assert asyncio.run(scene(act, witness)) == [
        b"HTTP/1.1 200 OK",
        b"",
        b"HTTP/1.1 200 OK",
        b"HTTP/1.1 200 OK",
    ]
    assert witness.seen == ["too-many"]


def test_a_connection_that_says_nothing_at_all_is_closed_like_any_idle_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("webhook.server.listener.SILENCE_SECONDS", 0.2)

    async def act(port: int) -> list[bytes]:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        async with asyncio.timeout(5):
            received = await reader.read()
        writer.close()
        return [received]

    assert asyncio.run(scene(act, Witness())) == [b""]


def test_pipelined_requests_are_answered_in_order() -> None:
    async def act(port: int) -> list[bytes]:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" * 3)
        answers = [(await reader.readuntil(b"hi")).partition(b"\r\n")[0] for _ in range(3)]
        writer.close()
        return answers

    assert asyncio.run(scene(act, Witness())) == [b"HTTP/1.1 200 OK"] * 3


@pytest.mark.parametrize("host", ["", "127.0.0.1", "::1"])
def test_every_kind_of_host_can_be_listened_at(host: str) -> None:
    opened = listening(host, 0)
    assert opened.getsockname()[1] > 0
    opened.close()
