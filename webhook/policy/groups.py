"""Groups: for each key its members, sorted and each once, in a mapping that shares.

A key that all of 10,000 teams have is a group of 10,000. So changes are collected and each
group's are made at once: one by one they would copy it 10,000 times.
"""

from bisect import bisect_left
from typing import Any, Generic, TypeVar

from webhook.policy.sharing import Edit, Shared

M = TypeVar("M", bound=str | tuple[str, str])
Key = tuple[str, ...]  # what kind of group, and which
Groups = Shared[Key, tuple[Any, ...]]


class GroupsEdit(Generic[M]):
    """Changes to groups. What is given and taken counts after `settle`."""

    __slots__ = ("_edit", "_given", "_taken")

    def __init__(self, of: Groups) -> None:
        self._edit = Edit(of)
        self._given: dict[Key, list[Any]] = {}
        self._taken: dict[Key, list[Any]] = {}

    def give(self, key: Key, member: M) -> None:
        self._given.setdefault(key, []).append(member)

    def take(self, key: Key, member: M) -> None:
        self._taken.setdefault(key, []).append(member)

    def settle(self) -> None:
        """Make the changes that were collected; what is taken and given again stays."""
        for key, members in self._taken.items():
            part = self._edit.part(key)
            left = without(part.pop(key, ()), members)
            if left:
                part[key] = left
        for key, members in self._given.items():
            part = self._edit.part(key)
            part[key] = with_these(part.get(key, ()), members)
        self._given, self._taken = {}, {}

    def done(self) -> Groups:
        self.settle()
        return self._edit.done()


def with_these(group: tuple[M, ...], members: list[M]) -> tuple[M, ...]:
    """A sorted group with more members, each once."""
    fresh: list[Any] = members if len(members) == 1 else sorted(set(members))
    last: Any = group[-1] if group else None
    if last is None or last < fresh[0]:
        return (*group, *fresh)
    grown: list[Any] = list(group)
    for member in fresh:
        at = bisect_left(grown, member)
        if at == len(grown) or grown[at] != member:
            grown.insert(at, member)
    return tuple(grown)


def without(group: tuple[M, ...], members: list[M]) -> tuple[M, ...]:
    """A sorted group without some of its members."""
    left: list[Any] = list(group)
    for member in members:
        at = bisect_left(left, member)
        if at < len(left) and left[at] == member:
            del left[at]
    return tuple(left)
