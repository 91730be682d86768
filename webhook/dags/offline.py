"""The end of the road: what Airflow would POST is kept, and nothing reaches a cluster.

Every call of the Kubernetes client goes through `ApiClient.call_api`. Here that keeps the body of
a POST, as it would be serialised, and ends the operator there and then; any other call finds
nothing. The operators' hook is Airflow's own, but for what it would read of a connection: without
one it knows no namespace, and whether it runs in a cluster is only known where the operator says.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

from airflow.providers.cncf.kubernetes.hooks.kubernetes import KubernetesHook
from kubernetes.client import ApiClient, Configuration

from webhook.dags.unknown import Ledger

CONNECTION = "connection {}"


class Posted(BaseException):
    """An object was sent. Not an Exception, so that no operator tries again."""


class _Nothing:
    """The answer to whatever is looked for."""

    items: tuple[Any, ...] = ()


@contextmanager
def kept(*, all_of_them: bool = False) -> Iterator[list[dict[str, Any]]]:
    """While it lasts, what is sent comes into the list; the first object ends it, if not
    `all_of_them` are asked for.
    """
    bodies: list[dict[str, Any]] = []

    def call_api(_: Any, __: str, method: str, *___: Any, **given: Any) -> Any:
        if method == "POST":
            bodies.append(serialised(given["body"]))
            if not all_of_them:
                raise Posted("an object was sent")
        return _Nothing()

    before = ApiClient.call_api
    ApiClient.call_api = call_api
    try:
        yield bodies
    except Posted:
        pass
    finally:
        ApiClient.call_api = before


def serialised(model: Any) -> dict[str, Any]:
    """A model of the client as the JSON that it would be sent as."""
    body: dict[str, Any] = ApiClient(configuration=Configuration()).sanitize_for_serialization(
        model
    )
    return body


class OfflineHook(KubernetesHook):  # type: ignore[misc]  # Airflow is no part of what is checked
    """Airflow's hook, of a connection that says nothing.

    `namespace` is that of pods which do not name their own, if it is known.
    """

    def __init__(self, ledger: Ledger, task: Any, namespace: str | None) -> None:
        super().__init__()
        self.conn_id = None
        self._connection = CONNECTION.format(getattr(task, "kubernetes_conn_id", None))
        self._ledger = ledger
        self._namespace = namespace
        self._in_cluster = _said_in_cluster(task)

    @property
    def conn_extras(self) -> dict[str, Any]:
        return {}

    @property
    def is_in_cluster(self) -> Any:
        if self._in_cluster is None:
            return self._ledger.token(self._connection)
        return self._in_cluster

    def get_conn(self) -> Any:
        return ApiClient(configuration=Configuration())

    def get_namespace(self) -> str:
        return self._namespace or self._ledger.token(self._connection)

    @classmethod
    def get_connection(cls, conn_id: str) -> NoReturn:
        raise RuntimeError(f"connection {conn_id} is not read before the run")


def _said_in_cluster(task: Any) -> bool | None:
    """As `KubernetesHook.get_conn` decides it; None where that depends on where it runs."""
    if getattr(task, "config_file", None):
        return False
    return True if getattr(task, "in_cluster", None) else None
