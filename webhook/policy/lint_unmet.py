"""What the requirements of a set leave no pod for.

- Two requirements on one label, for the same pods or one of them for all, that no value meets.
- A profile that matches only values of a label which a requirement on all pods refuses: whatever
  it applies to is denied.

Only what is certain counts: lists of values, and the cost centers that teams have. Two patterns
are not compared.
"""

from collections.abc import Callable, Iterator

from webhook.policy.errors import PolicyWarning
from webhook.policy.globs import is_exact
from webhook.policy.pattern import compile_pattern
from webhook.policy.spec import Profile, Requirement
from webhook.policy.union import Part, Parts

Codes = frozenset[str]
_Allows = Callable[[str], bool]


def contradicting(parts: Parts) -> Iterator[PolicyWarning]:
    """At the later of two requirements, where it is."""
    codes = _codes(parts)
    by_label: dict[str, list[Part]] = {}
    for part in parts.requirements:
        earlier = by_label.setdefault(part.value.label, [])
        against = next((each for each in earlier if _contradict(each, part, codes)), None)
        if against is not None:
            said = f"no pod can meet it and the one in {against.where()}: no value is in both"
            yield part.warning(said)
        earlier.append(part)


def refused_profiles(parts: Parts) -> Iterator[PolicyWarning]:
    """At the label of a profile's `match` that no admitted pod has."""
    codes = _codes(parts)
    demands = [
        (part.value, _allows(part.value, codes))
        for part in parts.requirements
        if part.value.match is None and part.value.mode in (None, "enforce")
    ]
    for part in parts.profiles.values():
        profile: Profile = part.value
        for requirement, allows in demands:
            wanted = profile.match.labels.get(requirement.label, ())
            if wanted and all(is_exact(value) and not allows(value) for value in wanted):
                said = "matches no pod that is admitted: the requirement on it allows none of these"
                yield part.warning(said, "match", "labels", requirement.label, key=True)


def _contradict(one: Part, other: Part, codes: Codes) -> bool:
    first, second = one.value, other.value
    if first.match != second.match and None not in (first.match, second.match):
        return False
    values = _values(first, codes) or _values(second, codes)
    if values is None:
        return False
    tests = (_allows(first, codes), _allows(second, codes))
    return not any(all(allows(value) for allows in tests) for value in values)


def _codes(parts: Parts) -> Codes:
    return frozenset(code for part in parts.teams.values() for code in part.value.cost_centers)


def _values(requirement: Requirement, codes: Codes) -> Codes | None:
    """All that may meet it, where they can be listed."""
    if requirement.values is not None:
        return frozenset(requirement.values)
    return codes if requirement.cost_centers and codes else None


def _allows(requirement: Requirement, codes: Codes) -> _Allows:
    values = _values(requirement, codes)
    if values is not None:
        return values.__contains__
    if requirement.pattern is not None:
        found = compile_pattern(requirement.pattern)
        return lambda value: found(value) is not None
    return lambda _: True
