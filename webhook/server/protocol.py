"""What uvicorn's HTTP protocol leaves open, closed: a head without end, a message that drips in,
more connections than there is room for.

| limit | why |
|---|---|
| 64 KiB of a message beside its body (head, chunk sizes, trailers) | the API server sends 1 KiB |
| 6 s from a message's first byte to its last | 5 s for the head; the body has 1 s of its own |
| 1,024 connections; one more closes the one that has been silent longest | below |
| 300 s of silence | the API server keeps idle connections for 90 s, and counts on them |

1,024: five API servers with 25 idle connections and 100 requests in flight each are 625. The
one that was silent longest goes, and not the newcomer: connections that send nothing are how a
stranger would fill the port, and an API server's are used again and again.
"""

import asyncio
from typing import Any, Protocol, cast

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

MOST_BYTES_BESIDE_BODY = 64 * 1024
MESSAGE_SECONDS = 6.0
MOST_CONNECTIONS = 1024
SILENCE_SECONDS = 300

UNREADABLE = (
    "this is no request that can be read here: send HTTP/1.1, the body by one length or in chunks, "
    "and no Upgrade with it\n"
)
_OF_A_BODY = frozenset({b"content-length", b"transfer-encoding"})

LEAVE_SECONDS = 0.02
NEVER = float("inf")


class Witness(Protocol):
    """Who counts what happens to connections."""

    def handshake(self, stage: str) -> None: ...
    def cut(self, reason: str) -> None: ...


class _Unreadable(Exception):
    """Told to the parser, which ends what it reads: 400, and closed."""


class BoundedProtocol(HttpToolsProtocol):
    """One connection. `witness` must be set on a subclass: uvicorn makes instances itself."""

    witness: Witness

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self.last_heard = self.loop.time()
        self.message_began = NEVER  # when the first byte of an unfinished message came
        self._beside_body = 0  # bytes of it that are not its body
        self._is_leaving = False  # the last answer is on its way, and nothing more is read

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        if len(self.connections) >= MOST_CONNECTIONS:
            _oldest(self.connections).cut("too-many")
        super().connection_made(transport)
        if self.scheme == "https":
            self.witness.handshake("completed")
        # uvicorn begins to count silence after the first answer only; but Go's client keeps
        # connections in its pool that it opened and then did not need.
        self.timeout_keep_alive_task = self.loop.call_later(
            self.timeout_keep_alive, self.timeout_keep_alive_handler
        )

    def data_received(self, data: bytes) -> None:
        self.last_heard = self.loop.time()
        if self.message_began == NEVER:
            self.message_began = self.last_heard
        self._beside_body += len(data)
        super().data_received(data)
        if self.message_began != NEVER:
            self._mind_the_rest()
        if self._beside_body > MOST_BYTES_BESIDE_BODY:
            self.cut("head-too-large")

    def _mind_the_rest(self) -> None:
        """An answer that comes before all of the message ends the connection as `leave` does."""
        if self.cycle is not None and self.cycle.transport is self.transport:
            self.cycle.transport = cast(asyncio.Transport, _Leaving(self))

    def timeout_keep_alive_handler(self) -> None:
        """uvicorn counts silence from an answer of its own, which may not be the latest."""
        left = self.timeout_keep_alive - (self.loop.time() - self.last_heard)
        if left <= 0:
            super().timeout_keep_alive_handler()
            return
        self.timeout_keep_alive_task = self.loop.call_later(left, self.timeout_keep_alive_handler)

    def _should_upgrade(self) -> bool:
        """Asked as a head is complete that wants another protocol; here there is none.

        The parser then takes what follows for that protocol, also where a body follows: the
        request would be answered without its body, and its body be taken for a request.
        """
        if any(name in _OF_A_BODY and value != b"0" for name, value in self.headers):
            raise _Unreadable
        return False

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002  uvicorn's says not what to do
        super().send_400_response(UNREADABLE)

    def on_body(self, body: bytes) -> None:
        self._beside_body -= len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        self.message_began = NEVER
        self._beside_body = 0
        super().on_message_complete()

    def on_response_complete(self) -> None:
        if self._is_leaving:
            self.server_state.total_requests += 1  # as uvicorn's own, which would read on
        else:
            super().on_response_complete()

    def leave(self) -> None:
        """Close after an answer, politely to who has sent all of a message.

        A polite end of TLS reads on until its client ends too, and one that has not sent all would
        go on sending: nothing more of it is read, and the answer gets the time to leave.
        """
        if self.message_began == NEVER:
            self.transport.close()
            return
        self._is_leaving = True
        self.transport.pause_reading()
        self.loop.call_later(LEAVE_SECONDS, self.transport.abort)

    def cut(self, reason: str) -> None:
        """End the connection at once: a polite end of TLS would wait for a client that is not."""
        if not self.transport.is_closing():
            self.witness.cut(reason)
            self.transport.abort()


class _Leaving:
    """The transport of an answer that may come before all of its request: what uvicorn calls."""

    __slots__ = ("_protocol",)

    def __init__(self, protocol: BoundedProtocol) -> None:
        self._protocol = protocol

    def write(self, data: bytes) -> None:
        self._protocol.transport.write(data)

    def is_closing(self) -> bool:
        return self._protocol.transport.is_closing()

    def close(self) -> None:
        self._protocol.leave()


def cut_the_slow(state: ServerState, now: float) -> None:
    """Close connections whose message should be complete by now. To be called every second."""
    for connection in list(state.connections):
        bounded = cast(BoundedProtocol, connection)
        if now - bounded.message_began > MESSAGE_SECONDS:
            bounded.cut("message-too-slow")


def _oldest(connections: Any) -> BoundedProtocol:
    oldest: BoundedProtocol = min(connections, key=lambda connection: connection.last_heard)
    return oldest
