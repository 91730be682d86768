"""A cluster that comes up from nothing while `Fail` is in place and nobody answers.

What is stored has outlived the outage: the webhook configurations, Deployments, DaemonSets. Every
node and every pod is gone. The real controllers and the real scheduler have to bring back what the
cluster needs and the service's own pods, though not one call of a webhook is answered.
"""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.cluster import binaries, pods
from tests.cluster.api import Api, Object
from tests.cluster.control_plane import (
    CONTROLLERS,
    controller_options,
    kwok_options,
    scheduler_options,
)
from tests.cluster.installation import NAMESPACE, Installation
from tests.cluster.lone_api_server import LoneApiServer, lone_api_server
from tests.cluster.processes import Program
from tests.cluster.world import of
from tests.serving import until

pytestmark = pytest.mark.cluster

UP_SECONDS = 60.0  # 3 s on an idle machine
WORKLOADS = ("deployment-controller", "replicaset-controller", "daemonset-controller")
NODES = ("one", "two")
REPLICAS = 2  # the chart's default
DNS = 2


@pytest.fixture
def server(tmp_path: Path) -> Iterator[LoneApiServer]:
    with lone_api_server(programs(), tmp_path) as running:
        yield running


def programs() -> Mapping[str, Path]:
    return binaries.locate(binaries.wanted_kubernetes())


def test_a_cluster_comes_up_from_nothing_while_the_service_is_down(
    server: LoneApiServer, tmp_path: Path
) -> None:
    api = server.api
    # The worst that somebody may have done: every pod of it would be asked about.
    api.patch(of("v1", "Namespace", "kube-system"), {"metadata": {"labels": GOVERNED}}).made()
    installation = Installation(server, tmp_path / "installation")
    with others(server, tmp_path / "before"):
        put_nodes(api)
        installation.install()
        for thing in system_workloads():
            api.create(thing).made()
        until("all runs", lambda: running(api) == WANTED, UP_SECONDS)
    lose_everything(api)
    with server.down():
        pass
    with others(server, tmp_path / "after"):
        put_nodes(api)
        until("all runs again", lambda: running(api) == WANTED, UP_SECONDS)
        assert_airflows_pods_wait(api)


GOVERNED = {"taxiway/govern": "all"}
WANTED = {
    (NAMESPACE, "taxiway"): REPLICAS,
    ("kube-system", "coredns"): DNS,
    ("kube-system", "kube-proxy"): len(NODES),
}


@contextmanager
def others(server: LoneApiServer, folder: Path) -> Iterator[None]:
    """The scheduler, the controllers and what plays the kubelets."""
    found, credentials = programs(), server.credentials
    controllers = controller_options(credentials, (*CONTROLLERS, *WORKLOADS))
    folder.mkdir()
    with ExitStack() as stack:
        for name, options in (
            ("kube-scheduler", scheduler_options(credentials)),
            ("kube-controller-manager", controllers),
            ("kwok", kwok_options(credentials)),
        ):
            stack.callback(Program(name, (found[name], *options), folder).stop)
        yield


def put_nodes(api: Api) -> None:
    for name in NODES:
        node = api.create(of("v1", "Node", name, labels={"kubernetes.io/hostname": name})).made()
        # An admission plugin adds `not-ready` to a new node, for a controller to take away.
        api.patch(node, {"spec": {"taints": None}}).made()


def system_workloads() -> tuple[Object, Object]:
    return (
        workload("Deployment", "coredns", replicas=DNS),
        workload("DaemonSet", "kube-proxy"),
    )


def workload(kind: str, name: str, **spec: object) -> Object:
    labels = {"app": name}
    container = {"name": name, "image": f"registry.example/{name}:1"}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container]}}
    made = of("apps/v1", kind, name, namespace="kube-system")
    return made | {"spec": {"selector": {"matchLabels": labels}, "template": template, **spec}}


def running(api: Api) -> dict[tuple[str, str], int]:
    """How many pods run, by namespace and by what they are of."""
    counted: dict[tuple[str, str], int] = {}
    for namespace in (NAMESPACE, "kube-system"):
        for pod in api.list("Pod", namespace):
            if pod.get("status", {}).get("phase") == "Running":
                labels = pod["metadata"]["labels"]
                key = namespace, labels.get("app") or labels["app.kubernetes.io/name"]
                counted[key] = counted.get(key, 0) + 1
    return counted


def lose_everything(api: Api) -> None:
    """Nodes and pods, at once and without a word, as by a loss of power."""
    for namespace in (NAMESPACE, "kube-system"):
        for pod in api.list("Pod", namespace):
            api.delete(pod | {"kind": "Pod"}).made()
    for name in NODES:
        api.delete(of("v1", "Node", name)).made()
    assert running(api) == {}


def assert_airflows_pods_wait(api: Api) -> None:
    """`Fail` was in place all along, and nobody answered."""
    api.create(of("v1", "Namespace", "data")).made()
    pod = pods.pod_operator("daily", team="payments")
    code, reason, message = api.create(pod, dry_run=True).refusal
    assert (code, reason) == (500, "InternalError")
    assert message.startswith(
        'Internal error occurred: failed calling webhook "validate.pods.taxiway": '
    )
