"""Whole lists of a kind, page by page, of a namespace or of all. For commands, not for replicas.

| kind of list | what comes                                                            |
|--------------|-----------------------------------------------------------------------|
| `NAMES`      | metadata alone, some 200 bytes an object                              |
| `JSON`       | whole objects, of which the Struct that is asked for names what is read |
"""

from collections.abc import Iterator
from typing import Any, Generic, TypeVar
from urllib.parse import quote

import msgspec
from msgspec import Struct, field

from webhook.sources.api_errors import ApiError
from webhook.sources.connection import JSON, Connection, Query, whole
from webhook.sources.objects import Kind

SECONDS = (5.0, 30.0)  # to connect, and between two reads: a person waits, nobody's pod does
PAGE = 500  # kubectl's own
MOST_PAGES = 200  # 100,000 objects: some 20 MiB of names, and a minute
NAMES = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
FORBIDDEN = 403

T = TypeVar("T")


class PageMeta(Struct, frozen=True):
    next: str = field(name="continue", default="")


class Page(Struct, Generic[T], frozen=True):
    """One page of a list; the items of an empty one may be `null`.

    Source: Kubernetes API concepts, "Retrieving large results sets in chunks".
    """

    metadata: PageMeta
    items: tuple[T, ...] | None = None


class TooMany(ApiError):
    """A list has no end that anybody would wait for."""


def listed(
    connection: Connection,
    kind: Kind,
    wanted: type[T],
    *,
    namespace: str = "",
    accept: str = JSON,
    labels: str = "",
    fields: str = "",
) -> Iterator[T]:
    """Every object of this kind, as a `wanted`; no namespace is all. Raises ApiError.

    `labels` and `fields` are selectors, as kubectl takes them.
    """
    within = f"/namespaces/{quote(namespace, safe='')}" if namespace else ""
    path = f"/{kind.prefix}{within}/{kind.plural}"
    query: Query = [("limit", str(PAGE))]
    query += [("labelSelector", labels)] if labels else []
    query += [("fieldSelector", fields)] if fields else []
    after: Query = []
    for _ in range(MOST_PAGES):
        with connection.telling():
            asked = [*query, *after]
            response = connection.open("GET", path, SECONDS, query=asked, accept=accept)
            # Which type it is of is known at run time alone.
            page: Page[Any] = msgspec.json.decode(whole(response), type=Page[wanted])  # type: ignore[valid-type]
        yield from page.items or ()
        if not page.metadata.next:
            return
        after = [("continue", page.metadata.next)]
    raise TooMany(f"there are over {MOST_PAGES * PAGE} {kind.plural}: that many are not read")


def right(kind: Kind, namespace: str = "") -> str:
    """What to say to a person who may not list these: which right, from whom, and how to see."""
    _, *group, _ = kind.prefix.split("/")  # api/v1, or apis/GROUP/v1
    resource = ".".join((kind.plural, *group))
    if namespace:
        where, role, flag = f" in namespace {namespace}", "Role there", f" -n {namespace}"
    else:
        where, role, flag = " in the whole cluster", "ClusterRole", " --all-namespaces"
    return (
        f"you may not list {resource}{where}; ask its administrators for a {role} with the verb "
        f"list on {resource}, and see whether you have it by `kubectl auth can-i list {resource}"
        f"{flag}`"
    )
