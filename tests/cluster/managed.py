"""A release of the chart with `tls.mode: managed` and two replicas behind a balancer.

All is as helm renders it; what differs, because all replicas share this machine's one address: each
replica has ports of its own, and they find each other by a list in place of a DNS name. Lives and
the overlap are short.
"""

import base64
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from tests.cluster import chart, pods
from tests.cluster.api import Object, Reply
from tests.cluster.balancer import Balancer
from tests.cluster.creations import Creation, Creations, creating
from tests.cluster.installation import HOST, NAMESPACE, POLICY
from tests.cluster.kubectl import Kubectl
from tests.cluster.kubelet import Container
from tests.cluster.lone_api_server import LoneApiServer
from tests.cluster.processes import free_port
from tests.cluster.world import of
from tests.serving import end, until
from webhook import names
from webhook.trust.certificates import made_server, pem_of
from webhook.trust.store import Store, read, written

SECRET = of("v1", "Secret", "taxiway-tls", namespace=NAMESPACE)
CONFIGURATIONS = ("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration")
CONFIGURATION = "airflow-taxiway"
LIFE_SECONDS, AUTHORITY_LIFE_SECONDS, OVERLAP_SECONDS = 180, 3600, 1
PATIENCE_SECONDS = 60.0  # each step takes one or two turns of 2 s, where the machine is idle
CREATIONS_A_SECOND = 20


class Replica:
    """One replica that runs: its container and its process."""

    def __init__(self, container: Container) -> None:
        self._container = container
        self.port = container.port("https")
        self._process = container.start()

    def wait(self) -> None:
        """Until it is ready."""

        def is_ready() -> bool:
            assert self._process.poll() is None, self._container.log.read_text()
            return self._container.probe("readinessProbe")

        until("it is ready", is_ready, PATIENCE_SECONDS)

    def kill(self) -> None:
        """End it as a node does that loses power."""
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        end(self._process)

    def shown(self) -> bytes:
        """The certificate that a new connection is shown, in DER."""
        return ssl.PEM_cert_to_DER_cert(ssl.get_server_certificate(("127.0.0.1", self.port)))

    def detail(self) -> Any:
        url = f"http://127.0.0.1:{self._container.port('ops')}/readyz"
        return httpx.get(url, timeout=10, trust_env=False).json()

    def trouble(self) -> str | None:
        """What keeps it from looking after the certificate."""
        found: str | None = self.detail()["cluster"]["troubles"].get("certificate")
        return found

    @property
    def leads(self) -> bool:
        return bool(self.detail()["cluster"]["leader"])


