"""Whose a Lease is, by client-go's rules (tools/leaderelection): pure.

| the Lease                                                     | what is done  |
|---------------------------------------------------------------|---------------|
| nobody holds it                                               | take it       |
| we hold it                                                    | renew it      |
| another holds it, and it changed within its duration          | leave it      |
| another holds it, and it has not changed for its duration     | take it       |

Clocks are not compared: what counts is for how long, on our own monotonic clock, the Lease has
looked the same to us. Whoever has just started therefore waits a whole duration before it takes
a Lease that another held. The times written in it are for people.
"""

from datetime import datetime
from enum import Enum

import msgspec
from msgspec import Struct
from msgspec.structs import replace

# client-go's own. The leader may miss renewals of two tries, 2 s apart with 4 s for an answer, and
# still be it; the next one takes over at most 15 s and two turns of theirs after the last renewal.
DURATION_SECONDS = 15
# A leader that could not renew for so long stops writing, before another one may start.
RENEW_DEADLINE_SECONDS = 10.0


class LeaseMeta(Struct, rename="camel", frozen=True, omit_defaults=True):
    """What must be sent back with a PUT, or would be lost."""

    name: str
    namespace: str
    resource_version: str
    labels: dict[str, str] | None = None
    annotations: dict[str, str] | None = None
    owner_references: list[dict[str, object]] | None = None
    finalizers: list[str] | None = None


class LeaseSpec(Struct, rename="camel", frozen=True, omit_defaults=True):
    """Source: Kubernetes API reference, coordination.k8s.io/v1."""

    holder_identity: str | None = None
    lease_duration_seconds: int | None = None
    acquire_time: str | None = None
    renew_time: str | None = None
    lease_transitions: int | None = None


class Lease(Struct, rename="camel", frozen=True):
    metadata: LeaseMeta
    api_version: str = "coordination.k8s.io/v1"
    kind: str = "Lease"
    spec: LeaseSpec = LeaseSpec()


class Seen(Struct, frozen=True):
    """A Lease's content, and when it was first seen so: seconds of a monotonic clock."""

    spec: LeaseSpec
    since: float


class Step(Enum):
    take = "take"
    renew = "renew"
    leave = "leave"


def seen(before: Seen | None, spec: LeaseSpec, now: float) -> Seen:
    """What is known after the Lease has been read."""
    return before if before is not None and before.spec == spec else Seen(spec, now)


def step(known: Seen, identity: str, now: float) -> Step:
    """What this replica should do with the Lease."""
    holder = known.spec.holder_identity
    if not holder:
        return Step.take
    if holder == identity:
        return Step.renew
    lasts = known.spec.lease_duration_seconds or DURATION_SECONDS
    return Step.leave if now < known.since + lasts else Step.take


def held(spec: LeaseSpec, identity: str, today: datetime) -> LeaseSpec:
    """The Lease as this replica's, taken or renewed now."""
    written = f"{today:%Y-%m-%dT%H:%M:%S.%fZ}"  # MicroTime, in UTC
    if spec.holder_identity == identity:
        return replace(spec, renew_time=written, lease_duration_seconds=DURATION_SECONDS)
    return LeaseSpec(
        holder_identity=identity,
        lease_duration_seconds=DURATION_SECONDS,
        acquire_time=written,
        renew_time=written,
        lease_transitions=(spec.lease_transitions or 0) + 1,
    )


def released(spec: LeaseSpec, today: datetime) -> LeaseSpec:
    """The Lease given back, as client-go does it (`ReleaseOnCancel`): the next who asks has it."""
    written = f"{today:%Y-%m-%dT%H:%M:%S.%fZ}"
    return LeaseSpec(
        lease_duration_seconds=1,
        acquire_time=written,
        renew_time=written,
        lease_transitions=spec.lease_transitions,
    )


def with_spec(lease: Lease, spec: LeaseSpec) -> Lease:
    return msgspec.structs.replace(lease, spec=spec)
