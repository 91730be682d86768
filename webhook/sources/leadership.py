"""Which replica writes what one of them is to write: the one that holds the Lease."""

import os
import secrets
import socket
from collections.abc import Callable
from datetime import UTC, datetime

from webhook import names
from webhook.sources.api_errors import Refused
from webhook.sources.duties import Outcome, Undone
from webhook.sources.lease import (
    RENEW_DEADLINE_SECONDS,
    Lease,
    Seen,
    Step,
    held,
    released,
    seen,
    step,
    with_spec,
)
from webhook.sources.objects import LEASES, Objects

MISSING = (
    f"Lease {names.LEASE} is missing in namespace {{}}: make an empty one of this name, as the "
    "installation does; until then no replica keeps the last good policies for a restart"
)


def replica_name() -> str:
    """The pod's name, which the Deployment may give as POD_NAME; else the host's, which it is."""
    return os.environ.get("POD_NAME") or socket.gethostname()


def new_identity() -> str:
    """Of this process alone: a pod's containers restart under the same name."""
    return f"{replica_name()}_{secrets.token_hex(4)}"


class Leadership:
    """A duty: takes the Lease when it is free, and renews it. `clock` gives seconds, monotonic."""

    name = "lease"

    def __init__(
        self, objects: Objects, namespace: str, identity: str, clock: Callable[[], float]
    ) -> None:
        self._objects = objects
        self._namespace = namespace
        self._clock = clock
        self._seen: Seen | None = None
        self._renewed: float | None = None  # when it was last ours
        self._has_left = False
        self.identity = identity

    @property
    def is_leader(self) -> bool:
        """Whether this replica may write: it held the Lease within the last 10 s."""
        renewed = self._renewed
        return renewed is not None and self._clock() - renewed < RENEW_DEADLINE_SECONDS

    def turn(self, outcome: Outcome) -> None:  # noqa: ARG002  it is held whatever the load was
        asked = self._clock()  # before the call: others count from when it arrives
        try:
            lease = self._objects.get(LEASES, names.LEASE, Lease)
        except Refused as error:
            if error.is_missing:
                raise Undone(MISSING.format(self._namespace)) from None
            raise
        self._seen = seen(self._seen, lease.spec, self._clock())
        if step(self._seen, self.identity, self._clock()) is Step.leave:
            self._renewed = None
            return
        self._hold(lease, asked)

    def leave(self) -> None:
        """Lead no more, and give the Lease back, where it is ours. Raises ApiError; then again."""
        self._renewed = None
        if self._has_left:
            return
        lease = self._objects.get(LEASES, names.LEASE, Lease)
        if lease.spec.holder_identity == self.identity:
            wanted = with_spec(lease, released(lease.spec, datetime.now(UTC)))
            self._objects.replace(LEASES, names.LEASE, wanted, Lease)
        self._has_left = True

    def _hold(self, lease: Lease, asked: float) -> None:
        wanted = with_spec(lease, held(lease.spec, self.identity, datetime.now(UTC)))
        try:
            kept = self._objects.replace(LEASES, names.LEASE, wanted, Lease)
        except Refused as error:
            if error.is_conflict:  # another was quicker
                self._renewed = None
                return
            raise
        self._seen = Seen(kept.spec, asked)
        self._renewed = asked
