"""What goes wrong outside of any request: connections cut, nonsense instead of HTTP, bugs.

All of it comes from whoever can reach the port, as often as they like: each kind is logged once
in 10 s at most, with how many were left out, and counted always. Exceptions are told by their
type and the code they came from; their texts may hold what a client sent.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Any

from webhook import names
from webhook.server.application import places
from webhook.server.logs import Log
from webhook.server.metrics import Metrics

QUIET_SECONDS = 10.0


class Seldom:
    """Lets a kind of event through once in 10 s, with how many were held back before."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._last: dict[str, float] = {}
        self._held: dict[str, int] = {}

    def __call__(self, kind: str) -> int | None:
        """How many of this kind were held back since the last one; None: hold this one too."""
        now = self._clock()
        if now - self._last.get(kind, -QUIET_SECONDS) < QUIET_SECONDS:
            self._held[kind] = self._held.get(kind, 0) + 1
            return None
        self._last[kind] = now
        return self._held.pop(kind, 0)


class Troubles(logging.Handler):
    """The loop's exception handler, and where the standard library's logging ends."""

    def __init__(self, log: Log, metrics: Metrics) -> None:
        super().__init__(logging.WARNING)
        self._log = log
        self._metrics = metrics
        self._seldom = Seldom()

    def in_loop(self, _loop: asyncio.AbstractEventLoop | None, context: dict[str, Any]) -> None:
        """As `loop.set_exception_handler` wants it."""
        error = context.get("exception")
        what = str(context.get("message", ""))
        self._tell("error", "bug-in-loop", what, message=what, **_shown(error))

    def emit(self, record: logging.LogRecord) -> None:
        """A line of a library's, uvicorn's mostly."""
        error = record.exc_info[1] if record.exc_info else None
        level, template = record.levelname.lower(), str(record.msg).strip()
        fields = {"logger": record.name, "message": template, **_shown(error)}
        self._tell(level, "library", f"{record.name} {template}", **fields)

    def handshake(self, stage: str) -> None:
        """`begun`, or `completed`."""
        self._metrics.events[names.METRIC_HANDSHAKES, stage] += 1

    def cut(self, reason: str) -> None:
        """A connection that was closed on its client."""
        self._metrics.events[names.METRIC_CONNECTIONS_CUT, reason] += 1
        self._tell("warning", "connection-cut", reason, reason=reason)

    def _tell(self, level: str, event: str, kind: str, **fields: Any) -> None:
        held = self._seldom(f"{event} {kind}")
        if held is not None:
            more = {"held_back": held} if held else {}
            self._log.event(level, event, **fields, **more)


def _shown(error: BaseException | None) -> dict[str, Any]:
    return {} if error is None else {"error": type(error).__name__, "places": places(error)}
