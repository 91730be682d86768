"""How the parts of the service tell of themselves: to the log, the metrics and the probes."""

from collections.abc import Callable, Iterable

from prometheus_client.core import Metric

from webhook import names
from webhook.cli.admitting import GuardReport
from webhook.server.bodies import Bodies
from webhook.server.health import CertificateHealth, ClusterHealth, Health
from webhook.server.listener import QuietServer
from webhook.server.logs import Log
from webhook.server.metrics import Metrics, counters, gauge
from webhook.server.tls import BadCredentials, LiveCredentials
from webhook.sources.follower import Load


class PolicyReport:
    """Told by the follower how loads went. `warm_up` is called before the first set counts."""

    def __init__(
        self,
        log: Log,
        health: Health,
        metrics: Metrics,
        guard: GuardReport,
        warm_up: Callable[[], None],
    ) -> None:
        self._log = log
        self._health = health
        self._metrics = metrics
        self._guard = guard
        self._warm_up = warm_up

    def loaded(self, load: Load) -> None:
        """A good load, in force now."""
        if self._health.policy.revision is None:
            self._warm_up()
        self._metrics.know_teams(load.spec.teams)
        if load.stored is not None:
            self._recovered(load, load.stored)
            return
        self._metrics.events[names.METRIC_POLICY_LOADS, "good"] += 1
        revision, teams = load.spec.revision, len(load.spec.teams)
        changed = self._health.policy_loaded(revision, teams, load.warnings)
        self._log.event(
            "info",
            "policy-loaded",
            revision=revision,
            changed=changed,
            teams=teams,
            files=load.files,
            seconds=round(load.seconds, 3),
            warnings=load.warnings,
        )
        self._guard.compare(load.spec.labels)

    def _recovered(self, load: Load, stored_at: str) -> None:
        revision, teams = load.spec.revision, len(load.spec.teams)
        self._health.policy_recovered(revision, teams, load.warnings, stored_at)
        self._log.event(
            "warning",
            "policy-recovered",
            revision=revision,
            stored_at=stored_at,
            teams=teams,
            files=load.files,
            seconds=round(load.seconds, 3),
        )

    def stands(self, is_leader: bool, troubles: dict[str, str]) -> None:
        """What the replica does in its cluster; logged where that has changed."""
        before = self._health.cluster
        self._health.cluster = ClusterHealth(is_leader, troubles)
        if is_leader != before.is_leader:
            self._log.event("info", "leader" if is_leader else "leader-no-more")
        for duty, reason in troubles.items():
            if before.troubles.get(duty) != reason:
                self._log.event("error", "duty-failing", duty=duty, reason=reason)
        for duty in before.troubles.keys() - troubles.keys():
            self._log.event("info", "duty-back", duty=duty)

    def failed(self, errors: tuple[str, ...]) -> None:
        """A bad load: what was in force stays so."""
        self._metrics.events[names.METRIC_POLICY_LOADS, "bad"] += 1
        self._health.policy_failed(errors)
        in_force = self._health.policy.revision
        self._log.event("error", "policy-refused", errors=errors, in_force=in_force)

    def looked(self, age: float | None, trouble: str | None) -> None:
        """The loader looks, or cannot; logged where that has changed."""
        before, in_force = self._health.source.error, self._health.policy.revision
        self._health.source_looked(age, trouble)
        if trouble is None and before is not None:
            self._log.event("info", "policy-source-back", in_force=in_force)
        elif trouble is not None and trouble != before:
            since = None if age is None else round(age, 1)
            self._log.event(
                "error",
                "policy-source-lost",
                reason=trouble,
                age_seconds=since,
                in_force=in_force,
            )

    def loader_ended(self, reason: str) -> None:
        """The loader process is gone and will be replaced."""
        self._metrics.events[names.METRIC_LOADER_RESTARTS, "ended"] += 1
        self._health.cluster = ClusterHealth()
        in_force = self._health.policy.revision
        self._log.event("error", "policy-loader-ended", reason=reason, in_force=in_force)


class CertificateReport:
    """Looks after the certificate, and tells of its changes."""

    def __init__(self, log: Log, health: Health, metrics: Metrics, live: LiveCredentials) -> None:
        self._log = log
        self._health = health
        self._metrics = metrics
        self._live = live

    def refresh(self) -> None:
        """Serve what the files hold, if it has changed and can be served. Called every second."""
        try:
            fresh = self._live.refresh()
        except BadCredentials as error:
            self._metrics.events[names.METRIC_CERTIFICATE_LOADS, "bad"] += 1
            self._health.certificate.error = str(error)
            self._log.event("error", "certificate-refused", reason=str(error))
            return
        if fresh is not None:
            self._metrics.events[names.METRIC_CERTIFICATE_LOADS, "good"] += 1
            self._health.certificate = CertificateHealth(fresh.expires)
            expires = f"{fresh.expires:%Y-%m-%dT%H:%M:%SZ}"
            self._log.event("info", "certificate-loaded", expires=expires)


def traffic(admission: QuietServer, bodies: Bodies, log: Log) -> Callable[[], Iterable[Metric]]:
    """Gauges of what goes on right now."""

    def gauges() -> Iterable[Metric]:
        connections = len(admission.server_state.connections)
        yield gauge(names.METRIC_CONNECTIONS, "Open on the admission port.", connections)
        yield gauge(names.METRIC_BODIES, "Bodies that are not complete yet.", len(bodies))
        yield gauge(names.METRIC_BODY_BYTES, "How much of them is here.", bodies.size)
        dropped = "Lines that no one was there to read."
        yield from counters(names.METRIC_LOG_DROPPED, dropped, (), {(): log.dropped})

    return gauges
