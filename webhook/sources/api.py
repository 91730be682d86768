"""The API server as the loader asks it: list, watch and compare the ConfigMaps of one namespace.

With `connection` the only modules that know the Kubernetes client, which takes half a second to
import and 40 MiB: the serving process never does. Its Watch cuts a stream of JSON into events.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec
from kubernetes.watch import Watch
from msgspec import Struct

from webhook.names import POLICY_LABEL, POLICY_LIVE, POLICY_SHADOW
from webhook.sources.api_errors import Cut, Unreachable
from webhook.sources.connection import JSON, Connection, Query, Seconds, whole
from webhook.sources.mirror import ConfigMap, ObjectMeta

# Seconds, to connect and between two reads. What is new must be in force 5 s after an outage, and
# a question that was put just before its end is lost: each of these leaves 2 s for the pause after
# it and for the load. An API server that takes longer has worse troubles than ours.
LIST_SECONDS = (1.5, 2.5)
WATCH_SECONDS = (1.5, 1.5)  # to its head, which is sent before any event
COMPARE_SECONDS = (1.0, 1.0)
# Bookmarks come once a minute (`bookmarkFrequency` in the API server's cacher): two are missed.
SILENCE_SECONDS = 130.0
VERSIONS_ALONE = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"


class ListMeta(Struct, rename="camel", frozen=True):
    resource_version: str


class ConfigMapList(Struct, frozen=True):
    metadata: ListMeta
    items: tuple[ConfigMap, ...] = ()


class Named(Struct, frozen=True):
    metadata: ObjectMeta


class Versions(Struct, frozen=True):
    """A PartialObjectMetadataList. Of an empty one the API server writes `null` for its items."""

    items: tuple[Named, ...] | None = None


class Api:
    """One caller; each thread has its own. `kubeconfig`: None is the pod's own account."""

    def __init__(self, namespace: str, kubeconfig: Path | None) -> None:
        self._connection = Connection(kubeconfig)
        self._path = f"/api/v1/namespaces/{quote(namespace, safe='')}/configmaps"
        either = f"{POLICY_LABEL} in ({POLICY_LIVE}, {POLICY_SHADOW})"
        self._query: Query = [("labelSelector", either)]
        self._watch: Watch | None = None

    def list(self) -> ConfigMapList:
        """All of them, as they are stored now. Raises Refused and Unreachable."""
        with self._connection.telling():
            return msgspec.json.decode(self._get([], LIST_SECONDS), type=ConfigMapList)

    def versions(self, since: str) -> dict[str, str]:
        """The resourceVersion of each by name, not older than `since`: some 100 bytes each.

        Answered from the API server's memory. Raises Refused and Unreachable.
        """
        query = [("resourceVersion", since), ("resourceVersionMatch", "NotOlderThan")]
        with self._connection.telling():
            body = self._get(query, COMPARE_SECONDS, VERSIONS_ALONE)
            found = msgspec.json.decode(body, type=Versions)
        return {item.metadata.name: item.metadata.resource_version for item in found.items or ()}

    def watch(
        self, since: str, seconds: int, opened: Callable[[], None]
    ) -> Iterator[tuple[str, ConfigMap]]:
        """What has happened after `since`, for so long: ADDED, MODIFIED, DELETED or BOOKMARK.

        `opened` is called when the API server has agreed. Raises ApiError.
        """
        has_begun = False

        # As the client's Watch wants it, which gives it more, and takes apart what it returns.
        def begin(*, timeout_seconds: int, **_: object) -> Any:
            nonlocal has_begun
            query = [("watch", "true"), ("allowWatchBookmarks", "true"), ("resourceVersion", since)]
            response = self._send([*query, ("timeoutSeconds", str(timeout_seconds))], WATCH_SECONDS)
            has_begun = True
            _be_patient(response)
            opened()
            return response

        try:
            with self._connection.telling():
                self._watch = Watch()
                for event in self._watch.stream(begin, timeout_seconds=seconds):
                    if event is not None:
                        yield event["type"], msgspec.convert(event["object"], ConfigMap)
        except Unreachable as error:
            raise Cut(str(error)) if has_begun else error from None
        finally:
            self._watch = None

    def cut(self) -> None:
        """End the watch that another thread is waiting in."""
        watch = self._watch
        if watch is not None:
            watch.stop()

    def _get(self, query: Query, seconds: Seconds, accept: str = JSON) -> bytes:
        return whole(self._send(query, seconds, accept))

    def _send(self, query: Query, seconds: Seconds, accept: str = JSON) -> Any:
        asked = [*self._query, *query]
        return self._connection.open("GET", self._path, seconds, query=asked, accept=accept)


def _be_patient(response: Any) -> None:
    """A watch may be silent for longer than its head may keep us waiting."""
    socket = getattr(response.connection, "sock", None)
    if socket is not None:
        socket.settimeout(SILENCE_SECONDS)
