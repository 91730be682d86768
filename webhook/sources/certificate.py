"""A duty: the service's own CA and certificate, in its Secret, in `caBundle`, and served.

Every replica serves what the Secret holds. The leader does what `trust.rotation` says, then makes
`caBundle` that of the Secret. An empty Secret is filled by whoever finds it first, so that the
first start need not wait for a leader.
"""

from collections.abc import Callable, Hashable, Iterable
from datetime import datetime
from typing import Protocol

from webhook.sources.api_errors import ApiError
from webhook.sources.ca_bundle import Found
from webhook.sources.duties import Leads, Outcome, Undone
from webhook.sources.tls_secret import Kept
from webhook.trust.certificates import Certificate, Pair, is_issued_by
from webhook.trust.rotation import Plan, Seen, may_serve, needs_peers, next_step
from webhook.trust.store import Store

# A step, one that follows from it, and the bundle; the rest is for the next turn.
MOST_STEPS = 4
# A rolling update takes minutes; a replica that is out of reach for longer is somebody's concern.
LATE_SECONDS = 600.0
WAITS = (
    "a new certificate waits, because caBundle does not hold its CA: somebody has changed it, or "
    "the leader cannot write it; the one before is served until its end"
)
NOTHING_YET = "no certificate is stored yet: the leader makes one when its CA is believed"
LATE = (
    f"for {LATE_SECONDS / 60:.0f} minutes some replica has not answered, or has served a "
    "certificate of an old CA: until all have changed, the old CA stays in caBundle; look at the "
    "pods"
)


class Secrets(Protocol):
    """See `TlsSecret`."""

    def read(self) -> Kept: ...
    def write(self, kept: Kept, store: Store) -> Kept | None: ...
    def complaint(self, kept: Kept) -> str | None: ...


class Bundles(Protocol):
    """See `CaBundle`."""

    def read(self) -> Found: ...
    def write(self, found: Found, authorities: Iterable[Certificate]) -> bool: ...


class Replicas(Protocol):
    """See `Peers`."""

    def served(self) -> tuple[bytes | None, ...]: ...


class Served(Protocol):
    """See `ServedPair`."""

    pair: Pair | None

    def put(self, pair: Pair) -> None: ...


class Lasting:
    """For how long something has been the same. `clock` gives seconds, monotonic."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._what: Hashable = None
        self._since = 0.0

    def seconds(self, what: Hashable) -> float:
        """Since when it is `what`; None is never for any time."""
        if what != self._what:
            self._what, self._since = what, self._clock()
        return 0.0 if what is None else self._clock() - self._since

    @property
    def is_running(self) -> bool:
        return self._what is not None


class CertificateDuty:
    """`clock` gives seconds, monotonic; `now` the time of day, in UTC."""

    name = "certificate"

    def __init__(
        self,
        secret: Secrets,
        bundle: Bundles,
        peers: Replicas,
        served: Served,
        plan: Plan,
        leader: Leads,
        clock: Callable[[], float],
        now: Callable[[], datetime],
    ) -> None:
        self._secret = secret
        self._bundle = bundle
        self._peers = peers
        self._served = served
        self._plan = plan
        self._leader = leader
        self._now = now
        self._remembered: Store | None = None
        self._bundled, self._changed, self._late = (Lasting(clock) for _ in range(3))
        self._complaints: list[str] = []

    def turn(self, outcome: Outcome) -> None:  # noqa: ARG002  whatever the load was
        """Raises ApiError, and Undone with all that somebody should know."""
        self._complaints = []
        try:
            self._do()
        except ApiError:
            self._forget()  # nobody knows what happens while nobody looks
            raise
        if self._complaints:
            raise Undone("; ".join(self._complaints))

    def _do(self) -> None:
        kept: Kept | None = self._secret.read()
        for _ in range(MOST_STEPS):
            if kept is None:
                break
            if not kept.store.is_empty:
                self._remembered = kept.store
            self._serve(kept.store)
            if not self._may_lead(kept):
                self._forget()
                break
            kept = self._lead(kept)

    def _serve(self, store: Store) -> None:
        """Let this replica serve what is stored, if the API servers believe that."""
        fresh, served = store.server, self._served.pair
        if fresh is None or fresh == served or fresh.certificate.is_over(self._now()):
            if served is None and fresh is None and not store.is_empty:
                self._complaints.append(NOTHING_YET)
            return
        # Without one there is nothing to lose, so that the first start asks nobody.
        bundles = () if served is None else self._bundle.read().bundles
        if not may_serve(fresh, served, bundles, self._now()):
            self._complaints.append(WAITS)
            return
        try:
            self._served.put(fresh)
        except Undone as error:  # who leads still has to look after the others
            self._complaints.append(str(error))

    def _lead(self, kept: Kept) -> Kept | None:
        """One step. Returns what is stored then; None: there is no more to do now."""
        found = self._bundle.read()
        step = next_step(self._seen(kept, found), self._plan, self._now())
        if not self._may_lead(kept):  # asking the others may have taken longer than a Lease lasts
            return None
        if step is not None:
            return self._secret.write(kept, step.store)
        self._complain(kept, found)
        self._bundle.write(found, kept.store.authorities())
        return None

    def _may_lead(self, kept: Kept) -> bool:
        return self._leader.is_leader or kept.store.is_empty

    def _seen(self, kept: Kept, found: Found) -> Seen:
        store, bundles = kept.store, found.bundles
        wanted = frozenset(store.authorities())
        is_bundled = bool(bundles) and all(each == wanted for each in bundles)
        served = self._shown() if needs_peers(store, bundles, self._now()) else ()
        has_changed = store.current is not None and all(
            der is not None and is_issued_by(der, store.current.certificate) for der in served
        )
        is_retiring = bool(store.old) and bool(served)
        return Seen(
            store=store,
            bundles=bundles,
            served=served,
            bundled_for=self._bundled.seconds(wanted if is_bundled else None),
            changed_for=self._changed.seconds(wanted if has_changed and is_retiring else None),
            remembered=self._remembered,
            asked=kept.asked,
        )

    def _shown(self) -> tuple[bytes | None, ...]:
        """What each replica serves; this one counts as well where DNS does not know it."""
        own = self._served.pair
        return (*self._peers.served(), *(() if own is None else (own.certificate.der,)))

    def _complain(self, kept: Kept, found: Found) -> None:
        is_waiting = bool(kept.store.old) and not self._changed.is_running
        late = self._late.seconds("late" if is_waiting else None)
        asked = self._secret.complaint(kept)
        self._complaints += [
            *found.complaints,
            *([] if asked is None else [asked]),
            *([LATE] if late > LATE_SECONDS else []),
        ]

    def _forget(self) -> None:
        """What was timed is not known any more: it is timed anew."""
        for each in (self._bundled, self._changed, self._late):
            each.seconds(None)
