"""What becomes of each answer once it is made: it is counted, logged and, if a denial, kept."""

import time

from webhook import names
from webhook.admission import Answer
from webhook.server.denials import DENIALS, Denials
from webhook.server.logs import Log
from webhook.server.metrics import Metrics
from webhook.server.request_log import RequestLog, short
from webhook.server.team_sightings import TeamSightings

HTTP_OK = 200


class Observer:
    """Told of every answer on the serving loop; takes a few microseconds."""

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

    def answered(self, answered: Answer, seconds: float) -> None:
        """An answer, and how long it took from the request's head."""
        record = answered.record
        self._metrics.count(record, seconds)
        self._requests.write(record, seconds)
        self._sightings.note(record)
        if record.decision in DENIALS and record.config_map is None:
            self._denials.add(record, self._log.now())
        if answered.status != HTTP_OK:
            self._metrics.events[names.METRIC_REFUSALS, str(answered.status)] += 1

    def broken(self, uid: str | None, error: str, places: list[str]) -> None:
        """A bug of ours: the kind of error, and where it happened."""
        self._metrics.events[names.METRIC_REFUSALS, "500"] += 1
        self._log.event("error", "bug", uid=short(uid), error=error, places=places)
