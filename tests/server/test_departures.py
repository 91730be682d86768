"""When answers leave, in turns of a loop that is turned by hand."""

import asyncio
from collections.abc import Callable

import pytest

from tests.server.admission_port import Nobody, counting, request
from webhook.server.departures import MOST_TOGETHER, Departures
from webhook.server.direct import DirectProtocol
from webhook.server.listener import server
from webhook.server.protocol import BoundedProtocol


class Wire(asyncio.Transport):
    """What leaves by one connection, in the order of all that leaves."""

    def __init__(self, name: str, left: list[str]) -> None:
        super().__init__()
        self._name, self._left, self._closed = name, left, False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self._left.append(f"{self._name} {bytes(data).split()[1].decode()}")

    def close(self) -> None:
        self._closed = True
        self._left.append(f"{self._name} closed")

    def is_closing(self) -> bool:
        return self._closed


class Turned:
    """A loop as far as `begin` knows it."""

    def __init__(self) -> None:
        self._soon: list[Callable[[], None]] = []

    def call_soon(self, what: Callable[[], None]) -> None:
        self._soon.append(what)

    def turn(self) -> None:
        soon, self._soon = self._soon, []
        for each in soon:
            each()


# What happens, step by step: an answer by its connection, `X!` one that ends it, `X gone` a client
# that went, `.` the end of a turn. What has left by then, `|` where the turn ends.
STORIES: dict[str, tuple[str, str]] = {
    "one answer leaves at once": ("A", "A"),
    "one in each turn leaves at once": ("A . B .", "A | B |"),
    "a second waits for the end of the turn": ("A B", "A"),
    "and leaves then, with all behind it": ("A B C .", "A B C |"),
    "the next turn begins anew": ("A B . C D", "A B | C"),
    "answers of one connection leave in their order": ("A A A .", "A A A |"),
    "eight that wait leave together": (
        " ".join("ABCDEFGHIJ"),
        " ".join("ABCDEFGHI"),
    ),
    "a connection ends behind its last answer": ("A B! C .", "A B B-closed C |"),
    "the first may be one": ("A! B .", "A A-closed B |"),
    "an answer for nobody is dropped": ("A B C B-gone .", "A B-closed C |"),
}


@pytest.mark.parametrize(("happens", "leaves"), STORIES.values(), ids=STORIES.keys())
def test_answers_of_a_turn_leave(happens: str, leaves: str) -> None:
    left: list[str] = []
    loop, departures = Turned(), Departures()
    wires: dict[str, Wire] = {}
    for step in happens.split():
        if step == ".":
            loop.turn()
            left.append("|")
            continue
        name = step[0]
        wire = wires.setdefault(name, Wire(name, left))
        if step.endswith("gone"):
            wire.close()
        else:
            departures.begin(loop)  # type: ignore[arg-type]  # it calls one method of a loop
            departures.send(wire, b"HTTP/1.1 200 OK", step.endswith("!"))
    told = [each.replace(" 200", "").replace(" ", "-") for each in left]
    assert " ".join(told) == leaves


def test_eight_is_what_waits_at_most() -> None:
    assert MOST_TOGETHER == 8


GARBAGE = b"no HTTP\r\n\r\n"
KNOWN = request()


class Scene:
    """Connections of one listener, which have each been answered once, by uvicorn."""

    def __init__(self, loop: asyncio.AbstractEventLoop, names: str) -> None:
        listener = server(counting(loop), Nobody(), protocol=DirectProtocol)
        listener.config.load()
        self.left: list[str] = []
        self.connections: dict[str, BoundedProtocol] = {}
        for name in names:
            connection = self.connections[name] = listener.connection(loop)
            connection.connection_made(Wire(name, self.left))

    async def act(self, *steps: tuple[str, bytes | None]) -> list[str]:
        """All steps in one turn, after each connection was answered once. None: a shutdown."""
        for connection in self.connections.values():
            connection.data_received(KNOWN)
        for _ in range(3):
            await asyncio.sleep(0)
        self.left.clear()
        for name, data in steps:
            connection = self.connections[name]
            if data is None:
                connection.shutdown()
            else:
                connection.data_received(data)
        return list(self.left)


TURNS: dict[str, tuple[tuple[tuple[str, bytes | None], ...], list[str]]] = {
    "two requests": ((("A", KNOWN), ("B", KNOWN)), ["A 200"]),
    "what is no HTTP behind an answer that waits": (
        (("A", KNOWN), ("B", KNOWN), ("B", GARBAGE)),
        ["A 200", "B 200", "B 400", "B closed"],
    ),
    "a shutdown while an answer waits": (
        (("A", KNOWN), ("B", KNOWN), ("B", None)),
        ["A 200", "B 200", "B closed"],
    ),
}


@pytest.mark.parametrize(("steps", "leaves"), TURNS.values(), ids=TURNS.keys())
def test_in_one_turn(steps: tuple[tuple[str, bytes | None], ...], leaves: list[str]) -> None:
    async def acted() -> list[str]:
        return await Scene(asyncio.get_running_loop(), "AB").act(*steps)

    assert asyncio.run(acted()) == leaves


def test_the_wait_for_the_rest_of_a_body_is_counted() -> None:
    async def seconds() -> float:
        loop, observer = asyncio.get_running_loop(), Nobody()
        listener = server(counting(loop, observer), Nobody(), protocol=DirectProtocol)
        listener.config.load()
        connection = listener.connection(loop)
        connection.connection_made(Wire("A", []))
        connection.data_received(KNOWN)
        await asyncio.sleep(0)
        connection.data_received(KNOWN[:300])
        await asyncio.sleep(0.02)
        connection.data_received(KNOWN[300:])
        return observer.seconds

    assert asyncio.run(seconds()) >= 0.02
