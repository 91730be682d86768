"""A request through the application as the service puts it together, without a network.

What is received is complete at once, as it is of the API server, and what is sent goes nowhere. Its
line of the log is made, and nobody reads it.
"""

import os
import time
from collections.abc import Callable
from typing import Any

from benchmarks.work import OneSet
from webhook.admission import Settings
from webhook.engine import Engine
from webhook.server.application import Application
from webhook.server.bodies import Bodies
from webhook.server.denials import Denials
from webhook.server.logs import Clock, Log
from webhook.server.metrics import Metrics
from webhook.server.observer import Observer
from webhook.server.request_log import RequestLog

NOW = 1_767_323_045.25  # no second begins while calls are counted
# What Go's client sends, but for the length.
HEADERS = [
    (b"host", b"taxiway.taxiway.svc:443"),
    (b"user-agent", b"kube-apiserver-admission"),
    (b"accept", b"application/json, */*"),
    (b"content-type", b"application/json"),
    (b"accept-encoding", b"gzip"),
]


def served(engine: Engine, path: str) -> Callable[[bytes], None]:
    """Sends a body to this path; it is counted and logged when this returns."""
    log = Log(os.open(os.devnull, os.O_WRONLY), Clock(lambda: NOW))
    observer = Observer(log, RequestLog(log), Metrics(), Denials())
    application = Application(OneSet(engine), Bodies(time.monotonic), observer, Settings())

    def send_to(body: bytes) -> None:
        headers = [*HEADERS, (b"content-length", b"%d" % len(body))]
        scope = {"path": path, "method": "POST", "headers": headers}
        _run(application(scope, _client(body), _nowhere))

    return send_to


def _client(body: bytes) -> Callable[[], Any]:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


async def _nowhere(_message: Any) -> None:
    return None


def _run(coroutine: Any) -> None:
    """It waits for nothing, so it needs no loop."""
    try:
        coroutine.send(None)
    except StopIteration:
        return
    raise RuntimeError("a request whose body is here has waited")
