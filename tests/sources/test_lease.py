"""Whose a Lease is: client-go's rules, as a table of what was seen and what is done."""

from datetime import UTC, datetime

import msgspec
import pytest

from webhook.sources.lease import (
    Lease,
    LeaseSpec,
    Seen,
    Step,
    held,
    released,
    seen,
    step,
    with_spec,
)

TODAY = datetime(2026, 5, 28, 20, 26, 40, 123456, UTC)
WRITTEN = "2026-05-28T20:26:40.123456Z"
THEIRS = LeaseSpec(
    holder_identity="them",
    lease_duration_seconds=15,
    acquire_time="2026-05-28T19:00:00.000000Z",
    renew_time="2026-05-28T20:26:30.000000Z",
    lease_transitions=3,
)

# The Lease, for how many seconds it has looked the same, and what is done.
CASES = {
    "an empty one is taken": (LeaseSpec(), 0.0, Step.take),
    "one that was released is taken": (LeaseSpec(holder_identity=""), 0.0, Step.take),
    "our own is renewed": (LeaseSpec(holder_identity="us", lease_duration_seconds=15), 9, "renew"),
    "our own is renewed however old": (LeaseSpec(holder_identity="us"), 900.0, Step.renew),
    "another's is left when it is first seen": (THEIRS, 0.0, Step.leave),
    "another's is left for its duration": (THEIRS, 14.9, Step.leave),
    "another's is taken after it": (THEIRS, 15.0, Step.take),
    "a duration of their own counts": (
        msgspec.structs.replace(THEIRS, lease_duration_seconds=60),
        59.9,
        Step.leave,
    ),
    "without a duration ours counts": (LeaseSpec(holder_identity="them"), 14.9, Step.leave),
    "without a duration ours counts to its end": (
        LeaseSpec(holder_identity="them"),
        15.0,
        Step.take,
    ),
}


@pytest.mark.parametrize(("spec", "passed", "done"), CASES.values(), ids=CASES.keys())
def test_what_is_done(spec: LeaseSpec, passed: float, done: Step | str) -> None:
    known = seen(None, spec, 100.0)
    assert step(known, "us", 100.0 + passed) is Step(done)


def test_one_that_changes_is_never_old() -> None:
    known: Seen | None = None
    for second in range(0, 100, 10):
        renewed = msgspec.structs.replace(THEIRS, renew_time=str(second))
        known = seen(known, renewed, float(second))
        assert step(known, "us", second + 9.0) is Step.leave
    assert seen(known, renewed, 200.0) is known


def test_what_is_written_when_it_is_taken() -> None:
    assert held(THEIRS, "us", TODAY) == LeaseSpec(
        holder_identity="us",
        lease_duration_seconds=15,
        acquire_time=WRITTEN,
        renew_time=WRITTEN,
        lease_transitions=4,
    )


def test_what_is_written_when_it_is_renewed() -> None:
    ours = held(THEIRS, "us", datetime(2026, 5, 28, tzinfo=UTC))
    renewed = msgspec.structs.replace(ours, renew_time=WRITTEN)
    assert held(ours, "us", TODAY) == renewed


def test_one_that_is_given_back_is_anybody_s_and_counts_its_holders_on() -> None:
    ours = held(THEIRS, "us", datetime(2026, 5, 28, tzinfo=UTC))
    free = released(ours, TODAY)
    assert free == LeaseSpec(
        lease_duration_seconds=1, acquire_time=WRITTEN, renew_time=WRITTEN, lease_transitions=4
    )
    assert step(seen(None, free, 100.0), "another", 100.0) is Step.take
    assert held(free, "another", TODAY).lease_transitions == 5


def test_a_put_gives_back_what_the_installation_wrote() -> None:
    """PUT replaces the whole object: labels that are left out would be gone."""
    metadata = {
        "name": "taxiway",
        "namespace": "taxiway",
        "resourceVersion": "7",
        "labels": {"app.kubernetes.io/managed-by": "Helm"},
        "annotations": {"meta.helm.sh/release-name": "taxiway"},
        "ownerReferences": [{"kind": "Deployment", "name": "taxiway", "uid": "1"}],
        "finalizers": ["example.com/keep"],
    }
    read = msgspec.convert({"metadata": metadata | {"uid": "2", "managedFields": []}}, Lease)
    assert msgspec.to_builtins(with_spec(read, held(read.spec, "us", TODAY))) == {
        "apiVersion": "coordination.k8s.io/v1",
        "kind": "Lease",
        "metadata": metadata,
        "spec": {
            "holderIdentity": "us",
            "leaseDurationSeconds": 15,
            "acquireTime": WRITTEN,
            "renewTime": WRITTEN,
            "leaseTransitions": 1,
        },
    }
