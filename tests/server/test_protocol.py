"""Connections within bounds: a small server of the same kind, with a bound that can be reached."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from pathlib import Path

import pytest
import uvloop

from webhook.server import protocol
from webhook.server.certificates import make_certificates
from webhook.server.listener import listening, server

# Its words are other ones since Python 3.13.
TOO_LARGE = f"HTTP/1.1 413 {HTTPStatus(413).phrase}".encode()


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


async def refuse(scope: object, receive: object, send: Callable[[object], Awaitable[None]]) -> None:
    """An answer that waits for none of the body."""
    headers = [(b"content-length", b"2"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": b"no"})


async def scene(
    act: Callable[[int], Awaitable[list[bytes]]],
    witness: Witness,
    application: object = hello,
    context: ssl.SSLContext | None = None,
) -> list[bytes]:
    port = listening("127.0.0.1", 0)
    running = server(application, witness, context)
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


def test_who_has_its_answer_and_goes_on_sending_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long the answer takes to leave: here 0.5 s, in which 64 MiB could be sent."""
    monkeypatch.setattr(protocol, "LEAVE_SECONDS", 0.5)
    made = make_certificates(tmp_path)
    ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ours.load_cert_chain(made.certificate, made.key)
    theirs = ssl.create_default_context(cafile=str(made.authority))
    sent = 0

    def talk(port: int) -> list[bytes]:
        nonlocal sent
        with (
            socket.create_connection(("127.0.0.1", port), 10) as plain,
            theirs.wrap_socket(plain, server_hostname="localhost") as client,
        ):
            client.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n")
            with contextlib.suppress(OSError):
                while sent < 64:
                    client.sendall(bytes(2**20))
                    sent += 1
            return [client.recv(65536).partition(b"\r\n")[0]]

    async def act(port: int) -> list[bytes]:
        return await asyncio.to_thread(talk, port)

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        answer = runner.run(scene(act, Witness(), refuse, ours))
    assert answer == [TOO_LARGE]
    assert sent < 24  # MiB: what the sockets of both sides and TLS hold


@pytest.mark.parametrize("host", ["", "127.0.0.1", "::1"])
def test_every_kind_of_host_can_be_listened_at(host: str) -> None:
    opened = listening(host, 0)
    assert opened.getsockname()[1] > 0
    opened.close()
