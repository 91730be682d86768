"""What a cluster holds of what policies name, listed once with the rights of who asks.

Only kinds that the policies name are asked for, one list each; of all but nodes the names alone.
Service accounts are listed by namespace where few are named, so that rights in those are enough,
else in all namespaces at once. What may not be listed is noted, with the right that is missing,
and everything else is listed all the same.
"""

from collections.abc import Mapping
from typing import TypeVar

from msgspec import Struct

from webhook.names import POLICY_LABEL, POLICY_LIVE
from webhook.policy.inventory import Inventory, Node, Wanted
from webhook.sources.api_errors import Refused
from webhook.sources.composing import live_files
from webhook.sources.connection import JSON, Connection
from webhook.sources.directory import Files
from webhook.sources.listing import FORBIDDEN, NAMES, listed, right
from webhook.sources.mirror import ConfigMap, State
from webhook.sources.objects import CONFIG_MAPS, Kind

MOST_NAMESPACES = 20  # listed one by one; more are one list of all

SERVICE_ACCOUNTS = Kind("api/v1", "serviceaccounts")
NODES = Kind("api/v1", "nodes")
PRIORITY_CLASSES = Kind("apis/scheduling.k8s.io/v1", "priorityclasses")
RUNTIME_CLASSES = Kind("apis/node.k8s.io/v1", "runtimeclasses")
# Kubernetes' own words for people.
TITLES = {
    SERVICE_ACCOUNTS: "service accounts",
    NODES: "nodes",
    PRIORITY_CLASSES: "PriorityClasses",
    RUNTIME_CLASSES: "RuntimeClasses",
}

T = TypeVar("T")


class ObjectMeta(Struct, frozen=True):
    name: str
    namespace: str = ""
    labels: dict[str, str] = {}


class Named(Struct, frozen=True):
    metadata: ObjectMeta


class Taint(Struct, frozen=True):
    key: str
    effect: str
    value: str = ""


class NodeSpec(Struct, frozen=True):
    taints: tuple[Taint, ...] = ()


class ListedNode(Struct, frozen=True):
    """The parts of a Node that are read. Source: Kubernetes API reference, core/v1."""

    metadata: ObjectMeta
    spec: NodeSpec = NodeSpec()


class Unread(Struct, frozen=True):
    """What was not checked, because it may not be listed. `is_hint`: nobody need mind."""

    message: str
    is_hint: bool


class Cluster:
    """Every method raises ApiError where the cluster cannot be asked at all."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.unread: list[Unread] = []

    def policies(self, namespace: str) -> Files:
        """The policy files of its ConfigMaps labelled `taxiway/policy: live`."""
        label = f"{POLICY_LABEL}={POLICY_LIVE}"
        items = listed(self._connection, CONFIG_MAPS, ConfigMap, namespace=namespace, labels=label)
        return live_files(State({item.name: item for item in items}))

    def inventory(self, wanted: Wanted) -> Inventory:
        """Of what is wanted, all that may be listed."""
        accounts, is_whole = self._accounts(wanted)
        return Inventory(
            service_accounts=accounts,
            is_whole=is_whole,
            priority_classes=self._names(PRIORITY_CLASSES) if wanted.priority_classes else None,
            runtime_classes=self._names(RUNTIME_CLASSES) if wanted.runtime_classes else None,
            nodes=self._nodes() if wanted.nodes else None,
        )

    def _accounts(self, wanted: Wanted) -> tuple[Mapping[str, frozenset[str]] | None, bool]:
        """By namespace, and whether those are all there are."""
        if not wanted.service_accounts:
            return None, False
        named = wanted.namespaces()
        if wanted.needs_all_namespaces or len(named) > MOST_NAMESPACES:
            every = self._allowed(SERVICE_ACCOUNTS, Named, NAMES)
            if every is not None:
                return _by_namespace(every), True
        found: dict[str, frozenset[str]] = {}
        for namespace in named[:MOST_NAMESPACES]:
            here = self._allowed(SERVICE_ACCOUNTS, Named, NAMES, namespace)
            if here is not None:
                found[namespace] = frozenset(item.metadata.name for item in here)
        return found, False

    def _names(self, kind: Kind) -> frozenset[str] | None:
        items = self._allowed(kind, Named, NAMES)
        return None if items is None else frozenset(item.metadata.name for item in items)

    def _nodes(self) -> tuple[Node, ...] | None:
        items = self._allowed(NODES, ListedNode, JSON)
        return None if items is None else tuple(map(_node, items))

    def _allowed(
        self, kind: Kind, wanted: type[T], accept: str, namespace: str = ""
    ) -> list[T] | None:
        """The whole list; None where it may not be read, which is noted."""
        try:
            return list(listed(self._connection, kind, wanted, namespace=namespace, accept=accept))
        except Refused as error:
            if error.status != FORBIDDEN:
                raise
            where = f" of namespace {namespace}" if namespace else ""
            said = f"{TITLES[kind]}{where} were not checked: {right(kind, namespace)}"
            self.unread.append(Unread(said, kind == NODES))
            return None


def _by_namespace(items: list[Named]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for item in items:
        found.setdefault(item.metadata.namespace, set()).add(item.metadata.name)
    return {namespace: frozenset(every) for namespace, every in found.items()}


def _node(item: ListedNode) -> Node:
    taints = tuple((taint.key, taint.value, taint.effect) for taint in item.spec.taints)
    return Node(item.metadata.labels, taints)
