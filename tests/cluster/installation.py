"""A release of the chart with one replica, as `kubectl apply` of what helm renders.

Certificates are the test's own, in a Secret. Ports are values of the chart, free ones; the
Service's type is the one thing that is changed after rendering: it leads to this machine.
"""

import base64
from contextlib import ExitStack
from pathlib import Path

from tests.cluster import chart
from tests.cluster.api import Api, Object
from tests.cluster.kubectl import Kubectl
from tests.cluster.kubelet import Container
from tests.cluster.lone_api_server import LoneApiServer
from tests.cluster.processes import free_port
from tests.cluster.world import of
from webhook.server.certificates import Paths, make_certificates

NAMESPACE = chart.NAMESPACE
HOST = f"taxiway.{NAMESPACE}.svc"
POLICY = """\
apiVersion: taxiway/v1
requirements: [{label: team}]
stages: [{namespaces: [trial], mode: warn}]
teams:
  payments:
    apply:
      tolerations: [{key: dedicated, operator: Equal, value: payments, effect: NoSchedule}]
"""


class Installation:
    """A release that runs. `container` is its one replica."""

    def __init__(self, server: LoneApiServer, folder: Path) -> None:
        self.api: Api = server.api
        self.kubectl = Kubectl(server.credentials, folder)
        self._server = server
        self._folder = folder
        self.certificates: Paths = make_certificates(folder / "certificates", (HOST, "localhost"))
        self.resources = chart.rendered(self._values())
        self.container: Container
        self._running = ExitStack()
        self._starts = 0

    def _values(self) -> Object:
        port, ops_port = free_port(), free_port()
        return {
            "tls": {
                "mode": "existingSecret",
                "secretName": "taxiway-certificate",
                "caBundle": self.certificates.authority.read_text(),
            },
            "ports": {"admission": port, "ops": ops_port},
            "service": {"port": port, "opsPort": ops_port},
            "policy": {"content": POLICY},
            "govern": {"users": ["system:serviceaccount:argocd:*"], "contact": "#platform"},
            "drainSeconds": 1,
        }

    def install(self) -> None:
        """As `kubectl apply` of what helm renders, but for `helm test`'s pod."""
        self.api.create(of("v1", "Namespace", NAMESPACE)).made()
        self.api.create(self._secret()).made()
        given = [each for each in self.resources if each["kind"] != "Pod"]
        service = chart.one(given, "Service", "taxiway")
        service["spec"] = {"type": "ExternalName", "externalName": "localhost"}
        code, said = self.kubectl.apply(given)
        assert code == 0, said

    def _secret(self) -> Object:
        made = of("v1", "Secret", "taxiway-certificate", namespace=NAMESPACE)
        files = {
            "tls.crt": self.certificates.certificate,
            "tls.key": self.certificates.key,
            "ca.crt": self.certificates.authority,
        }
        data = {key: base64.b64encode(path.read_bytes()).decode() for key, path in files.items()}
        return made | {"type": "kubernetes.io/tls", "data": data}

    def made_of(self, template: Object) -> Container:
        """A container of this template, with a folder of its own."""
        self._starts += 1
        folder = self._folder / f"container-{self._starts}"
        return Container(template, NAMESPACE, self.api, self._server.credentials, folder)

    def start(self) -> None:
        deployment = chart.one(self.resources, "Deployment")
        self.container = self.made_of(deployment["spec"]["template"])
        self._running.enter_context(self.container.running())

    def stop(self) -> None:
        self._running.close()


def administrator(user: str) -> Object:
    """A binding by which this user may do everything, without being in any group."""
    group = "rbac.authorization.k8s.io"
    role = {"apiGroup": group, "kind": "ClusterRole", "name": "cluster-admin"}
    subject = {"apiGroup": group, "kind": "User", "name": user}
    made = of(f"{group}/v1", "ClusterRoleBinding", user)
    return made | {"roleRef": role, "subjects": [subject]}
