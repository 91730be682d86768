"""What is in a cluster that makes pods, and the pods, listed with the rights of who asks.

| listed                              | for                                                |
|-------------------------------------|----------------------------------------------------|
| pods, in pages                      | what is there                                      |
| Deployments, StatefulSets, CronJobs | the templates of Celery workers, and of schedules  |
| namespaces                          | which are labelled `taxiway/govern: all`           |

One page is held at a time. What may not be listed is noted, with the right that is missing, and
everything else is listed all the same.
"""

from collections.abc import Iterator
from typing import Any, TypeVar
from urllib.parse import quote

import msgspec

from webhook.kube.pod import Pod
from webhook.names import GOVERN
from webhook.sources.api_errors import Refused
from webhook.sources.connection import JSON, Connection, whole
from webhook.sources.inventory import Named
from webhook.sources.listing import NAMES, SECONDS, listed, right
from webhook.sources.objects import Kind

PODS = Kind("api/v1", "pods")
NAMESPACES = Kind("api/v1", "namespaces", is_namespaced=False)
# Each with what its objects say they are: the items of a list do not.
OWNERS = {
    Kind("apis/apps/v1", "deployments"): ("apps/v1", "Deployment"),
    Kind("apis/apps/v1", "statefulsets"): ("apps/v1", "StatefulSet"),
    Kind("apis/batch/v1", "cronjobs"): ("batch/v1", "CronJob"),
}
# Source: pkg/registry/core/pod/strategy.go, ToSelectableFields.
NOT_ENDED = "status.phase!=Succeeded,status.phase!=Failed"

T = TypeVar("T")


class Running:
    """Every method raises ApiError where the cluster cannot be asked at all.

    `namespaces`: those alone; none is all of them.
    """

    def __init__(self, connection: Connection, namespaces: tuple[str, ...] = ()) -> None:
        self._connection = connection
        self._namespaces = namespaces
        self.unread: list[str] = []  # what could not be looked at, one line each

    def pods(self, *, with_ended: bool) -> Iterator[Pod]:
        yield from self._allowed(PODS, Pod, "" if with_ended else NOT_ENDED)

    def owners(self) -> Iterator[dict[str, Any]]:
        """Objects with a pod template, whole, each with its kind."""
        for kind, (version, name) in OWNERS.items():
            for item in self._allowed(kind, dict[str, Any]):
                yield {"apiVersion": version, "kind": name, **item}

    def governed(self) -> frozenset[str]:
        """The namespaces labelled `taxiway/govern: all`, as far as one may know."""
        try:
            found = listed(
                self._connection, NAMESPACES, Named, accept=NAMES, labels=f"{GOVERN}=all"
            )
            return frozenset(item.metadata.name for item in found)
        except Refused as error:
            if not error.is_forbidden:
                raise
        if self._namespaces:
            return frozenset(name for name in self._namespaces if self._is_governed(name))
        self._not_known(right(NAMESPACES))
        return frozenset()

    def _is_governed(self, name: str) -> bool:
        try:
            with self._connection.telling():
                path = f"/api/v1/namespaces/{quote(name, safe='')}"
                response = self._connection.open("GET", path, SECONDS, accept=JSON)
                found = msgspec.json.decode(whole(response), type=Named)
        except Refused as error:
            if error.is_missing:
                self.unread.append(f"there is no namespace {name}: see how it is written")
                return False
            if not error.is_forbidden:
                raise
            self._not_known(f"you may not get namespace {name}; ask its administrators for that")
            return False
        return found.metadata.labels.get(GOVERN) == "all"

    def _not_known(self, why: str) -> None:
        self.unread.append(
            f"pods that Airflow did not make were left out, though a namespace labelled {GOVERN}="
            f"all governs them too: {why}"
        )

    def _allowed(self, kind: Kind, wanted: type[T], fields: str = "") -> Iterator[T]:
        for namespace in self._namespaces or ("",):
            try:
                yield from listed(
                    self._connection, kind, wanted, namespace=namespace, fields=fields
                )
            except Refused as error:
                if not error.is_forbidden:
                    raise
                where = f" of namespace {namespace}" if namespace else ""
                said = f"{kind.plural}{where} were not looked at: {right(kind, namespace)}"
                self.unread.append(said)
