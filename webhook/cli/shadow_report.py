"""How the planned set tells of itself: to the log, the metrics, `/readyz` and `/shadow`."""

import asyncio
import time
from collections.abc import Callable, Iterator

from prometheus_client.core import Metric

from webhook.admission import PolicySets
from webhook.server.application import Today
from webhook.server.differences import Tally
from webhook.server.health import Health
from webhook.server.logs import Log
from webhook.server.metrics import Metrics
from webhook.server.shadow import Answering, Plan, Shadow, Surroundings
from webhook.server.shadow_health import ShadowHealth
from webhook.server.shadow_metrics import ShadowMetrics
from webhook.server.shadow_page import Page, page_of
from webhook.sources.planned_follower import PlannedLoad


def shadowing(
    sets: PolicySets, answering: Answering, share: float, log: Log, metrics: Metrics, health: Health
) -> "ShadowReport":
    """The parts of it, joined."""
    listener = ShadowListener(log, metrics, health)
    around = Surroundings(time.perf_counter, _later, Today(), log.now)
    shadow = Shadow(sets, answering, share, around, listener)
    return ShadowReport(log, metrics, health, shadow, listener)


def _later(seconds: float, what: Callable[[], None]) -> None:
    asyncio.get_running_loop().call_later(seconds, what)


class ShadowListener:
    """Told by the one who decides what ends."""

    def __init__(self, log: Log, metrics: Metrics, health: Health) -> None:
        self._log = log
        self._health = health
        self.metrics = ShadowMetrics(metrics)

    def ended(self, tally: Tally) -> None:
        """These counts are over, others begin."""
        self.metrics.ended(tally)

    def turned_off(self, reason: str, places: list[str]) -> None:
        """Deciding by the planned set failed too often."""
        self._health.shadow.off = reason
        self._log.event("error", "shadow-off", reason=reason, places=places)


class ShadowReport:
    """Told by the follower how loads of the planned set went; shows what came of them."""

    def __init__(
        self, log: Log, metrics: Metrics, health: Health, shadow: Shadow, listener: ShadowListener
    ) -> None:
        self._log = log
        self._metrics = metrics
        self._health = health
        self._shadow = shadow
        self._listener = listener

    def loaded(self, load: PlannedLoad) -> None:
        """A good load: requests are decided by it from now on."""
        policies = load.engine.policies
        self._metrics.know_teams(policies.teams)
        revision, teams = policies.revision, len(policies.teams)
        changed = revision != self._health.shadow.revision
        self._shadow.begin(Plan(load.engine, load.beside))
        off = self._shadow.off
        self._health.shadow = ShadowHealth(revision, teams, (), load.warnings, off)
        self._log.event(
            "info",
            "shadow-loaded",
            revision=revision,
            beside=load.beside,
            changed=changed,
            teams=teams,
            files=load.files,
            seconds=round(load.seconds, 3),
            warnings=load.warnings,
        )

    def failed(self, errors: tuple[str, ...]) -> None:
        """A bad load: nothing is decided by a planned set until the next."""
        is_new = errors != self._health.shadow.errors  # it is said again after each live load
        self._health.shadow = ShadowHealth(errors=errors)
        self._shadow.end()
        if is_new:
            self._log.event("warning", "shadow-refused", errors=errors)

    def gone(self) -> None:
        """Nothing is planned; said of every loader at its start, so most often nothing was."""
        was_there = self._health.shadow.detail() is not None
        self._health.shadow = ShadowHealth()
        self._shadow.end()
        if was_there:
            self._log.event("info", "shadow-gone")

    def gauges(self) -> Iterator[Metric]:
        """For Prometheus."""
        return self._listener.metrics.series(self._shadow.tally, self._health.shadow)

    def page(self) -> Page:
        """For people."""
        return page_of(self._shadow, self._health.shadow)
