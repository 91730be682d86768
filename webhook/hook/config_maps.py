"""The policies of a cluster's ConfigMaps, listed with Airflow's own Kubernetes client and account.

The account needs the verb `list` on the ConfigMaps of that namespace. A list is small and rare, so
nothing is watched: the hook runs in a worker for one pod, and in a scheduler between others' work.
"""

from collections.abc import Callable
from functools import cache
from os import environ
from typing import Any

from msgspec import convert

from webhook.names import POLICY_LABEL, POLICY_LIVE
from webhook.sources.composing import live_files
from webhook.sources.directory import SUFFIXES, Files, Unreadable
from webhook.sources.mirror import ConfigMap, State

# Seconds to connect, and between two reads. A scheduler waits for it, and no other pod is launched
# meanwhile; and an API server that takes longer will not take the pod either.
SECONDS = (2.0, 5.0)
FORBIDDEN = 403
_LABEL = f"{POLICY_LABEL}={POLICY_LIVE}"


def reader(namespace: str) -> Callable[[], Files]:
    """What reads them; it raises Unreadable."""

    def read() -> Files:
        try:
            found = _api().list_namespaced_config_map(
                namespace, label_selector=_LABEL, _request_timeout=SECONDS
            )
        except Exception as error:  # noqa: BLE001  of any of the client's and urllib3's releases
            _api.cache_clear()  # a token that has expired is read again
            said = f"the ConfigMaps of namespace {namespace} cannot be listed: {_why(error)}"
            raise Unreadable(said) from None
        files = _files(found)
        if not files:
            raise Unreadable(
                f"no ConfigMap in namespace {namespace} has both the label {_LABEL} and a key that "
                f"ends in {' or '.join(SUFFIXES)}: label those that hold policies"
            )
        return files

    return read


@cache
def _api() -> Any:
    """As a pod, else as kubectl would: what Airflow's executor and operators do too."""
    from kubernetes import client, config

    made = client.Configuration()
    if environ.get("KUBERNETES_SERVICE_HOST"):
        config.load_incluster_config(client_configuration=made)
    else:
        where = environ.get("KUBECONFIG")
        config.load_kube_config(where, client_configuration=made, persist_config=False)
    made.retries = False  # the next pod asks again
    return client.CoreV1Api(client.ApiClient(made))


def _files(found: Any) -> Files:
    """As the webhook has them: by the same names, in the same order."""
    sent = _api().api_client.sanitize_for_serialization(found)
    items = convert(sent.get("items") or [], tuple[ConfigMap, ...])
    return live_files(State({item.name: item for item in items}))


def _why(error: Exception) -> str:
    """The API server's status where there is one: its body and headers are not for a log."""
    status = getattr(error, "status", None)
    if status == FORBIDDEN:
        return f"HTTP {status}: give Airflow's service account the verb list on configmaps there"
    what = f"HTTP {status}" if status else type(error).__name__
    return f"{what}: see whether this process can reach the API server"
