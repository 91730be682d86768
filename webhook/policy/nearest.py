"""The nearest name to a misspelt one, from an index: a scan of 10,000 names would stall the loop.

Two names are near when they are equal after dropping case and separators, when they become equal
by leaving out one character of each (any single typing error, a swap included), or when one
begins with the other. Each is a dictionary probe or a bisection; the few names found are ranked.
"""

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher

from webhook.policy.groups import with_these, without
from webhook.policy.sharing import Edit, Shared

_LONGEST = 63  # a team's name is a label's value; longer ones are cut before they are looked up
_LIKE = 0.5  # of 1: less than half of what stands there is the same
_RANKED = 16  # so many names are compared in full: SequenceMatcher takes about 20 µs for each
_Named = str | tuple[str, ...]  # nearly all are alone: a tuple for each would take 7 MiB more


class Nearest:
    """Names to find the nearest of; never changed, see NearestEdit.

    `reduced` is kept by hash: strings would take 15 MiB for 10,000 names, and what a collision
    lets in ranks last.
    """

    __slots__ = ("ordered", "reduced")

    def __init__(self, names: Iterable[str] = ()) -> None:
        edit = NearestEdit()
        for name in names:
            edit.add(name)
        self.ordered, self.reduced = edit.ordered, edit.reduced.done()

    def find(self, name: str) -> str | None:
        """The nearest of the names, or None where none is near."""
        plain = _plain(name[:_LONGEST])
        if not plain:
            return None
        found = dict.fromkeys(map(self._first, _variants(plain)))
        near = [known for known in found if known is not None]
        near += self._beginning(plain)
        ranked = sorted((-_likeness(plain, known), known) for known in near[:_RANKED])
        return ranked[0][1] if ranked and ranked[0][0] < -_LIKE else None

    def _first(self, variant: str) -> str | None:
        """The first name, in their order, that may have this variant."""
        found = self.reduced.get(hash(variant))
        return found if found is None or isinstance(found, str) else found[0]

    def _beginning(self, plain: str) -> list[str]:
        at = bisect_left(self.ordered, (plain, ""))
        around = self.ordered[max(at - 1, 0) : at + 2]
        return [
            name
            for known, name in around
            if known and (known.startswith(plain) or plain.startswith(known))
        ]


class NearestEdit:
    """Names to add and to drop. Each name that is dropped is there, each that is added is not."""

    __slots__ = ("_of", "ordered", "reduced")

    def __init__(self, of: Nearest | None = None) -> None:
        self._of = of
        self.ordered: list[tuple[str, str]] = [] if of is None else of.ordered
        self.reduced: Edit[int, _Named] = Edit(Shared() if of is None else of.reduced)

    def add(self, name: str) -> None:
        plain = self._changing(name)
        insort(self.ordered, (plain, name))
        for variant in _hashes(plain):
            part = self.reduced.part(variant)
            known = part.setdefault(variant, name)
            if known is not name:
                part[variant] = with_these(_names(known), [name])

    def drop(self, name: str) -> None:
        plain = self._changing(name)
        del self.ordered[bisect_left(self.ordered, (plain, name))]
        for variant in _hashes(plain):
            part = self.reduced.part(variant)
            left = without(_names(part.pop(variant)), [name])
            if left:
                part[variant] = left if len(left) > 1 else left[0]

    def done(self) -> Nearest:
        made = Nearest()
        made.ordered, made.reduced = self.ordered, self.reduced.done()
        return made

    def _changing(self, name: str) -> str:
        if self._of is not None and self.ordered is self._of.ordered:
            self.ordered = self.ordered.copy()
        return _plain(name)


def _names(known: _Named) -> tuple[str, ...]:
    return (known,) if isinstance(known, str) else known


def _plain(name: str) -> str:
    return name.lower().translate(_DROP)


_DROP = str.maketrans("", "", "-_. ")


def _hashes(plain: str) -> set[int]:
    return set(map(hash, _variants(plain)))


def _variants(plain: str) -> Iterator[str]:
    yield plain
    for at in range(len(plain)):
        yield plain[:at] + plain[at + 1 :]


def _likeness(plain: str, known: str) -> float:
    return SequenceMatcher(None, plain, _plain(known)).ratio()
