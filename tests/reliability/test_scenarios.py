"""Each scenario, short, on one release: no pod without its placement, let in or wrongly refused.

`make reliability` plays them in full, each on an API server of its own and with the chart's own
waits; here two of these are shorter.
"""

import itertools
import os
from collections.abc import Iterator

import pytest

from tests.cluster import binaries, pods
from tests.cluster.api import Object
from tests.cluster.installation import NAMESPACE
from tests.cluster.lone_api_server import lone_api_server
from tests.cluster.world import of
from tests.conftest import Measured
from tests.reliability import play, policies
from tests.reliability.release import Release
from tests.reliability.report import line
from tests.reliability.scenarios import SCENARIOS, Scenario
from tests.serving import until

pytestmark = pytest.mark.cluster

SECONDS = float(os.environ.get("TAXIWAY_RELIABILITY_SECONDS", "20"))
# A drain longer than endpoints take to be withdrawn, and an overlap longer than a watch takes.
SHORTER: Object = {
    "drainSeconds": 5,
    "extraEnv": [{"name": "TAXIWAY_TLS_OVERLAP_SECONDS", "value": "4"}],
}
NUMBERS = itertools.count(1)


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Release]:
    found = binaries.locate(binaries.wanted_kubernetes())
    folder = tmp_path_factory.mktemp("release")
    with (
        lone_api_server(found, folder) as server,
        play.running_release(server, folder, SHORTER) as running,
    ):
        yield running


@pytest.mark.parametrize(
    "scenario", [each for each in SCENARIOS if each.is_managed], ids=lambda each: each.name
)
def test_no_pod_is_lost(scenario: Scenario, release: Release, measured: Measured) -> None:
    result = play.play(scenario, release, f"data-{next(NUMBERS)}", SECONDS)
    measured(line(result))
    assert result.is_good, result


def test_a_cluster_comes_up_from_nothing_with_fail_in_place(release: Release) -> None:
    """etcd holds the release, and no replica runs: what a cluster needs first can be created."""
    release.end()
    with release.server.down():
        pass
    api = release.api
    for each in needed_first(release):
        api.create(each).made()
    code, reason, message = api.create(policies.good(play.NAMESPACE)).refusal
    assert (code, reason) == (500, "InternalError")
    assert message.startswith(
        'Internal error occurred: failed calling webhook "validate.pods.taxiway": '
    )
    release.start()
    until("the API server asks", lambda: play.is_asked(api))
    made = api.create(policies.good(play.NAMESPACE)).made()
    assert policies.found(made) == policies.given(release.wave)


def needed_first(release: Release) -> Iterator[Object]:
    """What is not kept up by a service that is down, in the order in which it is needed."""
    yield of("v1", "Namespace", "made-while-down")
    yield of("v1", "ServiceAccount", "default", namespace="made-while-down")
    yield of("v1", "ServiceAccount", "default", namespace="kube-system")
    yield pods.pod("kube-system", **{"k8s-app": "kube-dns"})
    yield pods.pod_operator("even_airflow_s", namespace="kube-system")
    spec = release.template["spec"] | {"nodeName": ""}
    for number in (1, 2):
        own = of("v1", "Pod", f"taxiway-{number}", namespace=NAMESPACE)
        own["metadata"]["labels"] = release.template["metadata"]["labels"]
        yield own | {"spec": spec}
    yield pods.pod(play.NAMESPACE, app="postgresql")
