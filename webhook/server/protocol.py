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

LEAVE_SECONDS = 0.02
NEVER = float("inf")


class Witness(Protocol):
    """Who counts what happens to connections."""

    def handshake(self, stage: str) -> None: ...
    def cut(self, reason: str) -> None: ...


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
        if self._beside_body > MOST_BYTES_BESIDE_BODY:
            self.cut("head-too-large")

    def on_body(self, body: bytes) -> None:
        self._beside_body -= len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        self.message_began = NEVER
        self._beside_body = 0
        super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        # A polite end of TLS reads on until its client ends too: one that has not sent all of its
        # message would go on sending. The answer gets the time to leave.
        if self.message_began != NEVER and self.transport.is_closing():
            self.loop.call_later(LEAVE_SECONDS, self.transport.abort)

    def cut(self, reason: str) -> None:
        """End the connection at once: a polite end of TLS would wait for a client that is not."""
        if not self.transport.is_closing():
            self.witness.cut(reason)
            self.transport.abort()


def cut_the_slow(state: ServerState, now: float) -> None:
    """Close connections whose message should be complete by now. To be called every second."""
    for connection in list(state.connections):
        bounded = cast(BoundedProtocol, connection)
        if now - bounded.message_began > MESSAGE_SECONDS:
            bounded.cut("message-too-slow")


def _oldest(connections: Any) -> BoundedProtocol:
    oldest: BoundedProtocol = min(connections, key=lambda connection: connection.last_heard)
    return oldest
