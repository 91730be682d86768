"""Two replicas that read ConfigMaps by the service's own Role, and pods reviewed all along.

Each replica has a link of its own to the API server. Every review has to be answered, and by one
of the sets that were meant to be in force.
"""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, TypeVar

from tests import contract
from tests.cluster import chart
from tests.cluster.api import Api, Object
from tests.cluster.link import Link
from tests.cluster.lone_api_server import LoneApiServer
from tests.cluster.world import of
from tests.server.reviews import pod, review
from tests.serving import PATIENCE_SECONDS, Server, ask, running_server, until
from webhook import names
from webhook.policy.load import load

T = TypeVar("T")
NAMESPACE = ACCOUNT = "taxiway"
LIVE_SECONDS = 2.0
RECOVERY_SECONDS = 5.0
PAUSE_SECONDS = 0.02  # between two reviews of one replica: 100 a second of two, at most


def policy_of(*teams: str) -> str:
    """A policy of these teams, beside the one that the reviewed pods belong to."""
    every = "".join(f"  {team}: {{costCenters: [CC-1]}}\n" for team in teams)
    return f"apiVersion: taxiway/v1\nteams:\n{every}" if teams else "apiVersion: taxiway/v1\n"


BASE = policy_of("payments") + "requirements: [{label: team}]\n"
BASE_REVISION = load([("base/teams.yaml", BASE.encode())]).spec.revision


def config_map(name: str, *, label: str | None = "live", **data: str) -> Object:
    """A ConfigMap of the service's namespace; keys are written `key_yaml`."""
    labels = {} if label is None else {"taxiway/policy": label}
    made = of("v1", "ConfigMap", name, namespace=NAMESPACE, labels=labels)
    return made | {"data": {key.replace("_", "."): text for key, text in data.items()}}


def manifest(kind: str, name: str | None = None) -> Object:
    """What the chart makes of this kind."""
    return chart.one(chart.rendered(), kind, name)


def empty_objects() -> list[Object]:
    """What replicas write into; they may not create it."""
    config_maps = [manifest("ConfigMap", name) for name in (*names.LAST_GOOD, names.STATUS)]
    return [*config_maps, manifest("Lease")]


def make_site_world(api: Api) -> None:
    """The namespace, the account and its rights, as an installation has them."""
    api.create(of("v1", "Namespace", NAMESPACE)).made()
    for thing in (*map(manifest, ("ServiceAccount", "Role", "RoleBinding")), *empty_objects()):
        api.create(thing).made()


class Place:
    """One replica, its link to the API server and its kubeconfig."""

    def __init__(self, server: LoneApiServer, folder: Path, link: Link) -> None:
        self.link = link
        self.folder = folder
        self._ca = server.credentials.ca
        self.kubeconfig = folder / "kubeconfig"
        self.name = f"taxiway-{folder.name}"  # as the replica calls itself
        self.service: Server

    def identify(self, token: str) -> None:
        """Give the replica another token, as the kubelet does: all of the file at once."""
        draft = self.kubeconfig.with_suffix(".draft")
        server = f"https://127.0.0.1:{self.link.port}"
        cluster = {"server": server, "certificate-authority": str(self._ca)}
        text = {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "tests",
            "clusters": [{"name": "tests", "cluster": cluster}],
            "users": [{"name": ACCOUNT, "user": {"token": token}}],
            "contexts": [{"name": "tests", "context": {"cluster": "tests", "user": ACCOUNT}}],
        }
        draft.write_text(json.dumps(text))
        draft.rename(self.kubeconfig)

    @contextmanager
    def running(self, *, wait: bool = True, drain_seconds: float = 0.0) -> Iterator[Server]:
        with running_server(
            Path("configmaps"),
            self.folder,
            certificates=self.folder.parent / "certificates",  # as replicas behind one Service
            namespace=NAMESPACE,
            kubeconfig=self.kubeconfig,
            wait=wait,
            drain_seconds=drain_seconds,
            environment={"POD_NAME": self.name},
        ) as self.service:
            yield self.service

    @property
    def policy(self) -> Any:
        return self.service.ready()["policy"]

    def wait(
        self, what: str, happens: Callable[["Place"], T], seconds: float = PATIENCE_SECONDS
    ) -> T:
        """Until this comes about here."""
        return until(what, lambda: happens(self), seconds)

    def revision(self) -> str:
        return str(self.policy["revision"])

    def trouble(self) -> str | None:
        """Why it cannot read ConfigMaps."""
        found: str | None = self.policy["source"]["error"]
        return found


