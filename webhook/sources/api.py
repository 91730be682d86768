"""The API server as the loader asks it: list, watch and compare the ConfigMaps of one namespace.

The only module that knows the Kubernetes client, which takes half a second to import and 40 MiB:
the serving process never does. The generic ApiClient is called, since the client's models would
add 0.5 s and 65 MiB, and its Watch, which cuts a stream of JSON into events.

After any error the client is made anew from the files that it was made from: a token that has
expired and a certificate authority that has changed are read again.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec
import urllib3
from kubernetes import config
from kubernetes.client import ApiClient, ApiException, Configuration
from kubernetes.watch import Watch
from msgspec import Struct

from webhook.names import POLICY_LABEL, POLICY_LIVE, POLICY_SHADOW
from webhook.sources.api_errors import ApiError, Cut, Refused, Unreachable
from webhook.sources.mirror import ConfigMap, ObjectMeta

# Seconds, to connect and between two reads. What is new must be in force 5 s after an outage, and
# a question that was put just before its end is lost: each of these leaves 2 s for the pause after
# it and for the load. An API server that takes longer has worse troubles than ours.
LIST_SECONDS = (1.5, 2.5)
WATCH_SECONDS = (1.5, 1.5)  # to its head, which is sent before any event
COMPARE_SECONDS = (1.0, 1.0)
# Bookmarks come once a minute (`bookmarkFrequency` in the API server's cacher): two are missed.
SILENCE_SECONDS = 130.0
# All ConfigMaps that a policy set may be of, with what `kubectl apply` repeats in an annotation.
MOST_BYTES = 64 * 1024 * 1024
MOST_WORDS = 300  # characters of what the API server says
VERSIONS_ALONE = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
OK = 200

Query = list[tuple[str, str]]


class ListMeta(Struct, rename="camel", frozen=True):
    resource_version: str


class ConfigMapList(Struct, frozen=True):
    metadata: ListMeta
    items: tuple[ConfigMap, ...] = ()


class Named(Struct, frozen=True):
    metadata: ObjectMeta


class Versions(Struct, frozen=True):
    """A PartialObjectMetadataList."""

    items: tuple[Named, ...] = ()


class Status(Struct, frozen=True):
    message: str | None = None
    reason: str | None = None


class Api:
    """One caller; each thread has its own. `kubeconfig`: None is the pod's own account."""

    def __init__(self, namespace: str, kubeconfig: Path | None) -> None:
        self._kubeconfig = kubeconfig
        self._path = f"/api/v1/namespaces/{quote(namespace, safe='')}/configmaps"
        either = f"{POLICY_LABEL} in ({POLICY_LIVE}, {POLICY_SHADOW})"
        self._query: Query = [("labelSelector", either)]
        self._client: ApiClient | None = None
        self._watch: Watch | None = None

    def list(self) -> ConfigMapList:
        """All of them, as they are stored now. Raises Refused and Unreachable."""
        with self._telling():
            return msgspec.json.decode(self._get([], LIST_SECONDS), type=ConfigMapList)

    def versions(self, since: str) -> dict[str, str]:
        """The resourceVersion of each by name, not older than `since`: some 100 bytes each.

        Answered from the API server's memory. Raises Refused and Unreachable.
        """
        query = [("resourceVersion", since), ("resourceVersionMatch", "NotOlderThan")]
        with self._telling():
            body = self._get(query, COMPARE_SECONDS, VERSIONS_ALONE)
            found = msgspec.json.decode(body, type=Versions)
        return {item.metadata.name: item.metadata.resource_version for item in found.items}

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
            with self._telling():
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

    def _get(self, query: Query, seconds: tuple[float, float], accept: str = "") -> bytes:
        response = self._send(query, seconds, accept)
        try:
            body: bytes = response.read(MOST_BYTES + 1)
        finally:
            response.release_conn()
        if len(body) > MOST_BYTES:
            raise Unreachable(f"they are over {MOST_BYTES // 2**20} MiB: delete some")
        return body

    def _send(self, query: Query, seconds: tuple[float, float], accept: str = "") -> Any:
        """The response, its body not read yet. Raises Refused, and whatever the client does."""
        if self._client is None:
            self._client = ApiClient(configured(self._kubeconfig))
        request = self._client.param_serialize(
            "GET",
            self._path,
            query_params=[*self._query, *query],
            header_params={"Accept": accept or "application/json"},
            auth_settings=["BearerToken"],
        )
        response = self._client.call_api(*request, _request_timeout=seconds).response
        if response.status != OK:
            raise _refusal(response)
        return response

    @contextmanager
    def _telling(self) -> Iterator[None]:
        """Say in our own words what the client raises, and have a new one afterwards."""
        try:
            yield
        except Exception as error:
            if self._client is not None:
                self._client.close()
                self._client = None
            told = _told(error)
            if told is error:
                raise
            raise told from error


