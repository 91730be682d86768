"""Requests that are answered the moment they are complete, without uvicorn's machinery for each.

uvicorn parses a head, makes a scope, a cycle and a task for each request, so that an application
may wait. A decision waits for nothing, and on one connection an API server's heads are the same
each time but for the length of the body. So a head is parsed once, by uvicorn, and a request with
the same head goes straight to the application, its answer straight to the connection:

| request                                                              | answered by        |
|----------------------------------------------------------------------|--------------------|
| its head is that of the last POST of HTTP/1.1 to a path that can be  | this class         |
| answered at once; all of it is here                                  |                    |
| the same, up to 32 KiB, the rest of it within 50 ms                  | this class, then   |
| any other head, one that ends the connection among them; more than   | uvicorn            |
| one request at once                                                  |                    |
| on a connection where an answer is under way, or is not being read   | uvicorn, in turn   |
| while draining, when each answer ends its connection                 | uvicorn            |

Two heads are the same if they are byte for byte, but for the digits of `Content-Length`.
"""

import asyncio
import time
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Protocol, cast

from msgspec import Struct

from webhook.admission import Answer, Endpoint
from webhook.server.departures import Departures
from webhook.server.protocol import NEVER, BoundedProtocol

LENGTH = b"\r\nContent-Length: "  # as Go writes it
END = b"\r\n\r\n"
CLOSE = (b"connection", b"close")
MOST_HEAD_BYTES = 4096  # the API server sends 300
MOST_DIGITS = 8
# Go sends what is longer than 4 KiB in two pieces. 1,024 connections hold 32 MiB at most, and a
# body that drips in is not joined again and again.
MOST_HELD_BYTES = 32 * 1024
MOST_PIECES = 8
HOLD_SECONDS = 0.05


class Direct(Protocol):
    """The application, as it is asked here."""

    endpoints: Mapping[str, Endpoint]  # by path

    def at_once(self, endpoint: Endpoint, body: bytes, began: float) -> Answer | None:
        """The answer; None: this one takes its time, so ask by ASGI. Never raises.

        `began`: when the request did, by `time.perf_counter`.
        """

    def was_sent(self, answered: Answer) -> None: ...


class Head(Struct, frozen=True):
    """What comes before and after the digits of its body's length, and where it leads."""

    before: bytes
    after: bytes
    endpoint: Endpoint


class DirectProtocol(BoundedProtocol):
    """One connection of the admission port. A subclass has `departures`, as it has `witness`."""

    departures: Departures

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._direct = cast(Direct, self.app)
        # Of the last request that uvicorn parsed and that could have been answered here.
        self._head: Head | None = None
        self._held = b""  # of a request with that head
        self._pieces = 0  # in which it came
        self._began = 0.0  # when the first of them did
        self._giving_up: asyncio.TimerHandle | None = None

    def data_received(self, data: bytes) -> None:
        self.last_heard = self.loop.time()
        if self._held:
            data = self._released() + data
        head = self._head
        if head is None or not data.startswith(head.before):
            self._by_uvicorn(data)
            return
        digits_at = len(head.before)
        digits_end = data.find(b"\r", digits_at, digits_at + MOST_DIGITS + 1)
        digits = data[digits_at:digits_end]
        if not (digits.isdigit() and data.startswith(head.after, digits_end) and self._is_idle()):
            self._by_uvicorn(data)
            return
        body_at = digits_end + len(head.after)
        missing = body_at + int(digits) - len(data)
        if not missing:
            self._answer(head.endpoint, data, body_at)
        elif 0 < missing <= MOST_HELD_BYTES - len(data) and self._pieces < MOST_PIECES:
            self._hold(data)
        else:
            self._by_uvicorn(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self._released()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """A request that is held has begun: it is answered."""
        self._give_up()
        self.departures.flush()
        super().shutdown()

    def _is_idle(self) -> bool:
        """Whether what comes begins a request, and its answer could leave at once."""
        cycle = self.cycle
        return (
            self.message_began == NEVER
            and (cycle is None or cycle.response_complete)
            and not self.flow.write_paused
            and not self.transport.is_closing()
        )

    def _answer(self, endpoint: Endpoint, data: bytes, body_at: int) -> None:
        began = self._began if self._pieces else time.perf_counter()
        self._pieces = 0
        self.departures.begin(self.loop)
        answered = self._direct.at_once(endpoint, data[body_at:], began)
        if answered is None:
            self._by_uvicorn(data)
            return
        self.server_state.total_requests += 1
        self.departures.send(self.transport, whole(answered), CLOSE in answered.headers)
        self._direct.was_sent(answered)

    def _by_uvicorn(self, data: bytes) -> None:
        """Have uvicorn answer, and know the head again if the next such request is ours."""
        self._pieces = 0
        self.departures.flush()  # an answer to this very connection may be among them
        begins, parsed = self.message_began == NEVER, self.cycle
        super().data_received(data)
        if begins and self.message_began == NEVER and self.cycle is not parsed and self._is_plain():
            found = head_of(data, self._direct.endpoints[self.cycle.scope["path"]])
            self._head = found or self._head

    def _is_plain(self) -> bool:
        """Whether the request that uvicorn has parsed is of the kind that is answered here."""
        scope = self.cycle.scope
        return (
            scope["path"] in self._direct.endpoints
            and scope["method"] == "POST"
            and scope["http_version"] == "1.1"
            and self.cycle.keep_alive
            and not self.expect_100_continue
            and not self.parser.should_upgrade()
        )

    def _hold(self, data: bytes) -> None:
        if not self._pieces:
            self._began = time.perf_counter()
        self._held = data
        self._pieces += 1
        self._giving_up = self.loop.call_later(HOLD_SECONDS, self._give_up)

    def _released(self) -> bytes:
        held, self._held = self._held, b""
        if self._giving_up is not None:
            self._giving_up.cancel()
            self._giving_up = None
        return held

    def _give_up(self) -> None:
        """The rest takes its time: uvicorn waits for it, within the limits of a body."""
        held = self._released()
        if held:
            self._by_uvicorn(held)


def head_of(request: bytes, endpoint: Endpoint) -> Head | None:
    """The head of one whole request. None: it has no length, or there is more than the request."""
    ends = request.find(END, 0, MOST_HEAD_BYTES)
    length_at = request.find(LENGTH, 0, max(ends, 0))
    if length_at < 0:
        return None
    digits_at, body_at = length_at + len(LENGTH), ends + len(END)
    digits_end = request.find(b"\r", digits_at)
    digits = request[digits_at:digits_end]
    if not digits.isdigit() or body_at + int(digits) != len(request):
        return None
    return Head(request[:digits_at], request[digits_end:body_at], endpoint)


def whole(answered: Answer) -> bytes:
    """An answer as it leaves, in one piece."""
    pieces = [_STATUS_LINES[answered.status]]
    for name, value in answered.headers:
        pieces += name, b": ", value, b"\r\n"
    pieces += b"\r\n", answered.body
    return b"".join(pieces)


_STATUS_LINES = {
    status.value: b"HTTP/1.1 %d %b\r\n" % (status.value, status.phrase.encode())
    for status in HTTPStatus
}
