"""Where an Airflow of the tests launches pods: a control plane, its fake nodes, and Taxiway.

Namespaces, accounts, nodes and policies are those of `tests.cluster.world`: each node is tainted
for one team, so a pod is bound only if Taxiway gave it what its team's policy says. The webhook
configurations are the chart's. kwok lets a KubernetesPodOperator's pod succeed a second after it
runs (`stages.yaml`).
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.cluster import binaries
from tests.cluster.api import Api
from tests.cluster.control_plane import ControlPlane, running_control_plane
from tests.cluster.replica import Replica, running_replica
from tests.cluster.webhooks import registered
from tests.cluster.world import make_world

HERE = Path(__file__).parent
POLICIES = HERE.parent / "cluster/policies"
STAGES = HERE / "stages.yaml"
NAMESPACE = "data"  # of the pods that KubernetesPodOperators launch


@dataclass(frozen=True)
class Place:
    """A control plane that asks Taxiway about every pod."""

    control_plane: ControlPlane
    taxiway: Replica
    folder: Path

    @property
    def api(self) -> Api:
        return self.control_plane.api

    def kubeconfig(self, account: str, namespace: str = "airflow") -> Path:
        """For a process that acts as this service account, for an hour."""
        path = self.folder / f"{namespace}-{account}.kubeconfig"
        self.write_kubeconfig(path, account, self.api.token(account, namespace))
        return path

    def write_kubeconfig(self, path: Path, user: str, token: str) -> None:
        credentials = self.control_plane.credentials
        cluster = {
            "server": credentials.server,
            "certificate-authority": str(credentials.ca),
        }
        text = {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "tests",
            "clusters": [{"name": "tests", "cluster": cluster}],
            "users": [{"name": user, "user": {"token": token}}],
            "contexts": [{"name": "tests", "context": {"cluster": "tests", "user": user}}],
        }
        path.write_text(json.dumps(text))

    def connection(self, account: str = "airflow-scheduler") -> dict[str, str]:
        """The settings by which Airflow's tasks find this cluster, as a service account.

        Under the LocalExecutor it is the scheduler's that launches pods. The provider's triggers
        up to 10.1 at least look at `KUBECONFIG` only.
        """
        kubeconfig = str(self.kubeconfig(account))
        extra = {"kube_config_path": kubeconfig, "namespace": NAMESPACE}
        connection = {"conn_type": "kubernetes", "extra": extra}
        return {
            "AIRFLOW_CONN_KUBERNETES_DEFAULT": json.dumps(connection),
            "KUBECONFIG": kubeconfig,
        }


@contextmanager
def running_place(folder: Path) -> Iterator[Place]:
    """All of it, ready; its files in `folder`."""
    found = binaries.locate(binaries.wanted_kubernetes())
    with running_control_plane(found, folder / "control-plane", STAGES) as control_plane:
        make_world(control_plane.api)
        with (
            running_replica(POLICIES, folder) as taxiway,
            registered(control_plane.api, taxiway.endpoint),
        ):
            yield Place(control_plane, taxiway, folder)
