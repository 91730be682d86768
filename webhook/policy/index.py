"""An index of `match` blocks: which of many can hold for a request, at a cost that does not grow.

Each entry is filed under the one key that narrows most (the values that fewest entries share),
by its exact values and by the literal prefixes of its globs. A lookup is then one dictionary
probe for an exact value, and one for each length of prefix in use. What cannot be indexed (no
key, or a glob that begins with a wildcard; at most 100 in a set) is tried each time.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

from webhook.policy.globs import is_exact, literal_prefix
from webhook.policy.spec import Match
from webhook.policy.values import Facts, as_labelled

T = TypeVar("T")
Dimension = tuple[str, str]  # ("dags", "") or ("labels", a label's key)


class Index(Generic[T]):
    """Entries by the facts they may hold for; a candidate still has to be tested."""

    __slots__ = ("_entries", "_labels", "_others", "_shared", "_unindexed")

    def __init__(self, entries: Iterable[tuple[Match, T]] = ()) -> None:
        self._entries: list[T] = []
        self._labels: dict[str, _Table] = {}
        self._others: dict[str, _Table] = {}
        self._unindexed: list[int] = []
        self._shared: Counter[tuple[Dimension, str]] = Counter()
        listed = list(entries)
        for match, _ in listed:
            self.count(match)
        for match, entry in listed:
            self.file(match, entry)

    def count(self, match: Match) -> None:
        """Note what values a match has. All are counted before the first is filed."""
        for dimension, globs in _dimensions(match).items():
            self._shared.update((dimension, glob) for glob in globs)

    def file(self, match: Match, entry: T) -> None:
        """Put an entry where it narrows most."""
        given = _dimensions(match)
        best = _narrowest(given, self._shared)
        if best is None:
            self._unindexed.append(len(self._entries))
        else:
            self._file(best, given[best], len(self._entries))
        self._entries.append(entry)

    def _file(self, dimension: Dimension, globs: tuple[str, ...], position: int) -> None:
        name, key = dimension
        tables, at = (self._labels, key) if name == "labels" else (self._others, name)
        tables.setdefault(at, _Table()).add(globs, position)

    def candidates(self, facts: Facts) -> Iterator[T]:
        """What may hold for these facts, in the order the entries were given."""
        if not self._others and not self._labels:
            return iter(self._entries)
        found = set(self._unindexed)
        if self._labels:
            self._find_labels(facts, found)
        for name, table in self._others.items():
            value = getattr(facts, _FACTS[name])
            if value is not None:
                table.find(value, found)
            account = facts.account() if name == "users" else None
            if account is not None:
                table.find(account, found)
        entries = self._entries
        return (entries[position] for position in sorted(found))

    def _find_labels(self, facts: Facts, found: set[int]) -> None:
        tables = self._labels
        for key, value in facts.labels.items():
            if key in tables:
                tables[key].find(value, found)


class _Table:
    """One key's exact values and prefixes, each with the positions of its entries."""

    __slots__ = ("exact", "lengths", "prefixes")

    def __init__(self) -> None:
        self.exact: dict[str, list[int]] = {}
        self.prefixes: dict[str, list[int]] = {}
        self.lengths: tuple[int, ...] = ()

    def add(self, globs: tuple[str, ...], position: int) -> None:
        for glob in globs:
            if is_exact(glob):
                self.exact.setdefault(glob, []).append(position)
                continue
            prefix = literal_prefix(glob)
            self.prefixes.setdefault(prefix, []).append(position)
            if len(prefix) not in self.lengths:
                self.lengths = tuple(sorted((*self.lengths, len(prefix))))

    def find(self, value: str, found: set[int]) -> None:
        found.update(self.exact.get(value, ()))
        for length in self.lengths:
            if length > len(value):
                break
            found.update(self.prefixes.get(value[:length], ()))


_FACTS = {
    "workloads": "workload",
    "namespaces": "namespace",
    "dags": "dag",
    "teams": "team",
    "users": "user",
}


def _dimensions(match: Match) -> dict[Dimension, tuple[str, ...]]:
    """The keys that a match gives and that can be indexed, each with its values."""
    given: dict[Dimension, tuple[str, ...]] = {
        ("labels", key): globs for key, globs in match.labels.items()
    }
    given.update({(name, ""): getattr(match, name) for name in _FACTS if getattr(match, name)})
    if match.dags:
        given["dags", ""] = as_labelled(match.dags)
    return {
        dimension: globs
        for dimension, globs in given.items()
        if all(literal_prefix(glob) for glob in globs)
    }


def _narrowest(
    given: dict[Dimension, tuple[str, ...]], shared: Counter[tuple[Dimension, str]]
) -> Dimension | None:
    """The key whose most shared value is shared by the fewest entries."""
    return min(
        given,
        key=lambda dimension: max(shared[dimension, glob] for glob in given[dimension]),
        default=None,
    )
