"""What a cluster holds of what policies name, and which of it is worth asking the cluster for.

Where a team's pods run decides where its service account must be:

| `members.namespaces` (of a profile `match.namespaces`) | looked for in                           |
|--------------------------------------------------------|-----------------------------------------|
| exact names                                            | each of them, whether it exists or not  |
| globs that begin with a literal character              | each namespace that there is and that   |
|                                                        | one of them matches                     |
| none, or one that begins with a wildcard               | any namespace at all: its pods may run  |
|                                                        | anywhere, and nobody means everywhere   |

Namespaces that Taxiway never touches count for nothing.
"""

from collections.abc import Iterator, Mapping

from msgspec import Struct

from webhook import names
from webhook.policy.globs import is_exact, is_indexable
from webhook.policy.spec import Apply, PolicySpec, Profile, Team


class Node(Struct, frozen=True):
    """A node as the scheduler sees it; a taint is its key, value and effect."""

    labels: Mapping[str, str] = {}
    taints: tuple[tuple[str, str, str], ...] = ()


class Inventory(Struct, frozen=True, kw_only=True):
    """Names of what there is. None: not known.

    `service_accounts` are by namespace. If `is_whole` is false a namespace that is not in it was
    not looked at; otherwise it has none.
    """

    service_accounts: Mapping[str, frozenset[str]] | None = None
    is_whole: bool = False
    priority_classes: frozenset[str] | None = None
    runtime_classes: frozenset[str] | None = None
    nodes: tuple[Node, ...] | None = None


class Where(Struct, frozen=True):
    """In which namespaces a block's pods run, as far as the policy says."""

    exact: tuple[str, ...] = ()
    globs: tuple[str, ...] = ()
    is_anywhere: bool = False


class Wanted(Struct, frozen=True, kw_only=True):
    """What of a cluster a policy set names, so that nothing else is asked for."""

    service_accounts: tuple[Where, ...] = ()
    priority_classes: bool = False
    runtime_classes: bool = False
    nodes: bool = False

    def namespaces(self) -> tuple[str, ...]:
        """Those whose service accounts are wanted by name, sorted."""
        return tuple(sorted({name for where in self.service_accounts for name in where.exact}))

    @property
    def needs_all_namespaces(self) -> bool:
        return any(where.globs or where.is_anywhere for where in self.service_accounts)


def wanted(spec: PolicySpec) -> Wanted:
    """What this set names."""
    every = list(_blocks(spec))
    applies = [apply for apply, _ in every]
    return Wanted(
        service_accounts=tuple(
            where_of(namespaces)
            for apply, namespaces in every
            if apply.iam is not None and apply.iam.service_account_name is not None
        ),
        priority_classes=any(apply.priority_class_name for apply in applies),
        runtime_classes=any(apply.runtime_class_name for apply in applies),
        nodes=any(apply.node_selector or apply.tolerations for apply in applies),
    )


def where_of(namespaces: tuple[str, ...]) -> Where:
    """In which namespaces pods run that these globs match; none at all is every namespace."""
    if not namespaces or not all(map(is_indexable, namespaces)):
        return Where(is_anywhere=True)
    exact = (name for name in namespaces if is_exact(name) and name not in names.NEVER_TOUCHED)
    return Where(tuple(exact), tuple(glob for glob in namespaces if not is_exact(glob)))


def namespaces_of(block: Team | Profile) -> tuple[str, ...]:
    """The namespaces that a block names; empty: none."""
    if isinstance(block, Profile):
        return block.match.namespaces
    return (block.members.namespaces if block.members else None) or ()


def _blocks(spec: PolicySpec) -> Iterator[tuple[Apply, tuple[str, ...]]]:
    """Every `apply`, and the namespaces that its block names."""
    blocks: list[Team | Profile] = [*spec.teams.values(), *spec.profiles]
    for block in blocks:
        if block.apply is not None:
            yield block.apply, namespaces_of(block)
