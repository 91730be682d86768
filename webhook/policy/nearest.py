"""The nearest name to a misspelt one, from an index: a scan of 10,000 names would stall the loop.

Two names are near when they are equal after dropping case and separators, when they become equal
by leaving out one character of each (any single typing error, a swap included), or when one
begins with the other. Each is a dictionary probe or a bisection; the few names found are ranked.
"""

from bisect import bisect_left, insort
from collections.abc import Iterable
from difflib import SequenceMatcher

_LONGEST = 63  # a team's name is a label's value; longer ones are cut before they are looked up
_LIKE = 0.5  # of 1: less than half of what stands there is the same
_RANKED = 16  # so many names are compared in full: SequenceMatcher takes about 20 µs for each


class Nearest:
    """Names to find the nearest of. Positions are kept by hash: strings would take 15 MiB for
    10,000 names, and what a collision lets in ranks last."""

    __slots__ = ("_names", "_reduced", "_sorted")

    def __init__(self) -> None:
        self._names: list[str] = []
        self._sorted: list[tuple[str, int]] = []
        self._reduced: dict[int, int] = {}

    def add(self, name: str) -> None:
        plain, at = _plain(name), len(self._names)
        self._names.append(name)
        insort(self._sorted, (plain, at))
        for variant in _variants(plain):
            self._reduced.setdefault(hash(variant), at)

    def find(self, name: str) -> str | None:
        """The nearest of the names, or None where none is near."""
        plain = _plain(name[:_LONGEST])
        if not plain:
            return None
        found = {self._reduced.get(hash(variant)) for variant in _variants(plain)}
        near = [self._names[at] for at in found if at is not None]
        near += self._beginning(plain)
        ranked = sorted((-_likeness(plain, known), known) for known in near[:_RANKED])
        return ranked[0][1] if ranked and ranked[0][0] < -_LIKE else None

    def _beginning(self, plain: str) -> list[str]:
        at = bisect_left(self._sorted, (plain, -1))
        around = self._sorted[max(at - 1, 0) : at + 2]
        return [
            self._names[position]
            for known, position in around
            if known and (known.startswith(plain) or plain.startswith(known))
        ]


def _plain(name: str) -> str:
    return name.lower().translate(_DROP)


_DROP = str.maketrans("", "", "-_. ")


def _variants(plain: str) -> Iterable[str]:
    yield plain
    for at in range(len(plain)):
        yield plain[:at] + plain[at + 1 :]


def _likeness(plain: str, known: str) -> float:
    return SequenceMatcher(None, plain, _plain(known)).ratio()
