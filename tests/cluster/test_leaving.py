"""A replica that is told to end says so while it drains: no entry is left behind, and no Lease."""

import time

import pytest

from tests.cli.command import taxiway
from tests.cluster.site import NAMESPACE, Place, config_map, policy_of
from tests.cluster.storing import World, answers, leads
from tests.serving import until
from webhook import names

pytestmark = pytest.mark.cluster

DRAIN_SECONDS = 2.0  # as long as it takes on a busy machine; the chart gives 15 s
OVERHEAD_SECONDS = 4.0  # to close both ports takes 0.3 s on an idle machine
GROWTH = config_map("growth", teams_yaml=policy_of("growth"))
LEASE_SECONDS = 10.0  # a Lease that nobody gave back is free after 15 s


def entries(world: World) -> set[str]:
    stored = world.api.get("ConfigMap", names.STATUS, NAMESPACE).made()
    return set(stored.get("data", {}))


def last_line(world: World) -> tuple[int, str]:
    """Of what `taxiway policies` prints for an administrator, and its exit code."""
    kubeconfig = world.server.credentials.kubeconfig("administrator")
    ended = taxiway("policies", "--namespace", NAMESPACE, "--kubeconfig", str(kubeconfig))
    return ended.code, ended.out.splitlines()[-1].partition(", for ")[0]


def test_after_a_rolling_update_all_that_are_left_agree_and_one_of_them_leads(world: World) -> None:
    """One more replica first, then the old one is told to end, as a Deployment does it."""
    with world.replicas(1, drain_seconds=DRAIN_SECONDS) as (old,):
        until("it leads", lambda: leads(old))
        with world.replicas(1) as (new,):
            until("both say so", lambda: entries(world) == {old.name, new.name})
            assert old.service.stop() == 0
            assert entries(world) == {new.name}
            assert last_line(world) == (0, f"1 replica answers by {new.revision()}")
            new.wait("it leads", leads, LEASE_SECONDS)
            assert world.lease()["leaseTransitions"] == 2
            assert said(old) == ["leader", "leader-no-more"]


def said(place: Place) -> list[str]:
    """What its log says of the Lease and of duties that fail, in order."""
    events = [line["event"] for line in place.service.lines()]
    return [event for event in events if event.startswith(("leader", "duty"))]


def test_who_is_told_to_end_answers_to_the_end_by_what_is_stored_then(world: World) -> None:
    """Loads go on while it drains, though it says nothing of itself any more."""
    with world.replicas(1, drain_seconds=DRAIN_SECONDS) as (place,):
        before = place.revision()
        until("it is said", lambda: entries(world) == {place.name})
        place.service.process.terminate()
        until("it has left", lambda: entries(world) == set())
        world.put(GROWTH)
        until("it follows", lambda: answers(place) != before)
        assert place.service.stop() == 0
        assert entries(world) == set()


def test_an_api_server_that_is_gone_delays_no_end(world: World) -> None:
    with world.replicas(1, drain_seconds=1.0) as (place,):
        until("it is said", lambda: entries(world) == {place.name})
        place.link.freeze()
        started = time.monotonic()
        assert place.service.stop() == 0
        assert time.monotonic() - started < 1.0 + OVERHEAD_SECONDS
    assert entries(world) == {place.name}, "nobody took it out, as after a crash"
