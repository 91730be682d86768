"""Two ways to run a task instance until it has created its object."""

import os
import signal
import time
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any, Protocol

TASK_SECONDS = 120.0  # a task takes 1 s on an idle machine
GRACE_SECONDS = 0.2  # what is recorded may be followed by a second object of the same task


class Started(Protocol):
    """A DAG run, as `versions` has it for each Airflow."""

    def run(self, ti: Any, task: Any) -> None: ...

    def queue(self, executor: Any, ti: Any, task: Any) -> None: ...


class Launch(ABC):
    """Runs a task instance. `count` is a file that grows by a byte with each object created."""

    by: str  # whose doing it is that an object is created

    def __init__(self, count: Path) -> None:
        self._count = count

    def count(self) -> int:
        """How many objects were created so far, by any task."""
        return self._count.stat().st_size

    @abstractmethod
    def __call__(self, started: Started, ti: Any, task: Any) -> None:
        """Returns when it has ended, or has created something."""

    def end(self) -> None:  # noqa: B027 - most have nothing to end
        """Leave nothing behind."""


class Forks(Launch):
    """Each task instance in a process of its own, until it ends or has created its object."""

    by = "operator"

    def __call__(self, started: Started, ti: Any, task: Any) -> None:
        before = self.count()
        child = os.fork()
        if child == 0:
            try:
                started.run(ti, task)
            except BaseException as error:  # noqa: BLE001 - the process ends, whatever it is
                print(f"{ti.dag_id}.{ti.task_id}: {error!r}", flush=True)
            os._exit(0)
        self._wait(child, before)

    def _wait(self, child: int, before: int) -> None:
        deadline = time.monotonic() + TASK_SECONDS
        while os.waitpid(child, os.WNOHANG) == (0, 0):
            created = self.count() > before
            if created:
                time.sleep(GRACE_SECONDS)
            if created or time.monotonic() > deadline:
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
                return
            time.sleep(0.02)


class Executor(Launch):
    """The real KubernetesExecutor, which creates a worker's pod for each task instance."""

    by = "executor"

    def __init__(self, count: Path) -> None:
        super().__init__(count)
        from airflow.providers.cncf.kubernetes.executors.kubernetes_executor import (
            KubernetesExecutor,
        )

        self._executor = KubernetesExecutor()
        self._executor.job_id = 1
        self._executor.start()

    def __call__(self, started: Started, ti: Any, task: Any) -> None:
        before = self.count()
        started.queue(self._executor, ti, task)
        deadline = time.monotonic() + TASK_SECONDS
        while self.count() == before and time.monotonic() < deadline:
            self._executor.heartbeat()
            time.sleep(0.02)

    def end(self) -> None:
        """Its watchers are processes, and no daemons."""
        scheduler = self._executor.kube_scheduler
        watchers = getattr(scheduler, "kube_watchers", None) or {"": scheduler.kube_watcher}
        for watcher in watchers.values():
            watcher.kill()
            watcher.join()
