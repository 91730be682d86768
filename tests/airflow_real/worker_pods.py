"""What a kubelet does with a KubernetesExecutor's worker pods, where there is no container.

kwok says that a bound pod runs. Here its container's arguments then run as a process of this
machine, with the environment of the stored pod, so with what Taxiway added to it, and with a token
of the service account that the stored pod has, bound to that pod. When the process has ended the
pod has: `Succeeded` or `Failed`, by its exit code. What of its surroundings an image and a Secret
would hold comes from the deployment: the settings, and the programs of this Airflow.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.airflow_real.deployment import Deployment
from tests.airflow_real.place import Place
from tests.cluster.api import Object
from tests.cluster.processes import Program

NAMESPACE = "airflow"  # of worker pods
WORKERS = "kubernetes_executor=True"
LOOK_SECONDS = 0.5


@dataclass
class Kubelet:
    """`held`: DAGs whose pods only seem to run, until they are taken out of it."""

    place: Place
    deployment: Deployment
    folder: Path
    held: set[str] = field(default_factory=set)
    _running: dict[str, tuple[Object, Program]] = field(default_factory=dict)
    _known: set[str] = field(default_factory=set)
    _is_over: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        while not self._is_over.wait(LOOK_SECONDS):
            for pod in self.place.api.list("Pod", NAMESPACE, WORKERS):
                if self._is_new(pod):
                    self._known.add(pod["metadata"]["uid"])
                    self._running[pod["metadata"]["name"]] = pod, self._start(pod)
            for name, (pod, program) in list(self._running.items()):
                code = program.code()
                if code is not None:
                    del self._running[name]
                    self._end(pod, code)

    def stop(self) -> None:
        self._is_over.set()

    def kill_all(self) -> None:
        for _, program in self._running.values():
            program.stop()

    def _is_new(self, pod: Object) -> bool:
        is_held = pod["metadata"]["labels"]["dag_id"] in self.held
        is_known = pod["metadata"]["uid"] in self._known
        return pod["status"]["phase"] == "Running" and not is_known and not is_held

    def _start(self, pod: Object) -> Program:
        name, (container, *_) = pod["metadata"]["name"], pod["spec"]["containers"]
        given = {each["name"]: each["value"] for each in container["env"] if "value" in each}
        surroundings = {**self.deployment.variables, **given, **self._identity(pod)}
        return Program(name, container["args"], self.folder, surroundings)

    def _identity(self, pod: Object) -> dict[str, str]:
        """By which the process speaks to the API server: as its pod."""
        account, name = pod["spec"]["serviceAccountName"], pod["metadata"]["name"]
        token = self.place.api.token(account, NAMESPACE, bound_to=pod)
        path = self.folder / f"{name}.kubeconfig"
        self.place.write_kubeconfig(path, account, token)
        extra = {"kube_config_path": str(path), "namespace": "data"}
        connection = {"conn_type": "kubernetes", "extra": extra}
        return {"AIRFLOW_CONN_KUBERNETES_DEFAULT": json.dumps(connection)}

    def _end(self, pod: Object, code: int) -> None:
        (container, *_) = pod["spec"]["containers"]
        ended = {"exitCode": code, "reason": "Completed" if code == 0 else "Error"}
        status = {
            "name": container["name"],
            "image": container["image"],
            "imageID": "",
            "ready": False,
            "restartCount": 0,
            "state": {"terminated": ended},
        }
        phase = "Succeeded" if code == 0 else "Failed"
        change = {"status": {"phase": phase, "containerStatuses": [status]}}
        self.place.api.patch(pod | {"kind": "Pod"}, change, part="status").made()


@contextmanager
def running_kubelet(kubelet: Kubelet) -> Iterator[Kubelet]:
    """Until the end of the block; no process outlives it."""
    thread = threading.Thread(target=kubelet.run, daemon=True)
    thread.start()
    try:
        yield kubelet
    finally:
        kubelet.stop()
        thread.join()
        kubelet.kill_all()
