"""What becomes of each answer once it is made: it is counted, logged and, if a denial, kept.

That is done in the loop's next turn, for all answers of this one together: by then they have left,
and nobody waits. A turn takes well under a millisecond, so whoever asks for metrics, the log or the
last denials finds every answer there that a client has got.
"""

import time
from collections import deque
from collections.abc import Callable

from webhook import names
from webhook.admission import Answer
from webhook.server.denials import DENIALS, Denials
from webhook.server.logs import Log
from webhook.server.metrics import Metrics
from webhook.server.request_log import RequestLog, short
from webhook.server.team_sightings import TeamSightings

HTTP_OK = 200

CallSoon = Callable[[Callable[[], None]], object]


class Observer:
    """Told of every answer on the serving loop."""

    def __init__(
        self,
        log: Log,
        requests: RequestLog,
        metrics: Metrics,
        denials: Denials,
        sightings: TeamSightings | None = None,
    ) -> None:
        self._log = log
        self._requests = requests
        self._metrics = metrics
        self._denials = denials
        self._sightings = sightings or TeamSightings(time.monotonic)
        self._waiting: deque[tuple[Answer, float]] = deque()
        self._call_soon: CallSoon | None = None

    def attach(self, call_soon: CallSoon) -> None:
        """From now on answers wait for this loop's next turn; without a loop they do not wait."""
        self._call_soon = call_soon

    def answered(self, answered: Answer, seconds: float) -> None:
        """An answer, and how long it took from the request's head."""
        self._waiting.append((answered, seconds))
        if len(self._waiting) == 1:
            self._soon()

    def _soon(self) -> None:
        if self._call_soon is None:
            self.settle()
        else:
            self._call_soon(self.settle)

    def settle(self) -> None:
        """Put down all answers that wait. A bug takes one of them and leaves the others."""
        waiting, now = self._waiting, self._log.now()
        try:
            while waiting:
                answered, seconds = waiting.popleft()
                self._put_down(answered, seconds, now)
        finally:
            if waiting:
                self._soon()

    def _put_down(self, answered: Answer, seconds: float, now: str) -> None:
        record = answered.record
        self._metrics.count(record, seconds)
        self._requests.write(record, seconds, now)
        self._sightings.note(record)
        if record.decision in DENIALS and record.config_map is None:
            self._denials.add(record, now)
        if answered.status != HTTP_OK:
            self._metrics.events[names.METRIC_REFUSALS, str(answered.status)] += 1

    def broken(self, uid: str | None, error: str, places: list[str]) -> None:
        """A bug of ours: the kind of error, and where it happened."""
        self._metrics.events[names.METRIC_REFUSALS, "500"] += 1
        self._log.event("error", "bug", uid=short(uid), error=error, places=places)
