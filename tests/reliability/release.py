"""The chart installed on an API server, its pods behind a Service of the test's own.

Everything is as helm renders it and `kubectl apply` stores it; the Service alone is changed, to one
that leads to this machine. Each pod has an address of the loopback interface for itself and all
have the ports of the manifest. A rolling restart goes as a Deployment's with `maxUnavailable: 0`
and `maxSurge: 1` does: one new pod at a time, and an old one is deleted as soon as that is ready.
"""

import itertools
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.cluster import chart
from tests.cluster.api import Object
from tests.cluster.balancer import running
from tests.cluster.installation import NAMESPACE
from tests.cluster.kubectl import Kubectl
from tests.cluster.kubelet import Container
from tests.cluster.lone_api_server import LoneApiServer
from tests.cluster.processes import free_port
from tests.cluster.world import of
from tests.reliability.peers import peers
from tests.reliability.pod import Pod
from tests.reliability.policies import policy
from tests.reliability.service import PROPAGATION_SECONDS, Service
from tests.serving import until

READY_SECONDS = 60.0  # 2 s on an idle machine


class Release:
    """`pods` are those that are not about to end; `wave` is the policy that is stored."""

    def __init__(
        self, server: LoneApiServer, folder: Path, service: Service, values: Object
    ) -> None:
        self.server = server
        self.api = server.api
        self.service = service
        self.pods: list[Pod] = []
        self.wave = 0
        self._peers = ""
        self._running = ExitStack()
        self._folder = folder
        self._leaving: list[Pod] = []
        self._numbers = itertools.count(1)
        here = {
            "ports": {"admission": free_port(), "ops": free_port()},
            "service": {"port": service.port},
            "policy": {"content": policy(0)},
        }
        self.resources = chart.rendered(here | values)

    def install(self) -> None:
        """All but pods."""
        self.api.create(of("v1", "Namespace", NAMESPACE)).made()
        given = [each for each in self.resources if each["kind"] != "Pod"]
        service = chart.one(given, "Service", "taxiway")
        service["spec"] = {"type": "ExternalName", "externalName": "localhost"}
        code, said = Kubectl(self.server.credentials, self._folder).apply(given)
        assert code == 0, said

    def change_policy(self) -> None:
        self.wave += 1
        config_map = of("v1", "ConfigMap", "taxiway-policy", namespace=NAMESPACE)
        self.api.patch(config_map, {"data": {"policy.yaml": policy(self.wave)}}).made()

    @property
    def template(self) -> Object:
        """What the Deployment makes its pods of."""
        found: Object = self._deployment["template"]
        return found

    @property
    def _deployment(self) -> Object:
        spec: Object = chart.one(self.resources, "Deployment")["spec"]
        return spec

    @property
    def _replicas(self) -> int:
        return int(self._deployment["replicas"])

    def start(self) -> None:
        """As many pods as the Deployment wants, ready and known to be."""
        if not self._peers:
            here = peers(self._replicas, lambda: [pod.endpoint for pod in self.pods])
            self._peers = self._running.enter_context(here)
        for _ in range(self._replicas):
            self._add()
        for pod in self.pods:
            self._wait(pod)
        until("all are endpoints", lambda: len(self.service.endpoints) == len(self.pods))

    def restart(self) -> None:
        """A rolling restart, to its end: every old pod is gone."""
        strategy = self._deployment["strategy"]["rollingUpdate"]
        assert strategy == {"maxUnavailable": 0, "maxSurge": 1}
        for old in list(self.pods):
            self._wait(self._add())
            self.pods.remove(old)
            self._leaving.append(old)
            old.delete()
        self._reap()

    def settle(self) -> None:
        """Until every pod is ready, and an endpoint."""
        for pod in self.pods:
            self._wait(pod)
        time.sleep(PROPAGATION_SECONDS)

    def end(self) -> None:
        self._leaving += self.pods
        for pod in self.pods:
            pod.delete()
        self.pods = []
        self._reap()

    def close(self) -> None:
        self.end()
        self._running.close()

    def _reap(self) -> None:
        codes = [pod.end() for pod in self._leaving]
        self._leaving = []
        assert set(codes) <= {0}, codes

    def _add(self) -> Pod:
        number = next(self._numbers)
        metadata = self.template["metadata"] | {"name": f"taxiway-{number}"}
        container = Container(
            self.template | {"metadata": metadata},
            NAMESPACE,
            self.api,
            self.server.credentials,
            self._folder / f"pod-{number}",
            address(number),
            {"TAXIWAY_TLS_PEERS": self._peers},
        )
        pod = Pod(container, self.service)
        self.pods.append(pod)
        return pod

    def _wait(self, pod: Pod) -> None:
        def ready() -> bool:
            pod.check()
            return pod.is_ready

        until("a new pod is ready", ready, READY_SECONDS)


def address(number: int) -> str:
    return f"127.0.{1 + number // 250}.{number % 250}"


@contextmanager
def released(server: LoneApiServer, folder: Path, values: Object) -> Iterator[Release]:
    """Installed; no pod is started."""
    service = Service()
    with ExitStack() as stack:
        stack.enter_context(running(service))
        release = Release(server, folder, service, values)
        stack.callback(release.close)
        release.install()
        yield release
