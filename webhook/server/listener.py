"""uvicorn, fitted to the API server: which settings, which limits, and who ends it.

The process has two of these servers on one loop, and its own handling of signals (a drain takes
longer than uvicorn's shutdown), so the server here takes no signals.
"""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from ssl import SSLContext
from typing import Any, cast

from uvicorn import Config, Server

from webhook.server.departures import Departures
from webhook.server.protocol import SILENCE_SECONDS, BoundedProtocol, Witness

# A handshake takes two round trips, the end of TLS one; an API server gives a whole call 2 or 3 s.
HANDSHAKE_SECONDS = 5.0
FAREWELL_SECONDS = 1.0
# How long connections may take to close after the drain; answers are sent by then.
CLOSING_SECONDS = 5
# An API server that was cut off comes back with all its calls at once; Linux caps this at
# net.core.somaxconn, 4096 by default.
BACKLOG = 4096


class QuietServer(Server):
    """A uvicorn server that leaves signals alone and bounds TLS handshakes."""

    def __init__(self, config: Config, witness: Witness, context: SSLContext | None) -> None:
        super().__init__(config)
        self._witness = witness
        self._context = context

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn's own, which passes no timeouts on: asyncio's are 60 s and 30 s."""
        loop = asyncio.get_running_loop()
        is_tls = self._context is not None
        self.servers = [
            await loop.create_server(
                self._protocol,
                sock=sock,
                ssl=self._context,
                backlog=BACKLOG,
                ssl_handshake_timeout=HANDSHAKE_SECONDS if is_tls else None,
                ssl_shutdown_timeout=FAREWELL_SECONDS if is_tls else None,
            )
            for sock in sockets or ()
        ]
        self.started = True

    def _protocol(self) -> asyncio.Protocol:
        # uvloop says nothing of handshakes that fail: they are those that begin and do not end.
        if self._context is not None:
            self._witness.handshake("begun")
        return self.connection(asyncio.get_running_loop())

    def connection(self, loop: asyncio.AbstractEventLoop) -> BoundedProtocol:
        """One more, on this loop; it is for a transport to tell it of."""
        protocol = cast(type[BoundedProtocol], self.config.http_protocol_class)
        return protocol(self.config, self.server_state, {}, loop)


def server(
    application: Any,
    witness: Witness,
    context: SSLContext | None = None,
    protocol: type[BoundedProtocol] = BoundedProtocol,
) -> QuietServer:
    """A server for this application: HTTPS with a context, else plain HTTP."""
    config = Config(
        application,
        loop="none",
        http=type("Protocol", (protocol,), {"witness": witness, "departures": Departures()}),
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        date_header=False,
        timeout_keep_alive=SILENCE_SECONDS,
        timeout_graceful_shutdown=CLOSING_SECONDS,
    )
    return QuietServer(config, witness, context)


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens there; an empty host is every address, IPv4 and IPv6.

    Raises OSError.
    """
    if host:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    if socket.has_dualstack_ipv6():
        return socket.create_server(
            ("", port), family=socket.AF_INET6, backlog=BACKLOG, dualstack_ipv6=True
        )
    return socket.create_server(("", port), backlog=BACKLOG)
