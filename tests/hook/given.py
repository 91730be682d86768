"""V1Pods as Airflow has them, and the hook as Airflow calls it: by its one argument."""

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from kubernetes.client import V1Pod

from tests.engine.given import Json
from webhook.hook import mutation, pod_mutation_hook
from webhook.hook.models import as_json
from webhook.hook.settings import FAILURE, NAMESPACE, POLICIES, REFRESH_SECONDS

__all__ = ["Hook", "as_json", "pod_operator", "v1_pod"]


def v1_pod(body: Json) -> Any:
    """The client's model of this JSON."""
    return V1Pod.from_dict(body)


def pod_operator(**parts: Any) -> Json:
    """The pod of a KubernetesPodOperator in namespace airflow, as JSON; parts of its spec."""
    labels = {"dag_id": "payments_daily", "task_id": "load", "kubernetes_pod_operator": "True"}
    metadata = {"name": "load-x7k2", "namespace": "airflow", "labels": labels}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": metadata,
        "spec": {"containers": [{"name": "base", "image": "busybox"}], **parts},
    }


class Hook:
    """The hook, by policies in a directory of the test's own."""

    def __init__(self, directory: Path, environment: Callable[[str, str | None], None]) -> None:
        self.directory = directory
        self._environment = environment
        self.set(POLICIES, str(directory))
        for name in (NAMESPACE, REFRESH_SECONDS, FAILURE):
            self.set(name, None)

    def set(self, name: str, value: str | None) -> None:
        """Say it in the environment, and begin anew."""
        self._environment(name, value)
        mutation._configured.cache_clear()

    def write(self, policy: str) -> None:
        """The whole set, as one file."""
        self.directory.mkdir(exist_ok=True)
        (self.directory / "policy.yaml").write_text(policy)

    def __call__(self, pod: Any) -> Json:
        """What would be sent afterwards."""
        assert pod_mutation_hook(pod) is None  # type: ignore[func-returns-value]  # as Airflow
        return as_json(pod)


def messages(records: list[logging.LogRecord]) -> Iterator[tuple[str, str]]:
    """What was logged, each with its level."""
    return ((each.levelname, each.getMessage()) for each in records)


@pytest.fixture
def hook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hook]:
    def environment(name: str, value: str | None) -> None:
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value)

    yield Hook(tmp_path / "policies", environment)
    mutation._configured.cache_clear()
