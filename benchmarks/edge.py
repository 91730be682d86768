"""A request from its bytes to the bytes of its answer, as the service puts it together.

What is received comes in one piece and by a head that is known, as it does of the API server, and
what is sent goes nowhere. Its line of the log is made, and nobody reads it.
"""

import asyncio
import os
import time
from collections.abc import Callable
from typing import cast

from benchmarks.work import OneSet
from webhook.admission import Settings
from webhook.engine import Engine
from webhook.server.application import Application
from webhook.server.bodies import Bodies
from webhook.server.denials import Denials
from webhook.server.direct import DirectProtocol
from webhook.server.listener import server
from webhook.server.logs import Clock, Log
from webhook.server.metrics import Metrics
from webhook.server.observer import Observer
from webhook.server.request_log import RequestLog

NOW = 1_767_323_045.25  # no second begins while calls are counted
# What Go's client sends.
HEAD = (
    b"POST %b?timeout=10s HTTP/1.1\r\nHost: taxiway.taxiway.svc:443\r\n"
    b"User-Agent: kube-apiserver-admission\r\nContent-Length: %d\r\n"
    b"Accept: application/json, */*\r\nContent-Type: application/json\r\n"
    b"Accept-Encoding: gzip\r\n\r\n"
)


def served(engine: Engine, path: str) -> Callable[[bytes], None]:
    """Sends a body to this path; it is counted and logged when this returns."""
    log = Log(os.open(os.devnull, os.O_WRONLY), Clock(lambda: NOW))
    observer = Observer(log, RequestLog(log), Metrics(), Denials())
    application = Application(OneSet(engine), Bodies(time.monotonic), observer, Settings())
    listener = server(application, _Unwitnessed(), protocol=DirectProtocol)
    listener.config.load()
    loop = asyncio.new_event_loop()
    connection = listener.connection(loop)
    connection.connection_made(_Nowhere())
    first, turns = b"{}", _Turns()
    connection.data_received(HEAD % (path.encode(), len(first)) + first)
    loop.run_until_complete(asyncio.sleep(0))  # the first of its head is uvicorn's
    connection.loop = cast(asyncio.AbstractEventLoop, turns)

    def send(body: bytes) -> None:
        connection.data_received(HEAD % (path.encode(), len(body)) + body)
        turns.turn()

    return send


class _Turns:
    """A loop whose every turn has one request."""

    def __init__(self) -> None:
        self._soon: list[Callable[[], None]] = []

    def time(self) -> float:
        return NOW

    def call_soon(self, what: Callable[[], None]) -> None:
        self._soon.append(what)

    def turn(self) -> None:
        while self._soon:
            self._soon.pop()()


class _Unwitnessed:
    def handshake(self, stage: str) -> None: ...
    def cut(self, reason: str) -> None: ...


class _Nowhere(asyncio.Transport):
    """Whatever is written leaves at once."""

    def write(self, data: bytes | bytearray | memoryview) -> None: ...
    def is_closing(self) -> bool:
        return False
