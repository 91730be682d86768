"""Single objects, read and written by name: ConfigMaps, a Lease, Events of one namespace.

An object comes back as the Struct that is asked for and holds what that names alone; what is
written is a Struct or plain data. Two who change the same object do not overwrite each other: what
is sent carries the resourceVersion that it was made from, and the second is refused (409 Conflict).

| the API server answers     | raised                                    |
|----------------------------|-------------------------------------------|
| a status of 400 or above   | Refused: `is_missing`, `is_conflict`, ... |
| nothing, or something else | Unreachable                               |
"""

from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

import msgspec

from webhook.sources.connection import JSON, Connection, whole

# Seconds, to connect and between two reads. A Lease must be renewed within 10 s, so that one try
# may fail; 1 MiB is stored within 0.2 s by an API server that is well.
SECONDS = (1.5, 4.0)
MERGE_PATCH = "application/merge-patch+json"  # RFC 7396: null takes a key away
# Kubernetes' own: lists whose elements have names are merged by these.
STRATEGIC_MERGE_PATCH = "application/strategic-merge-patch+json"

T = TypeVar("T")


class Kind(msgspec.Struct, frozen=True):
    """Where objects of a kind are found: `prefix` is `api/v1`, or `apis/GROUP/VERSION`."""

    prefix: str
    plural: str
    is_namespaced: bool = True


CONFIG_MAPS = Kind("api/v1", "configmaps")
EVENTS = Kind("api/v1", "events")
SECRETS = Kind("api/v1", "secrets")
LEASES = Kind("apis/coordination.k8s.io/v1", "leases")


class Objects:
    """One caller; each thread has its own. `kubeconfig` and `context`: see `Connection`.

    `type` is the Struct to return. Every call raises Refused and Unreachable.
    """

    def __init__(self, namespace: str, kubeconfig: Path | None, context: str | None = None) -> None:
        self._namespace = namespace
        self._connection = Connection(kubeconfig, context)

    def get(self, kind: Kind, name: str, type: type[T]) -> T:  # noqa: A002  msgspec's own word
        return self._call("GET", kind, name, type)

    def create(self, kind: Kind, thing: Any, type: type[T]) -> T:  # noqa: A002
        return self._call("POST", kind, "", type, (JSON, thing))

    def replace(self, kind: Kind, name: str, thing: Any, type: type[T]) -> T:  # noqa: A002
        """Put `thing` in place of what there is; what it does not hold is gone."""
        return self._call("PUT", kind, name, type, (JSON, thing))

    def patch(
        self,
        kind: Kind,
        name: str,
        change: Any,
        type: type[T],  # noqa: A002
        how: str = MERGE_PATCH,
    ) -> T:
        """Change what `change` names and leave the rest, other people's labels among it.

        With a resourceVersion in it, it is refused where the object has changed since.
        """
        return self._call("PATCH", kind, name, type, (how, change))

    def _call(
        self,
        method: str,
        kind: Kind,
        name: str,
        wanted: type[T],
        content: tuple[str, Any] | None = None,
    ) -> T:
        if content is not None:
            content = content[0], msgspec.to_builtins(content[1])  # bytes as base64
        with self._connection.telling():
            path = self._path(kind, name)
            response = self._connection.open(method, path, SECONDS, content=content)
            return msgspec.json.decode(whole(response), type=wanted)

    def _path(self, kind: Kind, name: str) -> str:
        namespace = f"namespaces/{quote(self._namespace, safe='')}/" if kind.is_namespaced else ""
        path = f"/{kind.prefix}/{namespace}{kind.plural}"
        return f"{path}/{quote(name, safe='')}" if name else path
