"""A checked policy set, indexed: everything that depends on policy alone is computed here.

The result never changes and answers each question of a request at a cost that does not grow
with the number of teams. `compiling` does the work in slices, so that a load of 10,000 teams
never keeps a request waiting for more than a few milliseconds.
"""

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

from webhook.names import KUBE_CONTROLLERS, MODES
from webhook.policy.index import Index
from webhook.policy.members import MembersIndex
from webhook.policy.nearest import Nearest
from webhook.policy.pattern import compile_pattern
from webhook.policy.reserved import Reserved
from webhook.policy.spec import Exemption, Match, PolicySpec, Profile, Requirement, Team
from webhook.policy.values import CompiledMatch, Facts, Values

T = TypeVar("T")


class CompiledRequirement:
    """A requirement with its `match`, pattern and values ready to be tested."""

    __slots__ = ("match", "pattern", "requirement", "values")

    def __init__(self, requirement: Requirement) -> None:
        self.requirement = requirement
        self.match = CompiledMatch(requirement.match) if requirement.match else None
        self.values = None if requirement.values is None else frozenset(requirement.values)
        self.pattern: Callable[[str], object] | None = (
            compile_pattern(requirement.pattern) if requirement.pattern else None
        )


class PolicySet:
    """One policy set, immutable: what the engine decides by."""

    __slots__ = (
        "_exemptions",
        "_for_all",
        "_profiles",
        "_requirements",
        "_stages",
        "controllers",
        "members",
        "nearest",
        "profile_labels",
        "reserved",
        "revision",
        "spec",
        "teams",
    )

    def __init__(
        self, spec: PolicySpec, members: MembersIndex, nearest: Nearest, reserved: Reserved
    ) -> None:
        self.spec = spec
        self.revision = spec.revision
        self.teams: dict[str, Team] = spec.teams
        self.members = members
        self.nearest = nearest
        self.reserved = reserved
        self.controllers = Values((*KUBE_CONTROLLERS, *spec.controllers))
        self._profiles = _indexed((profile.match, profile) for profile in spec.profiles)
        self.profile_labels = frozenset(key for p in spec.profiles for key in p.match.labels)
        compiled = tuple(map(CompiledRequirement, spec.requirements))
        self._for_all = compiled if all(each.match is None for each in compiled) else None
        self._requirements = Index((each.requirement.match or Match(), each) for each in compiled)
        self._stages = _indexed((Match(namespaces=s.namespaces), s.mode) for s in spec.stages)
        self._exemptions = _indexed((exemption.match, exemption) for exemption in spec.exemptions)

    def profiles(self, facts: Facts) -> tuple[Profile, ...]:
        """The profiles that match, by name."""
        return tuple(_holding(self._profiles, facts))

    def requirements(self, facts: Facts) -> Sequence[CompiledRequirement]:
        """The requirements for this pod, in the order they were written."""
        if self._for_all is not None:
            return self._for_all
        return [
            requirement
            for requirement in self._requirements.candidates(facts)
            if requirement.match is None or requirement.match.holds(facts)
        ]

    def exemptions(self, facts: Facts) -> tuple[Exemption, ...]:
        return tuple(_holding(self._exemptions, facts))

    def mode(self, facts: Facts) -> str:
        """The softest of the set's mode and the stages of the namespace."""
        if not self.spec.stages:
            return self.spec.mode
        return softest(self.spec.mode, *_holding(self._stages, facts))


def softest(*modes: str | None) -> str:
    return max(filter(None, modes), key=MODES.index)


def compile_policy(spec: PolicySpec) -> PolicySet:
    """Index a checked set, all at once. For a set on a serving loop use `compiling`."""
    slices = compiling(spec)
    while True:
        try:
            next(slices)
        except StopIteration as done:
            policies: PolicySet = done.value
            return policies


def compiling(spec: PolicySpec) -> Generator[None, None, PolicySet]:
    """Index a checked set in slices: each `next` does a few milliseconds of work."""
    members = MembersIndex()
    reserved = Reserved(spec.profiles)
    nearest = Nearest()
    for teams in _slices(iter(spec.teams.values())):
        for team in teams:
            reserved.give(team)
            nearest.add(team.name)
        members.count(teams)
        yield
    for teams in _slices(iter(spec.teams.values())):
        for team in teams:
            members.file(team)
        yield
    yield
    return PolicySet(spec, members, nearest, reserved)


TEAMS_A_SLICE = 50  # about 60 µs for each team


def _slices(teams: Iterator[Team]) -> Iterator[list[Team]]:
    while piece := list(islice(teams, TEAMS_A_SLICE)):
        yield piece


def _indexed(entries: Iterable[tuple[Match, T]]) -> Index[tuple[CompiledMatch, T]]:
    return Index((match, (CompiledMatch(match), entry)) for match, entry in entries)


def _holding(index: Index[tuple[CompiledMatch, T]], facts: Facts) -> Iterator[T]:
    return (entry for match, entry in index.candidates(facts) if match.holds(facts))
