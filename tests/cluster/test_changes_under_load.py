"""Policies that change, and bad ones, while pods are created all along.

Two replicas stand behind a balancer. Each wave of policies gives the created pods another label
and another pool, and wants that very label: a pod that one set changed and another judged would be
denied. `TAXIWAY_POLICY_CHANGES` says how many changes there are.
"""

import os
import statistics
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.cluster import binaries, pods
from tests.cluster.api import Object
from tests.cluster.balancer import Balancer, balancing
from tests.cluster.creations import Creation, Creations, creating
from tests.cluster.lone_api_server import LoneApiServer, lone_api_server
from tests.cluster.site import (
    LIVE_SECONDS,
    Place,
    Traffic,
    answering_all_along,
    config_map,
    make_site_world,
)
from tests.cluster.storing import BAD, World
from tests.cluster.webhooks import Endpoint, registered
from tests.cluster.world import of
from tests.conftest import Measured
from tests.serving import until
from webhook.names import APPLIED
from webhook.policy.load import load

pytestmark = pytest.mark.cluster

CHANGES = int(os.environ.get("TAXIWAY_POLICY_CHANGES", "8"))
# A creation is two reviews: these are 100 a second, and those sent directly come on top.
CREATIONS_A_SECOND = 50
# Between a change in force and the next one: more than the 300 ms that make two changes one load.
PAUSES_SECONDS = (0.35, 0.45, 0.6)
DRAIN_SECONDS = 2.0


def wave(number: int) -> str:
    """A policy whose pods can be told from those of every other one."""
    return f"""\
apiVersion: taxiway/v1
requirements:
  - label: team
  - {{label: wave, values: [w{number}], match: {{teams: [growth]}}}}
teams:
  payments: {{costCenters: [CC-1]}}
  growth:
    members: {{namespaces: [data], dags: ["growth_*"]}}
    apply: {{labels: {{wave: w{number}}}, nodeSelector: {{pool: w{number}}}}}
"""


def revision_of(policy: str) -> str:
    return load([("teams.yaml", policy.encode())]).spec.revision


def change(world: World, number: int) -> str:
    """Store another policy. Returns its revision."""
    world.put(config_map("base", teams_yaml=wave(number)))
    return revision_of(wave(number))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LoneApiServer]:
    """Pods can be created in namespace data."""
    found = binaries.locate(binaries.wanted_kubernetes())
    with lone_api_server(found, tmp_path_factory.mktemp("api-server")) as running:
        make_site_world(running.api)
        running.api.create(of("v1", "Namespace", "data")).made()
        for namespace in ("data", "default"):  # no controller is here that would make these
            running.api.create(of("v1", "ServiceAccount", "default", namespace=namespace)).made()
        yield running


@pytest.fixture
def world(server: LoneApiServer, tmp_path: Path) -> World:
    """With the first wave stored."""
    made = World(server, tmp_path)
    made.reset()
    change(made, 0)
    return made


@contextmanager
def behind_a_balancer(world: World, places: list[Place]) -> Iterator[Balancer]:
    """The way that the API server takes to these replicas."""
    with balancing([place.service.port for place in places]) as balancer:
        endpoint = Endpoint(f"https://localhost:{balancer.port}", places[0].service.ca)
        with registered(world.api, endpoint):
            yield balancer


def creating_pods(world: World) -> AbstractContextManager[Creations]:
    def make() -> Object:
        return pods.pod_operator("growth_daily")

    return creating(world.server.credentials, make, CREATIONS_A_SECOND)


def first_answer(traffic: Traffic, revision: str) -> float:
    """When this replica first answered by this set."""
    until(f"an answer by {revision}", lambda: revision in traffic.answered)
    return traffic.answered[revision]


def decided(creation: Creation) -> tuple[str, ...]:
    """What a created pod says of its decision: the set, and what that set gives and wants."""
    metadata, spec = creation.body["metadata"], creation.body["spec"]
    applied = metadata.get("annotations", {}).get(APPLIED, "")
    return applied, metadata["labels"].get("wave", ""), spec.get("nodeSelector", {}).get("pool", "")


def told(waited: list[float], creations: Creations) -> str:
    took = sorted(creation.ended - creation.began for creation in creations.each)
    return (
        f"{CHANGES} changes of policy, each live on both of two replicas after "
        f"{statistics.median(waited):.2f} s (median) to {max(waited):.2f} s; meanwhile "
        f"{len(took)} pods created, {creations.rate():.0f} a second, "
        f"{len(creations.failures())} failed, in {statistics.median(took) * 1000:.0f} ms "
        f"(median) to {took[-1] * 1000:.0f} ms"
    )


def test_each_change_is_live_within_2_s_and_no_pod_is_lost_on_the_way(
    world: World, measured: Measured
) -> None:
    """Each replica is asked directly too, so that it is known since when it knows of a change."""
    expected = {(f"growth@{revision_of(wave(0))}", "w0", "w0")}
    waited: list[float] = []
    with (
        world.replicas(2) as places,
        behind_a_balancer(world, places) as balancer,
        answering_all_along(places) as traffic,
        creating_pods(world) as creations,
    ):
        for number in range(1, CHANGES + 1):
            time.sleep(PAUSES_SECONDS[number % len(PAUSES_SECONDS)])
            revision = change(world, number)
            stored = time.monotonic()
            expected.add((f"growth@{revision}", f"w{number}", f"w{number}"))
            waited.append(max(first_answer(each, revision) for each in traffic) - stored)
    measured(told(waited, creations))
    assert creations.failures() == []
    assert set(map(decided, creations.each)) == expected
    assert max(waited) < LIVE_SECONDS, sorted(waited)[-5:]
    assert balancer.turned_away == 0
    assert creations.skipped < len(creations.each), "the machine is too busy for this test"


def test_replicas_that_take_over_while_a_bad_set_is_stored_lose_no_pod(world: World) -> None:
    """New ones start, become ready by the last good set, and the old ones drain."""
    good = revision_of(wave(0))
    with ExitStack() as stack:
        old = stack.enter_context(world.replicas(2, drain_seconds=DRAIN_SECONDS))
        until("it is stored", lambda: world.is_stored(good))
        world.put(config_map("growth", teams_yaml=BAD))
        for place in old:
            place.wait("it is refused", lambda each: each.policy["last_load"]["errors"])
        balancer = stack.enter_context(behind_a_balancer(world, old))
        with creating_pods(world) as creations:
            new = stack.enter_context(world.replicas(2))
            balancer.ports = tuple(place.service.port for place in new)
            with answering_all_along(new) as traffic:
                assert [place.service.stop() for place in old] == [0, 0]
                time.sleep(1.0)
        assert [set(each.answered) for each in traffic] == [{good}, {good}]
        assert [place.policy["last_load"]["result"] for place in new] == ["bad", "bad"]
        assert creations.failures() == []
        assert set(map(decided, creations.each)) == {(f"growth@{good}", "w0", "w0")}
        assert balancer.turned_away == 0
