"""One pod of the Deployment: its container, the kubelet's probes, and how it comes and goes.

| what happens                                   | the container                      | Service   |
|------------------------------------------------|------------------------------------|-----------|
| the readiness probe passes                     |                                    | gets it   |
| it fails `failureThreshold` times in a row     |                                    | loses it  |
| the pod is deleted                             | SIGTERM, after its grace SIGKILL   | loses it  |
| its process is killed                          | the kubelet sees it, and starts it | loses it  |

A deletion reaches container and endpoints at the same moment: nobody waits for the other.
Source: Kubernetes, "Pod Lifecycle", chapters "Container probes" and "Termination of Pods".
"""

import subprocess
import threading
import time

from tests.cluster.kubelet import Container
from tests.reliability.service import Service

RELIST_SECONDS = 1.0  # how often a kubelet looks which of its containers still run


class Pod:
    """Starts its container at once."""

    def __init__(self, container: Container, service: Service) -> None:
        self.container = container
        self.endpoint = container.address, container.port("https")
        self._service = service
        self._is_ready = False
        self._is_leaving = threading.Event()
        self._lock = threading.Lock()
        self._process = container.start()
        self._prober = threading.Thread(target=self._probe, daemon=True)
        self._prober.start()

    @property
    def is_ready(self) -> bool:
        return self._is_ready

    def kill(self) -> None:
        """kill -9; the kubelet then starts the container again."""
        self._process.kill()
        self._process.wait()
        time.sleep(RELIST_SECONDS)
        self._become(False)
        self._process = self.container.start()

    def delete(self) -> None:
        self._is_leaving.set()
        self._become(False)
        self._process.terminate()

    def end(self) -> int:
        """Wait until a deleted pod is gone. Returns the exit code; -9 where its grace was over."""
        self._prober.join()
        try:
            return self._process.wait(self.container.grace_seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()

    def check(self) -> None:
        """Fails where the container has ended by itself."""
        assert self._process.poll() is None, self.container.log.read_text()[-2000:]

    def _probe(self) -> None:
        asked, failures = self.container.asked("readinessProbe"), 0
        while not self._is_leaving.wait(asked["periodSeconds"]):
            failures = 0 if self.container.probe("readinessProbe") else failures + 1
            if failures == 0:
                self._become(True)
            elif failures == asked["failureThreshold"]:
                self._become(False)

    def _become(self, ready: bool) -> None:
        with self._lock:
            if ready is self._is_ready or (ready and self._is_leaving.is_set()):
                return
            self._is_ready = ready
            (self._service.add if ready else self._service.remove)(self.endpoint)
