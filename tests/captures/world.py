"""The cluster that a capture runs in: an API server, and what the DAGs name of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.captures.recorder import Recorder, recording
from tests.cluster import binaries
from tests.cluster.api import Api
from tests.cluster.lone_api_server import lone_api_server
from tests.cluster.world import has_default_account, of, priority_class
from tests.serving import until

ACCOUNTS = {
    "default": ("default", "etl", "airflow-worker"),
    "data": ("default", "etl", "fraud-etl"),
}
PRIORITIES = {"medium": 100, "batch": 10}


@contextmanager
def recorded_api_server(folder: Path) -> Iterator[Recorder]:
    """An API server without Taxiway or anything else behind it: created pods stay as they are."""
    found = binaries.locate(binaries.wanted_kubernetes())
    with lone_api_server(found, folder) as server:
        _make_world(server.api)
        with recording(server.credentials, folder) as recorder:
            yield recorder


def _make_world(api: Api) -> None:
    for name, value in PRIORITIES.items():
        api.create(priority_class(name, value)).made()
    runtime = of("node.k8s.io/v1", "RuntimeClass", "gvisor") | {"handler": "runsc"}
    api.create(runtime).made()
    until("the namespace default", lambda: api.get("Namespace", "default").code == 200)
    for namespace, accounts in ACCOUNTS.items():
        if namespace != "default":
            api.create(of("v1", "Namespace", namespace)).made()
        for account in accounts:
            api.create(of("v1", "ServiceAccount", account, namespace=namespace)).made()
        assert has_default_account(api, namespace)
