"""A changed policy, while pods are created all along: two replicas behind a balancer.

Each change gives the created pods another label and another pool, and wants that very label: a pod
that one set changed and another judged would be denied. `TAXIWAY_POLICY_CHANGES` says how many
changes there are.
"""

import os
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.cluster import binaries, pods
from tests.cluster.api import Object
from tests.cluster.balancer import Balancer, balancing
from tests.cluster.creations import Creation, Creations, creating
from tests.cluster.lone_api_server import lone_api_server
from tests.cluster.site import (
    LIVE_SECONDS,
    Site,
    Traffic,
    answering_all_along,
    config_map,
    site,
)
from tests.cluster.webhooks import Endpoint, registered
from tests.cluster.world import of
from tests.conftest import Measured
from tests.serving import until
from webhook.names import APPLIED
from webhook.policy.load import load

pytestmark = pytest.mark.cluster

CHANGES = int(os.environ.get("TAXIWAY_POLICY_CHANGES", "8"))
CREATIONS_A_SECOND = 100
# Between a change in force and the next one: more than the 300 ms that make two changes one load.
PAUSES_SECONDS = (0.35, 0.45, 0.6)


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


def change(replicas: Site, number: int) -> str:
    """Store another policy. Returns its revision."""
    replicas.put(config_map("base", teams_yaml=wave(number)))
    return revision_of(wave(number))


@pytest.fixture(scope="module")
def replicas(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Two replicas; pods can be created in namespace data."""
    found = binaries.locate(binaries.wanted_kubernetes())
    with (
        lone_api_server(found, tmp_path_factory.mktemp("api-server")) as server,
        site(server, tmp_path_factory.mktemp("site")) as running,
    ):
        running.api.create(of("v1", "Namespace", "data")).made()
        for namespace in ("data", "default"):  # no controller is here that would make these
            running.api.create(of("v1", "ServiceAccount", "default", namespace=namespace)).made()
        yield running


@pytest.fixture
def balancer(replicas: Site) -> Iterator[Balancer]:
    """The way that the API server takes to both replicas, with the first wave in force."""
    first = change(replicas, 0)
    for place in replicas.places:
        place.wait("the first wave", lambda each: each.revision() == first)
    ports = [place.service.port for place in replicas.places]
    with balancing(ports) as running:
        endpoint = Endpoint(f"https://localhost:{running.port}", replicas.places[0].service.ca)
        with registered(replicas.api, endpoint):
            yield running


@contextmanager
def under_load(replicas: Site) -> Iterator[tuple[list[Traffic], Creations]]:
    """Pods are created, and each replica is asked directly too: so it is known what it knows."""

    def make() -> Object:
        return pods.pod_operator("growth_daily")

    credentials = replicas.server.credentials
    with (
        answering_all_along(replicas.places) as every,
        creating(credentials, make, CREATIONS_A_SECOND) as creations,
    ):
        yield every, creations


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
    replicas: Site, balancer: Balancer, measured: Measured
) -> None:
    expected = {(f"growth@{revision_of(wave(0))}", "w0", "w0")}
    waited: list[float] = []
    with under_load(replicas) as (traffic, creations):
        for number in range(1, CHANGES + 1):
            time.sleep(PAUSES_SECONDS[number % len(PAUSES_SECONDS)])
            began = time.monotonic()
            revision = change(replicas, number)
            expected.add((f"growth@{revision}", f"w{number}", f"w{number}"))
            waited.append(max(first_answer(each, revision) for each in traffic) - began)
    measured(told(waited, creations))
    assert creations.failures() == []
    assert set(map(decided, creations.each)) == expected
    assert max(waited) < LIVE_SECONDS, sorted(waited)[-5:]
    assert balancer.turned_away == 0
    assert creations.skipped < len(creations.each), "the machine is too busy for this test"