class Release:
    """The release; `replicas` are those that run."""

    def __init__(self, server: LoneApiServer, folder: Path, balancer: Balancer) -> None:
        self.server = server
        self.api = server.api
        self.kubectl = Kubectl(server.credentials, folder)
        self.replicas: list[Replica] = []
        self._folder = folder
        self._ports = balancer.ports
        service = {"port": balancer.port}
        self.resources = chart.rendered({"service": service, "policy": {"content": POLICY}})
        self._starts = 0

    def install(self) -> None:
        self.api.create(of("v1", "Namespace", NAMESPACE)).made()
        given = [each for each in self.resources if each["kind"] != "Pod"]
        service = chart.one(given, "Service", "taxiway")
        service["spec"] = {"type": "ExternalName", "externalName": "localhost"}
        code, said = self.kubectl.apply(given)
        assert code == 0, said

    def install_again(self, kind: str) -> None:
        """One resource that was lost."""
        code, said = self.kubectl.apply([chart.one(self.resources, kind)])
        assert code == 0, said

    def start(self) -> None:
        """As many replicas as the balancer has ports, all at once."""
        taken = {each.port for each in self.replicas}
        self.replicas += [self._replica(port) for port in self._ports if port not in taken]
        for each in self.replicas:
            each.wait()

    def kill(self, replica: Replica) -> None:
        replica.kill()
        self.replicas.remove(replica)

    def free_lease(self) -> None:
        """So that nobody has to wait until its last holder is known to be gone."""
        lease = self.api.get("Lease", names.LEASE, NAMESPACE).made()
        self.api.patch(lease, {"spec": {"holderIdentity": None}}).made()

    def stop(self) -> None:
        for each in self.replicas:
            each.stop()

    def _replica(self, port: int) -> Replica:
        self._starts += 1
        ops_port = free_port()
        template = deepcopy(chart.one(self.resources, "Deployment")["spec"]["template"])
        template["metadata"]["name"] = f"taxiway-{self._starts}"
        container = template["spec"]["containers"][0]
        container["ports"] = [
            {"name": "https", "containerPort": port},
            {"name": "ops", "containerPort": ops_port},
        ]
        here = {
            "TAXIWAY_PORT": str(port),
            "TAXIWAY_OPS_PORT": str(ops_port),
            "TAXIWAY_DRAIN_SECONDS": "0",
            "TAXIWAY_TLS_PEERS": ",".join(f"127.0.0.1:{each}" for each in self._ports),
            "TAXIWAY_TLS_LIFE_SECONDS": str(LIFE_SECONDS),
            "TAXIWAY_TLS_CA_LIFE_SECONDS": str(AUTHORITY_LIFE_SECONDS),
            "TAXIWAY_TLS_OVERLAP_SECONDS": str(OVERLAP_SECONDS),
        }
        folder = self._folder / f"container-{self._starts}"
        credentials = self.server.credentials
        made = Container(template, NAMESPACE, self.api, credentials, folder, here=here)
        return Replica(made)

    # What is stored, and what is believed.

    def secret(self) -> dict[str, bytes]:
        data = self.api.get("Secret", "taxiway-tls", NAMESPACE).made().get("data") or {}
        return {key: base64.b64decode(value) for key, value in data.items()}

    def store(self) -> Store:
        return read(self.secret())

    def put(self, data: Mapping[str, bytes | None]) -> None:
        """Change the Secret; None takes a key away."""
        text = {
            key: None if value is None else base64.b64encode(value).decode()
            for key, value in data.items()
        }
        self.api.patch(SECRET, {"data": text}).made()

    def put_certificate(self, seconds: float) -> None:
        """One that has so many seconds left of its life, and the replicas serve it."""
        store = self.store()
        assert store.current is not None
        hosts = (HOST, f"{HOST}.cluster.local")
        issued = datetime.now(UTC) - timedelta(seconds=LIFE_SECONDS - seconds)
        made = made_server(store.current, hosts, issued, timedelta(seconds=LIFE_SECONDS))
        self.put(written(Store(store.current, made)))

    def ask(self, what: str) -> None:
        """As the runbook says."""
        command = f"annotate secret taxiway-tls --namespace {NAMESPACE} {names.ROTATE}={what}"
        code, said = self.kubectl(*command.split(), "--overwrite")
        assert code == 0, said

    def bundles(self) -> list[bytes]:
        """Of every entry of both configurations."""
        return [
            base64.b64decode(entry["clientConfig"].get("caBundle", ""))
            for kind in CONFIGURATIONS
            for entry in self.api.get(kind, CONFIGURATION).made()["webhooks"]
        ]

    def overwrite(self, kind: str, bundle: bytes) -> None:
        """Of the first entry, as somebody else's hand might."""
        text = base64.b64encode(bundle).decode()
        change = [{"op": "add", "path": "/webhooks/0/clientConfig/caBundle", "value": text}]
        self.api.patch(of("", kind, CONFIGURATION), change, how="json").made()

    def is_at_rest(self) -> bool:
        """One CA, believed alone by every entry, and every replica serves a certificate of it."""
        store = self.store()
        if store.current is None or store.server is None or store.next or store.old:
            return False
        bundle, served = pem_of([store.current.certificate]), store.server.certificate.der
        return set(self.bundles()) == {bundle} and all(
            each.shown() == served for each in self.replicas
        )

    def troubles(self) -> set[str | None]:
        return {each.trouble() for each in self.replicas}

    def rest(self) -> None:
        self.wait("one CA, one certificate", self.is_at_rest)

    def wait(self, what: str, happens: Any, seconds: float = PATIENCE_SECONDS) -> Any:
        return until(what, happens, seconds)

    def asks(self) -> Reply:
        """The answer to a pod of team payments, that is not stored."""
        return self.api.create(pods.pod_operator("daily", team="payments"), dry_run=True)

    def is_asked(self) -> bool:
        """Whether the API server gets answers from both endpoints."""
        reply = self.asks()
        return reply.code == 201 and is_placed(reply.body)

    @contextmanager
    def under_load(self) -> Iterator[Creations]:
        """Pods are created all along, and each was changed and judged."""
        make = lambda: pods.pod_operator("daily", team="payments")  # noqa: E731  said once
        with creating(self.server.credentials, make, CREATIONS_A_SECOND) as creations:
            yield creations
        failed = [told for each in creations.each if (told := failure(each)) is not None]
        assert failed == [], (len(failed), len(creations.each), failed[:3])
        assert len(creations.each) > creations.lasted  # one a second, on the busiest machine


def failure(creation: Creation) -> str | None:
    """A mutating call that failed is seen by what is missing: it fails open."""
    if creation.failure is not None:
        return creation.failure
    return None if is_placed(creation.body) else "admitted without its placement"


def is_placed(pod: Object) -> bool:
    return names.APPLIED in pod["metadata"].get("annotations", {})
