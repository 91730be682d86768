"""Mappings that never change, each made from another one and sharing with it what is the same.

A replica keeps up to 16 sets of 10,000 teams, and most differ by a team: copies would take 16
times the memory, and making one would keep a request waiting. So the entries are spread by their
keys' hash over 256 small dicts, and an edit copies those alone that it touches: of 10,000 entries
40 each, which takes a microsecond.
"""

from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")
_PARTS = 256  # 20,000 teams' names with one letter left out are 240,000 entries: 940 a part
_MASK = _PARTS - 1


class Shared(Generic[K, V]):
    """A mapping that never changes. It has no order."""

    __slots__ = ("parts",)

    def __init__(self, parts: tuple[dict[K, V], ...] | None = None) -> None:
        self.parts: tuple[dict[K, V], ...] = ({},) * _PARTS if parts is None else parts

    def get(self, key: K) -> V | None:
        return self.parts[hash(key) & _MASK].get(key)

    def __contains__(self, key: K) -> bool:
        return key in self.parts[hash(key) & _MASK]


class Edit(Generic[K, V]):
    """Changes to a mapping, which make another of it. Nothing may be changed after `done`."""

    __slots__ = ("_of", "_own", "_parts")

    def __init__(self, of: Shared[K, V]) -> None:
        self._of = of
        self._parts = list(of.parts)
        self._own: set[int] = set()  # the parts that were copied, and may be changed

    def get(self, key: K) -> V | None:
        return self._parts[hash(key) & _MASK].get(key)

    def part(self, key: K) -> dict[K, V]:
        """The dict that holds a key, or will: an own copy, to be changed at will."""
        at = hash(key) & _MASK
        if at not in self._own:
            self._own.add(at)
            self._parts[at] = self._parts[at].copy()
        return self._parts[at]

    def done(self) -> Shared[K, V]:
        return Shared(tuple(self._parts)) if self._own else self._of
