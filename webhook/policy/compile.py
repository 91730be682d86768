"""A checked policy set, indexed: everything that depends on policy alone is computed here.

The result never changes and answers each question of a request at a cost that does not grow
with the number of teams. `compiling` does the work in slices, so that a load of 10,000 teams
never keeps a request waiting for more than a few milliseconds; and given the set before, it
indexes the teams that differ, and shares the rest with it. The first set of a process may have a
head start: teams that were told, and counted, before the set was whole.
"""

from collections.abc import Generator, Iterator, Mapping
from itertools import islice
from typing import TypeVar

from webhook.policy.common import Common, CompiledRequirement, common, softest
from webhook.policy.indexing import Change, HeadStart, Indexes, Indexing, no_indexes
from webhook.policy.spec import PolicySpec, Team

__all__ = ["CompiledRequirement", "PolicySet", "compile_policy", "compiling", "softest"]

T = TypeVar("T")
TEAMS_A_SLICE = 50  # about 70 µs for each team
# Teams that may differ before all are indexed anew, as a part of all: see `team_index`. Below
# that number of teams it is done in a slice or two anyway.
_MOST_STRAYED = 8
_FEW = 2 * TEAMS_A_SLICE


class PolicySet:
    """One policy set, immutable: what the engine decides by.

    `strayed` counts the teams that were indexed since all were.
    """

    __slots__ = (
        "common",
        "controllers",
        "exemptions",
        "members",
        "mode",
        "nearest",
        "profile_labels",
        "profiles",
        "requirements",
        "reserved",
        "revision",
        "spec",
        "strayed",
        "teams",
    )

    def __init__(
        self,
        spec: PolicySpec,
        common: Common,
        indexes: Indexes,
        strayed: int = 0,
    ) -> None:
        self.spec = spec
        self.revision = spec.revision
        self.teams: dict[str, Team] = spec.teams
        self.members, self.nearest, self.reserved = indexes
        self.strayed = strayed
        self.common = common
        self.controllers = common.controllers
        self.profile_labels = common.profile_labels
        self.profiles = common.profiles
        self.requirements = common.requirements
        self.exemptions = common.exemptions
        self.mode = common.mode


def compile_policy(spec: PolicySpec, before: PolicySet | None = None) -> PolicySet:
    """Index a checked set, all at once. For a set on a serving loop use `compiling`."""
    slices = compiling(spec, before)
    while True:
        try:
            next(slices)
        except StopIteration as done:
            policies: PolicySet = done.value
            return policies


def compiling(
    spec: PolicySpec, before: PolicySet | HeadStart | None = None
) -> Generator[None, None, PolicySet]:
    """Index a checked set in slices: each `next` does a few milliseconds of work.

    `before`: a set that differs little, such as the one in force; or the teams that are counted
    already, which is a use that can be made of them once.
    """
    base = before if isinstance(before, PolicySet) else _nothing()
    shared = common(spec, base.common)
    yield
    known = before.teams if before is not None else {}
    changes = yield from _compared(known, spec.teams)
    strayed = base.strayed + len(changes) if base.teams else 0
    if strayed > max(_FEW, len(spec.teams) // _MOST_STRAYED):
        base, strayed = _nothing(), 0
        changes = [(None, team) for team in spec.teams.values()]
    indexing = before.indexing if isinstance(before, HeadStart) else Indexing(_indexes(base))
    for piece in _slices(iter(changes)):
        indexing.count(piece)
        yield
    while indexing.file(TEAMS_A_SLICE):
        yield
    return PolicySet(spec, shared, indexing.done(spec.teams, shared.given), strayed)


def _compared(
    before: Mapping[str, Team], after: Mapping[str, Team]
) -> Generator[None, None, list[Change]]:
    """The teams that differ, in slices too: after a loader is replaced none is the same object."""
    changes: list[Change] = []
    added = 0
    for piece in _slices(iter(after.items()), _COMPARED_A_SLICE):
        for name, team in piece:
            old = before.get(name)
            if old is not team and old != team:
                changes.append((old, team))
                added += old is None
        yield
    if len(before) > len(after) - added:  # most changes take no name away: a search less
        changes += [(team, None) for name, team in before.items() if name not in after]
    return changes


_COMPARED_A_SLICE = 1_000  # 0.2 µs each


def _indexes(policies: PolicySet) -> Indexes:
    return policies.members, policies.nearest, policies.reserved


def _nothing() -> PolicySet:
    """The set without anything, which every set may be made from."""
    spec = PolicySpec(revision="")
    return PolicySet(spec, Common(spec), no_indexes())


def _slices(every: Iterator[T], most: int = TEAMS_A_SLICE) -> Iterator[list[T]]:
    while piece := list(islice(every, most)):
        yield piece
