"""An API server, what an installation makes in its own namespace, and replicas that come and go."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from tests.cluster.api import Object
from tests.cluster.link import Link
from tests.cluster.lone_api_server import LoneApiServer
from tests.cluster.site import ACCOUNT, BASE, NAMESPACE, Place, config_map, empty_objects
from tests.server.reviews import pod, review
from webhook import names

BAD = "apiVersion: taxiway/v1\nteams:\n  growth: {costCentres: [CC-1]}\n"


class World:
    """`folder` is the test's own."""

    def __init__(self, server: LoneApiServer, folder: Path) -> None:
        self.server = server
        self.api = server.api
        self._folder = folder
        self._count = 0

    @contextmanager
    def replicas(
        self, count: int, *, wait: bool = True, drain_seconds: float = 0.0
    ) -> Iterator[list[Place]]:
        """So many, started one after the other; `wait`: until each is ready."""
        with ExitStack() as stack:
            places = []
            for _ in range(count):
                self._count += 1
                folder = self._folder / f"replica-{self._count}"
                folder.mkdir()
                place = Place(self.server, folder, stack.enter_context(Link(self.server.port)))
                place.identify(self.api.token(ACCOUNT, NAMESPACE))
                stack.enter_context(place.running(wait=wait, drain_seconds=drain_seconds))
                places.append(place)
            yield places

    def reset(self) -> None:
        """As after an installation, with the base policy."""
        for kind in ("ConfigMap", "Lease"):
            for each in self.api.list(kind, NAMESPACE):
                self.api.delete(each | {"kind": kind}).made()
        for thing in empty_objects():
            self.api.create(thing).made()
        self.put(config_map("base", teams_yaml=BASE))

    def put(self, thing: Object) -> None:
        reply = self.api.create(thing)
        (self.api.replace(thing) if reply.code == 409 else reply).made()

    def stored(self, number: int = 0) -> Object:
        return self.api.get("ConfigMap", names.LAST_GOOD[number], NAMESPACE).made()

    def generations(self) -> list[int]:
        """What each of the four ConfigMaps holds; 0 where it holds nothing."""
        return [int(self.stored(n).get("data", {}).get("generation", 0)) for n in range(4)]

    def is_stored(self, revision: str) -> bool:
        return any(self.stored(n).get("data", {}).get("revision") == revision for n in range(4))

    def free_lease(self) -> None:
        """So that nobody has to wait until its last holder is known to be gone."""
        lease = self.api.get("Lease", names.LEASE, NAMESPACE).made()
        self.api.patch(lease, {"spec": {"holderIdentity": None}}).made()

    def lease(self) -> Any:
        return self.api.get("Lease", names.LEASE, NAMESPACE).made()["spec"]


def troubles(place: Place) -> dict[str, str]:
    found: dict[str, str] = place.service.ready()["cluster"]["troubles"]
    return found


def answers(place: Place) -> str:
    """By which set it answers a review that it allows."""
    said = place.service.review("/validate", review(pod()))
    assert said["allowed"]
    return str(said["auditAnnotations"]["policy"])


def leads(place: Place) -> bool:
    return bool(place.service.ready()["cluster"]["leader"])
