"""An index of teams by what their members ask: namespaces, dags, users. (`index` is for a `match`.)

Unlike that one it is not built anew for each set, but edited, and shares what stayed the same. A
team is filed under the key that narrowed most when it was filed: values that have become common
since make lookups slower, never wrong, so a set that has changed much is indexed anew.
"""

from collections.abc import Iterator

from webhook.policy.globs import is_exact, literal_prefix
from webhook.policy.groups import Groups, GroupsEdit, Key, with_these, without
from webhook.policy.sharing import Edit, Shared
from webhook.policy.values import Facts

_FACTS = {"namespaces": "namespace", "dags": "dag", "users": "user"}
_EXACT, _PREFIX = "exact", "prefix"
# What a match asks, by key, those alone that can be indexed. To file a team, its rarest key first.
Asked = dict[str, tuple[str, ...]]
Value = tuple[str, str]  # a key and one of its values
_NO_LENGTHS: dict[int, int] = {}


class TeamIndex:
    """Names of teams by the facts their match may hold for; each still has to be tested.

    `lengths`: of the prefixes of each key's globs, with the number of teams that have one.
    """

    __slots__ = ("filed", "groups", "lengths", "unindexed")

    def __init__(self) -> None:
        self.groups: Groups = Shared()
        self.filed: Shared[str, str] = Shared()  # by which key
        self.lengths: dict[str, dict[int, int]] = {}
        self.unindexed: tuple[str, ...] = ()

    def candidates(self, facts: Facts) -> list[str]:
        """Which teams' match may hold for these facts, sorted."""
        found = [self.unindexed]
        for name, fact in _FACTS.items():
            value = getattr(facts, fact)
            if value is not None:
                found += self._find(name, value)
        account = facts.account()
        if account is not None:
            found += self._find("users", account)
        full = [group for group in found if group]
        return list(full[0]) if len(full) == 1 else sorted({name for each in full for name in each})

    def _find(self, name: str, value: str) -> Iterator[tuple[str, ...]]:
        yield self.groups.get((_EXACT, name, value)) or ()
        for length in self.lengths.get(name, _NO_LENGTHS):
            if length <= len(value):
                yield self.groups.get((_PREFIX, name, value[:length])) or ()


class TeamIndexEdit:
    """Teams whose match has changed."""

    __slots__ = ("_filed", "_groups", "_lengths", "_unindexed")

    def __init__(self, of: TeamIndex) -> None:
        self._groups: GroupsEdit[str] = GroupsEdit(of.groups)
        self._filed = Edit(of.filed)
        self._lengths = {name: dict(lengths) for name, lengths in of.lengths.items()}
        self._unindexed = of.unindexed

    def file(self, name: str, before: Asked | None, after: Asked | None) -> None:
        """It counts after `settle`."""
        if before is not None:
            self._take_out(name, before)
        if after is not None:
            self._put_in(name, after)

    def settle(self) -> None:
        self._groups.settle()

    def done(self) -> TeamIndex:
        made = TeamIndex()
        made.groups, made.filed = self._groups.done(), self._filed.done()
        made.lengths, made.unindexed = self._lengths, self._unindexed
        return made

    def _put_in(self, name: str, asked: Asked) -> None:
        best = next(iter(asked), None)
        if best is None:
            self._unindexed = with_these(self._unindexed, [name])
            return
        self._filed.part(name)[name] = best
        for group in _groups(best, asked[best]):
            self._groups.give(group, name)
            self._measure(group, 1)

    def _take_out(self, name: str, asked: Asked) -> None:
        key = self._filed.part(name).pop(name, None)
        if key is None:
            self._unindexed = without(self._unindexed, [name])
            return
        for group in _groups(key, asked[key]):
            self._groups.take(group, name)
            self._measure(group, -1)

    def _measure(self, group: Key, step: int) -> None:
        kind, key, text = group
        if kind != _PREFIX:
            return
        lengths = self._lengths.setdefault(key, {})
        number = lengths.get(len(text), 0) + step
        if number:
            lengths[len(text)] = number
        else:
            del lengths[len(text)]


def rarest_first(asked: Asked, counts: Edit[Value, int]) -> Asked:
    """In the order in which a team is best filed. `counts`: how many teams have each value."""
    shared = {
        key: max([counts.get((key, glob)) or 0 for glob in globs]) for key, globs in asked.items()
    }
    return {key: asked[key] for key in sorted(asked, key=shared.__getitem__)}


def _groups(key: str, globs: tuple[str, ...]) -> set[Key]:
    """The groups of a team that is filed by these values of one key."""
    return {
        (_EXACT, key, glob) if is_exact(glob) else (_PREFIX, key, literal_prefix(glob))
        for glob in globs
    }