class Site:
    """Both replicas, and the API server as an administrator sees it."""

    def __init__(self, server: LoneApiServer, places: list[Place]) -> None:
        self.server = server
        self.api = server.api
        self.places = places

    def put(self, thing: Object) -> Object:
        """Create or replace a ConfigMap."""
        reply = self.api.create(thing)
        return (self.api.replace(thing) if reply.code == 409 else reply).made()

    def teams_are(self, count: int, within: float, places: list[Place] | None = None) -> None:
        """The payments team and others, in force on every replica, and by the same set."""
        chosen = places or self.places
        for place in chosen:
            place.wait(f"{count} teams", lambda each: each.policy["teams"] == count, within)
        assert len({place.revision() for place in chosen}) == 1

    def rest(self) -> None:
        """Only the base policy is stored, and in force."""
        self.put(config_map("base", teams_yaml=BASE))
        for each in self.api.list("ConfigMap", NAMESPACE, names.POLICY_LABEL):
            if each["metadata"]["name"] != "base":
                self.api.delete(each | {"kind": "ConfigMap"}).made()

        def rests(place: Place) -> bool:
            policy = place.policy
            good = policy["last_load"]["result"] == "good" and policy["source"]["error"] is None
            return policy["revision"] == BASE_REVISION and good

        for place in self.places:
            place.wait("the base policy is in force", rests)


@contextmanager
def site(server: LoneApiServer, folder: Path) -> Iterator[Site]:
    """Both replicas, ready."""
    make_site_world(server.api)
    server.api.create(config_map("base", teams_yaml=BASE)).made()
    with ExitStack() as stack:
        places = []
        for name in ("first", "second"):
            (folder / name).mkdir()
            place = Place(server, folder / name, stack.enter_context(Link(server.port)))
            place.identify(server.api.token(ACCOUNT, NAMESPACE))
            stack.enter_context(place.running())
            places.append(place)
        yield Site(server, places)


class Traffic:
    """Reviews of one pod that every set allows, one after the other, until the end."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.answered: dict[str, float] = {}  # revisions, and when each first answered
        self.count = 0
        self.failures: list[str] = []

    def start(self) -> None:
        self._thread.start()

    def end(self) -> None:
        self._is_over.set()
        self._thread.join(15)

    def _run(self) -> None:
        connection = self._place.service.connect()
        sent = review(pod())
        body = json.dumps(sent).encode()
        while not self._is_over.wait(PAUSE_SECONDS):
            try:
                reply = ask(connection, "POST", "/validate", body)
                said = contract.check("/validate", sent, reply.status, reply.headers, reply.body)
            except (OSError, AssertionError) as error:
                self.failures.append(f"{type(error).__name__}: {error}")
                connection.close()
                continue
            self.count += 1
            self.answered.setdefault(said["auditAnnotations"]["policy"], time.monotonic())
            if not said["allowed"]:
                self.failures.append(said["status"]["message"])
        connection.close()


@contextmanager
def answering_all_along(places: list[Place]) -> Iterator[list[Traffic]]:
    """Every review is answered and allowed from here to the end, on every replica."""
    every = [Traffic(place) for place in places]
    started = time.monotonic()
    for each in every:
        each.start()
    try:
        yield every
    finally:
        for each in every:
            each.end()
    lasted = time.monotonic() - started
    failures = [failure for each in every for failure in each.failures]
    assert failures == [], failures[:10]
    assert all(each.count > lasted for each in every), "fewer than one review a second"
