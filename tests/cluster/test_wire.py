"""A connection that the server has closed, or soon will, is not used again."""

import asyncio

import pytest

from tests.cluster import wire
from tests.cluster.wire import Wire

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


async def calls(pause: float, *, is_closed: bool) -> int:
    """Three calls, one after the other. How many connections they took."""
    connections = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        while await reader.read(65_536):
            writer.write(ANSWER)
            if is_closed:
                break
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        client = Wire("127.0.0.1", server.sockets[0].getsockname()[1], None, "token")
        for _ in range(3):
            assert await client.post("/", b"") == (200, b"{}")
            await asyncio.sleep(pause)
        await client.close()
    return connections


def test_a_connection_is_kept() -> None:
    assert asyncio.run(calls(0.05, is_closed=False)) == 1


def test_one_that_the_server_has_closed_is_not_used_again() -> None:
    assert asyncio.run(calls(0.05, is_closed=True)) == 3


def test_one_that_was_idle_for_long_is_not_used_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "IDLE_SECONDS", 0.02)
    assert asyncio.run(calls(0.05, is_closed=False)) == 3
