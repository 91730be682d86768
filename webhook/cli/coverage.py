"""What of a policy set no test touches.

| part        | is touched when, of some tested pod,                                    |
|-------------|-------------------------------------------------------------------------|
| team        | it is the pod's                                                         |
| profile     | it matches                                                              |
| requirement | it is for the pod, be it met or not                                     |
| exemption   | it waives a violation, or would but for its end                         |

The share is that of all these parts together.
"""

from collections.abc import Iterable, Iterator

from msgspec import Struct

from webhook.cli.places import Places
from webhook.engine.explanation import Explanation
from webhook.policy.spec import PolicySpec

KINDS = ("team", "profile", "requirement", "exemption")


class Part(Struct, frozen=True):
    """One part of a set, that no test touches. `where` is `file:line`."""

    kind: str
    name: str  # of a requirement its label
    where: str


class Coverage(Struct, frozen=True):
    """Of each kind how many there are and how many are touched; and those that are not."""

    parts: dict[str, int]
    touched: dict[str, int]
    untouched: tuple[Part, ...]

    @property
    def percent(self) -> float:
        """Of a set without any such part all is touched."""
        every = sum(self.parts.values())
        return 100.0 * sum(self.touched.values()) / every if every else 100.0


def coverage(spec: PolicySpec, places: Places, tested: Iterable[Explanation]) -> Coverage:
    """Of the pods that were tested and are governed."""
    seen = {part for explanation in tested for part in _touched(explanation)}
    every = list(_parts(spec))
    left = [(kind, key) for kind, key in every if (kind, key) not in seen]
    return Coverage(
        {kind: sum(of == kind for of, _ in every) for kind in KINDS},
        {kind: sum(of == kind and (of, key) in seen for of, key in every) for kind in KINDS},
        tuple(_part(spec, places, kind, key) for kind, key in left),
    )


_Key = tuple[str, str | int]  # a kind, and a name; of a requirement the id of the object


def _touched(explanation: Explanation) -> Iterator[_Key]:
    if explanation.decision.team is not None:
        yield "team", explanation.decision.team
    for block in explanation.blocks:
        kind, _, name = block.partition(" ")
        yield kind, name
    for required in explanation.requirements:
        yield "requirement", id(required.requirement)
    for each in (*explanation.waived, *explanation.lapsed):
        yield "exemption", each.exemption.name


def _parts(spec: PolicySpec) -> Iterator[_Key]:
    yield from (("team", name) for name in spec.teams)
    yield from (("profile", profile.name) for profile in spec.profiles)
    yield from (("requirement", id(requirement)) for requirement in spec.requirements)
    yield from (("exemption", exemption.name) for exemption in spec.exemptions)


def _part(spec: PolicySpec, places: Places, kind: str, key: str | int) -> Part:
    if kind == "requirement":
        requirement = next(each for each in spec.requirements if id(each) == key)
        return Part(kind, requirement.label, places.requirement(requirement))
    name = str(key)
    if kind == "exemption":
        return Part(kind, name, places.exemption(name))
    return Part(kind, name, places.team(name) if kind == "team" else places.profile(name))
