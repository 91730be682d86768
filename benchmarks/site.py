"""An API server with the policies in it, and the service that reads them, each on its core.

The service gets a core for itself; its loader, the API server, etcd and who asks share the other.
Where there is one core only, all share it.
"""

import json
import os
import re
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
from msgspec import Struct

from benchmarks import cores, processes
from benchmarks.config_maps import KEY
from benchmarks.figures import Missing
from tests.cluster import binaries, site
from tests.cluster.api import trusting
from tests.cluster.lone_api_server import LoneApiServer, lone_api_server
from tests.serving import Server, running_server, until
from webhook.server.certificates import make_certificates

LOADED = re.compile(rb'^.*"event":"policy-loaded".*$', re.MULTILINE)
CALL_SECONDS = 30.0
LOAD_SECONDS = 60.0  # ten times what it takes where nothing else runs


class Store:
    """The ConfigMaps in the API server. Bodies are made before they are sent."""

    def __init__(self, url: str, authority: Path, token: str) -> None:
        self._client = httpx.Client(
            base_url=f"{url}/api/v1/namespaces/{site.NAMESPACE}/configmaps",
            verify=trusting(authority),
            headers={"authorization": f"Bearer {token}", "content-type": "application/json"},
            timeout=CALL_SECONDS,
            trust_env=False,
        )

    def create(self, name: str, text: str) -> None:
        self._client.post("", content=body(name, text)).raise_for_status()

    def replace(self, name: str, made: bytes) -> None:
        self._client.put(f"/{name}", content=made).raise_for_status()

    def close(self) -> None:
        self._client.close()


def store(server: LoneApiServer) -> Store:
    """With all rights."""
    credentials = server.credentials
    return Store(credentials.server, credentials.ca, credentials.tokens["administrator"])


def body(name: str, text: str) -> bytes:
    """A policy ConfigMap with this text in its one key."""
    thing = site.config_map(name)
    return json.dumps(thing | {"data": {KEY: text}}).encode()


class Load(Struct, frozen=True):
    """A line of the service's log."""

    revision: str
    seconds: float  # of reading, parsing and checking
    changed: bool


class Loads:
    """The loads that the service tells of, as they come: asking it would be load of its own."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self._read = 0

    def fresh(self) -> list[Load]:
        with self._log.open("rb") as log:
            log.seek(self._read)
            whole, end, _ = log.read().rpartition(b"\n")
        self._read += len(whole) + len(end)
        told = map(json.loads, LOADED.findall(whole))
        return [Load(each["revision"], each["seconds"], each["changed"]) for each in told]

    def next(self) -> Load:
        """Wait for a load that changed something."""
        until_ = time.monotonic() + LOAD_SECONDS
        while time.monotonic() < until_:
            for load in self.fresh():
                if load.changed:
                    return load
            time.sleep(0.005)
        raise RuntimeError(f"no load within {LOAD_SECONDS} s; see {self._log}")


@contextmanager
def api_server(folder: Path) -> Iterator[LoneApiServer]:
    """With the namespace and the rights of an installation. Raises Missing."""
    with lone_api_server(programs(), folder) as server:
        site.make_site_world(server.api)
        yield server


def programs() -> Mapping[str, Path]:
    """Those of an API server. Raises Missing."""
    wanted = binaries.kubernetes(binaries.wanted_kubernetes())
    found = {
        name: binaries.find(name, module)
        for name, module in (("etcd", binaries.ETCD), ("kube-apiserver", wanted))
    }
    if None in found.values():
        raise Missing("no API server is built here; `make control-plane` builds one")
    return {name: path for name, path in found.items() if path is not None}


@contextmanager
def service(server: LoneApiServer, folder: Path) -> Iterator[tuple[Server, float]]:
    """The service on those ConfigMaps, ready, and the seconds from its start until then."""
    folder.mkdir()
    kubeconfig = folder / "kubeconfig"
    kubeconfig.write_text(json.dumps(_kubeconfig(server)))
    policies = Path("configmaps")
    with started(policies, folder, namespace=site.NAMESPACE, kubeconfig=kubeconfig) as ready:
        yield ready


@contextmanager
def started(policies: Path, folder: Path, **settings: Any) -> Iterator[tuple[Server, float]]:
    """The service on a core of its own, ready, and the seconds from its start until then."""
    certificates = make_certificates(folder / "certificates").authority.parent
    others = frozenset(processes.children(os.getpid()))
    placing = threading.Thread(target=_place_grandchild, args=[others], daemon=True)
    placing.start()
    began = time.monotonic()
    running = running_server(policies, folder, certificates=certificates, wait=False, **settings)
    with ExitStack() as stack:
        with cores.on(cores.SERVER):
            serving = stack.enter_context(running)
        with cores.on(cores.OTHERS):
            until("ready", lambda: serving.get("/readyz").status == 200, LOAD_SECONDS)
            seconds = time.monotonic() - began
            placing.join()
            yield serving, seconds


def _place_grandchild(others: frozenset[int]) -> None:
    """The loader goes to its cores as soon as there is one: before the service says so.

    `others`: children that were there before the service.
    """
    until_ = time.monotonic() + LOAD_SECONDS
    while time.monotonic() < until_:
        for child in frozenset(processes.children(os.getpid())) - others:
            for loader in processes.children(child):
                cores.place(loader, cores.OTHERS)
                return
        time.sleep(0.002)


def _kubeconfig(server: LoneApiServer) -> dict[str, object]:
    credentials = server.credentials
    token = server.api.token(site.ACCOUNT, site.NAMESPACE)
    cluster = {"server": credentials.server, "certificate-authority": str(credentials.ca)}
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "taxiway",
        "clusters": [{"name": "taxiway", "cluster": cluster}],
        "users": [{"name": site.ACCOUNT, "user": {"token": token}}],
        "contexts": [{"name": "taxiway", "context": {"cluster": "taxiway", "user": site.ACCOUNT}}],
    }
