"""What a policy set says of all teams alike: profiles, requirements, stages, exemptions."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from msgspec.structs import replace

from webhook.names import KUBE_CONTROLLERS, MODES
from webhook.policy.index import Index
from webhook.policy.pattern import compile_pattern
from webhook.policy.reserved import Given
from webhook.policy.spec import Exemption, Match, PolicySpec, Profile, Requirement, Stage
from webhook.policy.values import CompiledMatch, Facts, Values

T = TypeVar("T")


class CompiledRequirement:
    """A requirement with its `match`, pattern and values ready to be tested."""

    __slots__ = ("cost_centers", "is_team", "label", "match", "pattern", "requirement", "values")

    def __init__(self, requirement: Requirement, team_label: str) -> None:
        self.requirement = requirement
        self.label = requirement.label
        self.is_team = requirement.label == team_label  # its value must name a team
        self.cost_centers = requirement.cost_centers
        self.match = CompiledMatch(requirement.match) if requirement.match else None
        self.values = None if requirement.values is None else frozenset(requirement.values)
        self.pattern: Callable[[str], object] | None = (
            compile_pattern(requirement.pattern) if requirement.pattern else None
        )


class Common:
    """All of a set but its teams, indexed. `spec` is the set without them."""

    __slots__ = (
        "_exemptions",
        "_for_all",
        "_profiles",
        "_requirements",
        "_stages",
        "controllers",
        "given",
        "profile_labels",
        "spec",
    )

    def __init__(self, spec: PolicySpec) -> None:
        self.spec = spec
        self.controllers = Values((*KUBE_CONTROLLERS, *spec.controllers))
        self._profiles = _indexed((profile.match, profile) for profile in spec.profiles)
        self.profile_labels = frozenset(key for p in spec.profiles for key in p.match.labels)
        self.given = Given(profile.apply for profile in spec.profiles)
        compiled = tuple(CompiledRequirement(each, spec.labels.team) for each in spec.requirements)
        self._for_all = compiled if all(each.match is None for each in compiled) else None
        self._requirements = Index((each.requirement.match or Match(), each) for each in compiled)
        self._stages = _indexed((Match(namespaces=s.namespaces), s) for s in spec.stages)
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
        return softest(self.spec.mode, *(stage.mode for stage in self.stages(facts)))

    def stages(self, facts: Facts) -> tuple[Stage, ...]:
        """Those of the namespace."""
        return tuple(_holding(self._stages, facts))


def common(spec: PolicySpec, before: Common | None) -> Common:
    """The set's, or that of the set before where they say the same."""
    bare = replace(spec, revision="", teams={})
    return before if before is not None and before.spec == bare else Common(bare)


def softest(*modes: str | None) -> str:
    return max(filter(None, modes), key=MODES.index)


def _indexed(entries: Iterable[tuple[Match, T]]) -> Index[tuple[CompiledMatch, T]]:
    return Index((match, (CompiledMatch(match), entry)) for match, entry in entries)


def _holding(index: Index[tuple[CompiledMatch, T]], facts: Facts) -> Iterator[T]:
    return (entry for match, entry in index.candidates(facts) if match.holds(facts))
