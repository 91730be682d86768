"""Replicas that each do the duty of the certificate, in a cluster of their own making.

The duty is the real one, and so are all certificates. What it speaks with is in memory: a Secret, a
`caBundle`, what each replica serves; and API servers that learn of a bundle late. Time is a number.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache

from webhook.sources.api_errors import Unreachable
from webhook.sources.ca_bundle import ClientConfig, Configuration, Entry, Found, Meta
from webhook.sources.certificate import CertificateDuty
from webhook.sources.duties import Outcome, Undone
from webhook.sources.tls_secret import Kept
from webhook.trust.certificates import Certificate, Pair, is_issued_by, pem_of
from webhook.trust.rotation import Bundle, Plan
from webhook.trust.store import Store, read, written

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
OUTCOME = Outcome(START, ())
HOSTS = frozenset({"taxiway.airflow.svc"})
PLAN = Plan(HOSTS, timedelta(days=90), timedelta(days=365), overlap=60.0)
ENTRIES = 2
TURN_SECONDS = 2.0
LATE_SECONDS = 50.0  # the slowest API server's


is_signed = cache(is_issued_by)


class Killed(Exception):
    """The replica ends here."""


class Cluster:
    """The API server's objects, and the time."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.data: dict[str, bytes] = {}
        self.version = 0
        self.asked: str | None = None
        self.bundles: list[Bundle] = [frozenset()] * ENTRIES
        # What all entries believed, and since when: as far back as some API server may be.
        self.history: list[tuple[float, Bundle]] = [(0.0, frozenset())]
        self.replicas: list[Replica] = []
        self.leader: Replica | None = None
        self._read: tuple[dict[str, bytes], Store] | None = None

    def now(self) -> datetime:
        return START + timedelta(seconds=self.seconds)

    def clock(self) -> float:
        return self.seconds

    def put(self, store: Store) -> None:
        self.data = {key: value for key, value in written(store).items() if value is not None}
        self.version += 1

    def store(self) -> Store:
        if self._read is None or self._read[0] != self.data:
            self._read = dict(self.data), read(self.data)
        return self._read[1]

    def believe(self, bundles: list[Bundle]) -> None:
        self.bundles = bundles
        self.history.append((self.seconds, frozenset.intersection(*bundles)))

    def believed_by_all(self) -> Bundle:
        """What every API server believes, however late it learns of a change."""
        while len(self.history) > 1 and self.history[1][0] <= self.seconds - LATE_SECONDS:
            self.history.pop(0)
        return frozenset.intersection(*(bundle for _, bundle in self.history))

    def failures(self) -> list[str]:
        """Replicas whose certificate some API server would not believe."""
        trusted = self.believed_by_all()
        return [
            each.name
            for each in self.replicas
            if each.pair is not None
            and not any(is_signed(each.pair.certificate.der, one) for one in trusted)
        ]

    def turn(self) -> None:
        for each in list(self.replicas):
            each.turn()
        self.seconds += TURN_SECONDS


@dataclass(eq=False)
class Replica:
    """One replica, and all that its duty speaks with; `calls` until it is killed."""

    cluster: Cluster
    name: str
    pair: Pair | None = None
    is_cut_off: bool = False  # from the API server
    is_silent: bool = False  # to its peers
    calls: int | None = None
    complaint_made: str | None = None
    duty: CertificateDuty = field(init=False)

    def __post_init__(self) -> None:
        self.cluster.replicas.append(self)
        self.begin()

    def begin(self) -> None:
        """The loader starts, and remembers nothing; what is served goes on."""
        world = self.cluster
        self.duty = CertificateDuty(
            _Secret(self), _Bundle(self), _Peers(self), self, PLAN, self, world.clock, world.now
        )

    @property
    def is_leader(self) -> bool:
        return self.cluster.leader is self

    def put(self, pair: Pair) -> None:
        self.pair = pair

    def turn(self) -> None:
        try:
            self.duty.turn(OUTCOME)
            self.complaint_made = None
        except (Undone, Unreachable) as error:
            self.complaint_made = str(error)
        except Killed:
            self.end()

    def end(self) -> None:
        self.cluster.replicas.remove(self)
        if self.is_leader:
            self.cluster.leader = None

    def call(self) -> None:
        """One call to the API server."""
        if self.is_cut_off:
            raise Unreachable("the API server does not answer")
        if self.calls is not None:
            self.calls -= 1
            if self.calls < 0:
                raise Killed


class _Secret:
    def __init__(self, replica: Replica) -> None:
        self._replica = replica
        self._cluster = replica.cluster

    def read(self) -> Kept:
        self._replica.call()
        return Kept(self._cluster.store(), str(self._cluster.version), self._cluster.asked)

    def write(self, kept: Kept, store: Store) -> Kept | None:
        self._replica.call()
        if kept.version != str(self._cluster.version):
            return None
        self._cluster.put(store)
        self._cluster.asked = None
        return self.read()

    def complaint(self, kept: Kept) -> str | None:  # noqa: ARG002  nothing is asked for wrongly
        return None


class _Bundle:
    def __init__(self, replica: Replica) -> None:
        self._replica = replica
        self._cluster = replica.cluster

    def read(self) -> Found:
        self._replica.call()
        entries = (
            Entry(str(at), ClientConfig(pem_of(each)))
            for at, each in enumerate(self._cluster.bundles)
        )
        return Found({"": Configuration(Meta("1"), tuple(entries))})

    def write(self, found: Found, authorities: Iterable[Certificate]) -> bool:  # noqa: ARG002
        wanted = frozenset(authorities)
        is_stale = any(each != wanted for each in self._cluster.bundles)
        for entry in range(ENTRIES):
            if self._cluster.bundles[entry] != wanted:
                self._replica.call()
                bundles = list(self._cluster.bundles)
                bundles[entry] = wanted
                self._cluster.believe(bundles)
        return is_stale


class _Peers:
    def __init__(self, replica: Replica) -> None:
        self._cluster = replica.cluster

    def served(self) -> tuple[bytes | None, ...]:
        return tuple(
            None if each.is_silent or each.pair is None else each.pair.certificate.der
            for each in self._cluster.replicas
        )
