"""What policies name and a cluster lacks: warnings, because it may come in the same roll-out.

| what there is not                            | what comes of it                                 |
|----------------------------------------------|--------------------------------------------------|
| a service account, PriorityClass or          | admission gives it to a pod, and the API server  |
| RuntimeClass                                 | then refuses that pod (403)                      |
| a node with the labels of a nodeSelector     | the pods wait for ever                           |
| a node with a taint that a toleration is for | the nodes were never reserved, or the taint is   |
|                                              | another                                          |

Of nodes nobody can be sure: an autoscaler may bring them up from none. What is not known of the
cluster is not warned of, and required node affinity is not compared.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from webhook import names
from webhook.kube.tolerations import Taint, describe, taint_of
from webhook.policy import limits
from webhook.policy.blocks import applies
from webhook.policy.errors import PolicyWarning
from webhook.policy.inventory import Inventory, Node, Where, namespaces_of, where_of
from webhook.policy.spec import Apply
from webhook.policy.suggestion import nearest
from webhook.policy.union import Part, Parts
from webhook.policy.values import Values

_REFUSED = "the API server refuses pods that get it (403)"
_AUTOSCALER = "unless an autoscaler brings such nodes up from none"
_SHOWN = 3  # namespaces in a message
_COMPARED = 100  # names, for the nearest; more would take longer than all else


def absent(parts: Parts, cluster: Inventory) -> tuple[PolicyWarning, ...]:
    """All warnings about a set without errors, up to as many as are shown, sorted by place."""
    return tuple(sorted(islice(_found(parts, cluster), limits.PROBLEMS)))


def _found(parts: Parts, cluster: Inventory) -> Iterator[PolicyWarning]:
    accounts = None if cluster.service_accounts is None else _Accounts(cluster)
    nodes = None if cluster.nodes is None else _Nodes(cluster.nodes)
    for part, apply in applies(parts):
        yield from _account(part, apply, accounts)
        yield from _class(
            part, "priorityClassName", apply.priority_class_name, cluster.priority_classes
        )
        yield from _class(
            part, "runtimeClassName", apply.runtime_class_name, cluster.runtime_classes
        )
        if nodes is not None:
            yield from _selector(part, apply, nodes)
            yield from _taints(part, apply, nodes)


class _Accounts:
    """The service accounts of a cluster, as far as they are known."""

    def __init__(self, cluster: Inventory) -> None:
        self._by_namespace = cluster.service_accounts or {}
        self._is_whole = cluster.is_whole
        self._anywhere: frozenset[str] = frozenset().union(*self._by_namespace.values())
        self._matched: dict[tuple[str, ...], frozenset[str]] = {}  # namespaces, by globs

    def lacking(self, name: str, where: Where) -> str | None:
        """Where this account should be and is not, in words; None: nowhere that is known."""
        if where.is_anywhere:
            return "any namespace" if self._is_whole and name not in self._anywhere else None
        looked = {each for each in where.exact if self._is_whole or each in self._by_namespace}
        looked |= self._matching(where.globs)
        found = [each for each in looked if name not in self._by_namespace.get(each, ())]
        return _listed(sorted(found)) if found else None

    def _matching(self, globs: tuple[str, ...]) -> frozenset[str]:
        """The namespaces that these match. Many teams have the same, and most have none."""
        known = self._matched.get(globs)
        if known is None:
            values = Values(globs)
            found = frozenset(filter(values.hold, self._by_namespace)) if globs else frozenset()
            known = self._matched[globs] = found - names.NEVER_TOUCHED
        return known

    def near(self, name: str) -> str:
        """A name that is right in another namespace is no slip of the pen."""
        return "" if name in self._anywhere else _near(name, self._anywhere - {"default"})


class _Nodes:
    """The nodes of a cluster, to be found by what they carry."""

    def __init__(self, nodes: Iterable[Node]) -> None:
        self._with: dict[tuple[str, str], set[int]] = {}
        # Each taint as every toleration of it is written: any value, any effect, both, neither.
        self._tolerated: set[Taint] = set()
        for number, node in enumerate(nodes):
            for pair in node.labels.items():
                self._with.setdefault(pair, set()).add(number)
            for key, value, effect in node.taints:
                for each in (effect, ""):
                    self._tolerated |= {(key, "Equal", value, each), (key, "Exists", "", each)}

    def have(self, selector: Mapping[str, str]) -> bool:
        """Whether some node has all of these labels."""
        each = [self._with.get(pair, set()) for pair in selector.items()]
        return bool(set.intersection(*each))

    def have_taint_for(self, toleration: Taint) -> bool:
        return toleration in self._tolerated


def _account(part: Part, apply: Apply, accounts: _Accounts | None) -> Iterator[PolicyWarning]:
    name = apply.iam.service_account_name if apply.iam is not None else None
    if name is None or accounts is None:
        return
    place = accounts.lacking(name, where_of(namespaces_of(part.value)))
    if place is not None:
        said = f"there is no service account `{name}` in {place}{accounts.near(name)}: {_REFUSED}"
        yield part.warning(f"{said}; create it", "apply", "iam", "serviceAccountName")


def _class(
    part: Part, key: str, name: str | None, known: frozenset[str] | None
) -> Iterator[PolicyWarning]:
    if name is not None and known is not None and name not in known:
        kind = f"{key[0].upper()}{key[1:].removesuffix('Name')}"
        said = f"the cluster has no {kind} `{name}`{_near(name, known)}: {_REFUSED}; create it"
        yield part.warning(said, "apply", key)


def _selector(part: Part, apply: Apply, nodes: _Nodes) -> Iterator[PolicyWarning]:
    if not apply.node_selector or nodes.have(apply.node_selector):
        return
    for key, value in apply.node_selector.items():
        if not nodes.have({key: value}):
            said = f"no node has the label {key}={value}: the pods wait for ever, {_AUTOSCALER}"
            yield part.warning(said, "apply", "nodeSelector", key)
            return
    said = f"no node has all of these labels: the pods wait for ever, {_AUTOSCALER}"
    yield part.warning(said, "apply", "nodeSelector", key=True)


def _taints(part: Part, apply: Apply, nodes: _Nodes) -> Iterator[PolicyWarning]:
    for step, toleration in enumerate(apply.tolerations):
        taint = taint_of(toleration)
        is_compared = taint[1] in ("Equal", "Exists") and not taint[0].startswith(names.NODE_TAINTS)
        if taint[0] and is_compared and not nodes.have_taint_for(taint):
            said = f"is for {describe(taint)}, and no node has such a taint: mend one of them"
            yield part.warning(f"{said}, {_AUTOSCALER}", "apply", "tolerations", step)


def _listed(namespaces: list[str]) -> str:
    shown, more = namespaces[:_SHOWN], len(namespaces) - _SHOWN
    noun = "namespace" if len(namespaces) == 1 else "namespaces"
    return f"{noun} {', '.join(shown)}{f' and {more} more' if more > 0 else ''}"


def _near(name: str, known: frozenset[str]) -> str:
    found = nearest(name, known) if len(known) <= _COMPARED else None
    return f" (did you mean `{found}`?)" if found is not None else ""
