"""Whether this replica should be sent requests, and what there is to know about it.

Ready means: the admission port answered when it was last asked through its own front door, a
policy set is in force, and no drain has begun. A bad change of policy or certificate leaves the
last good one in force, so the replica stays ready; the detail says what is wrong.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct
from prometheus_client.core import Metric

from webhook import names
from webhook.server.metrics import gauge
from webhook.server.shadow_health import ShadowHealth

Now = Callable[[], float]
NO_CERTIFICATE = "no certificate yet: the service makes its own; `cluster` says what it waits for"


class PolicyHealth(Struct):
    """The set in force, and how the last load went. Times are seconds since 1970."""

    revision: str | None = None
    teams: int = 0
    since: float | None = None  # when this revision came into force
    good_at: float | None = None  # the last good load, which may have changed nothing
    tried_at: float | None = None  # the last load, good or bad
    errors: tuple[str, ...] = ()  # of the last load; empty: it was good
    warnings: tuple[str, ...] = ()  # of the set in force
    stored_at: str | None = None  # it is the last good set as it was stored then; None: it is live


class SourceHealth(Struct):
    """Whether policies can be read where they are stored."""

    seen_at: float | None = None  # when the loader had last seen all that is stored
    error: str | None = None  # why it cannot


class ClusterHealth(Struct):
    """What this replica does in its cluster."""

    is_leader: bool = False
    troubles: dict[str, str] = {}  # why duties cannot be done now, by their names


class CertificateHealth(Struct):
    expires: datetime | None  # None: there is none yet
    error: str | None = None  # why the last change was refused


class Health:
    """What the probes are answered by. `now` gives seconds since 1970."""

    def __init__(self, now: Now, certificate: CertificateHealth) -> None:
        self._now = now
        self.policy = PolicyHealth()
        self.source = SourceHealth()
        self.cluster = ClusterHealth()
        self.shadow = ShadowHealth()
        self.certificate = certificate
        self.listener_answers = False
        self.is_draining = False

    def policy_loaded(self, revision: str, teams: int, warnings: tuple[str, ...]) -> bool:
        """A good load. Returns whether it changed the set in force."""
        now, policy = self._now(), self.policy
        is_new = revision != policy.revision
        since = now if is_new else policy.since
        self.policy = PolicyHealth(revision, teams, since, now, now, (), warnings)
        return is_new

    def policy_recovered(
        self, revision: str, teams: int, warnings: tuple[str, ...], stored_at: str
    ) -> None:
        """The stored last good set is in force, because the live one failed and none was."""
        policy = self.policy
        policy.revision, policy.teams, policy.warnings = revision, teams, warnings
        policy.since, policy.stored_at = self._now(), stored_at

    def policy_failed(self, errors: tuple[str, ...]) -> None:
        self.policy.errors = errors
        self.policy.tried_at = self._now()

    def source_looked(self, age: float | None, error: str | None) -> None:
        """What the loader told of itself; `age` in seconds, None: it has never seen anything."""
        self.source = SourceHealth(None if age is None else self._now() - age, error)

    @property
    def is_ready(self) -> bool:
        return not any(self.reasons())

    def reasons(self) -> Iterator[str]:
        """Why this replica is not ready."""
        if self.policy.revision is None:
            yield "no policy set has been loaded yet"
        if self.certificate.expires is None:
            yield NO_CERTIFICATE
        elif not self.listener_answers:
            yield "the admission port does not answer"
        if self.is_draining:
            yield "draining: this replica is about to end"

    def detail(self) -> dict[str, Any]:
        """All of it, for a person."""
        return {
            "ready": self.is_ready,
            "reasons": list(self.reasons()),
            "draining": self.is_draining,
            "listener": self.listener_answers,
            "policy": self._policy_detail(),
            "cluster": {"leader": self.cluster.is_leader, "troubles": self.cluster.troubles},
            "shadow": self.shadow.detail(),
            "certificate": self._certificate_detail(),
        }

    def _policy_detail(self) -> dict[str, Any]:
        policy = self.policy
        result = None if policy.tried_at is None else "bad" if policy.errors else "good"
        return {
            "revision": policy.revision,
            "teams": policy.teams,
            "since": _text(policy.since),
            "age_seconds": _rounded(self._age(policy.since)),
            "last_load": {
                "result": result,
                "at": _text(policy.tried_at),
                "errors": list(policy.errors),
                "in_force": _in_force(policy),
            },
            "stored_at": policy.stored_at,
            "last_good_load_age_seconds": _rounded(self._age(policy.good_at)),
            "source": {
                "age_seconds": _rounded(self._age(self.source.seen_at)),
                "error": self.source.error,
            },
            "warnings": list(policy.warnings),
        }

    def _certificate_detail(self) -> dict[str, Any]:
        expires = self.certificate.expires
        return {
            "expires": None if expires is None else f"{expires:%Y-%m-%dT%H:%M:%SZ}",
            "expires_in_seconds": (
                None if expires is None else round(expires.timestamp() - self._now())
            ),
            "error": self.certificate.error,
        }

    def _age(self, then: float | None) -> float | None:
        return None if then is None else max(0.0, self._now() - then)

    def gauges(self) -> Iterable[Metric]:
        """The same for Prometheus."""
        policy = self.policy
        yield gauge(names.METRIC_READY, "1 while this replica wants requests.", self.is_ready)
        if policy.revision is not None:
            info = gauge(names.METRIC_POLICY_INFO, "The set in force.", 1, revision=policy.revision)
            yield info
        yield gauge(names.METRIC_POLICY_TEAMS, "Teams of the set in force.", policy.teams)
        if policy.tried_at is not None:
            good = "1 if the last load was good; 0: the last good set stays in force."
            yield gauge(names.METRIC_POLICY_GOOD, good, not policy.errors)
        stored = "1 while the stored last good set is served, because the live one is bad."
        yield gauge(names.METRIC_POLICY_STORED, stored, policy.stored_at is not None)
        yield gauge(names.METRIC_LEADER, "1 while this replica leads.", self.cluster.is_leader)
        for duty in self.cluster.troubles:
            failing = "1 while a duty in the cluster cannot be done; the log says why."
            yield gauge(names.METRIC_DUTY_FAILING, failing, 1, duty=duty)
        age = self._age(policy.good_at)
        if age is not None:
            yield gauge(names.METRIC_POLICY_AGE, "Since the last good load.", age)
        age = self._age(self.source.seen_at)
        if age is not None:
            seen = "Since the loader last saw all that is stored: over 30, something is wrong."
            yield gauge(names.METRIC_POLICY_SOURCE_AGE, seen, age)
        expires = self.certificate.expires
        if expires is not None:
            ends = "When the certificate ends."
            yield gauge(names.METRIC_CERTIFICATE_EXPIRY, ends, expires.timestamp())


def _in_force(policy: PolicyHealth) -> str:
    if policy.revision is None:
        return "nothing: requests are answered with 503"
    if policy.stored_at is not None:
        return f"the last good set as stored at {policy.stored_at}, {policy.revision}"
    return f"the last good set, {policy.revision}" if policy.errors else "this set"


def _text(seconds: float | None) -> str | None:
    if seconds is None:
        return None
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%SZ}"


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 1)