def configured(kubeconfig: Path | None) -> Configuration:
    """How to reach the API server: by this file, else as a pod, else as kubectl would."""
    made = Configuration()
    if kubeconfig is not None:
        config.load_kube_config(str(kubeconfig), client_configuration=made, persist_config=False)
    elif os.environ.get("KUBERNETES_SERVICE_HOST"):
        config.load_incluster_config(made)
    else:
        config.load_kube_config(client_configuration=made, persist_config=False)
    # When to ask again is decided where it is known what for; the client would wait by itself.
    made.retries = False
    return made


def _be_patient(response: Any) -> None:
    """A watch may be silent for longer than its head may keep us waiting."""
    socket = getattr(response.connection, "sock", None)
    if socket is not None:
        socket.settimeout(SILENCE_SECONDS)


def _refusal(response: Any) -> Refused:
    body = response.read(MOST_WORDS * 10)
    response.release_conn()
    try:
        said = msgspec.json.decode(body, type=Status).message or ""
    except msgspec.DecodeError:
        said = ""  # somebody else's page: a proxy's
    after = response.headers.get("Retry-After", "")
    status = f"HTTP {response.status} {response.reason or ''}".rstrip()
    words = " ".join(said.split())[:MOST_WORDS]
    message = f"{status}: {words}" if words else status
    return Refused(response.status, message, float(after) if after.isdecimal() else 0.0)


def _told(error: Exception) -> Exception:
    """The same error where it is one of ours, or a bug."""
    match error:
        case ApiException():
            return _of_client(error)
        case config.ConfigException():
            return Unreachable(f"the way to the API server is not known: {error}")
        case urllib3.exceptions.NewConnectionError():  # a TimeoutError too, whatever its cause
            return Unreachable(f"the API server cannot be reached: {_cause(error)}")
        case urllib3.exceptions.TimeoutError() | TimeoutError():
            return Unreachable("the API server does not answer")
        case urllib3.exceptions.HTTPError() | OSError():
            return Unreachable(f"the API server cannot be reached: {_cause(error)}")
        case msgspec.DecodeError():
            return Unreachable(f"the API server's answer is none: {error}")
    return error


def _of_client(error: ApiException) -> ApiError:
    """Status 0: the client could not even ask, for a reason of TLS; else a watch's ERROR event."""
    words = " ".join(str(error.reason).split())[:MOST_WORDS]
    if not error.status:
        return Unreachable(f"the API server cannot be reached: {words}")
    return Refused(error.status, f"HTTP {error.status}: {words}")


def _cause(error: BaseException) -> str:
    """The operating system's own words, which are the same each time."""
    deepest = error
    while deepest.__cause__ is not None or deepest.__context__ is not None:
        deepest = deepest.__cause__ or deepest.__context__ or deepest
    if isinstance(deepest, OSError) and deepest.strerror:
        return deepest.strerror
    return type(error).__name__
