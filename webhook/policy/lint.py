"""What is legal in a policy set and probably not meant: warnings, never errors.

| warning | why |
|---|---|
| two blocks differ about one field | the earlier wins silently (`lint_conflicts`) |
| a profile tolerates a team's taint | any pod may then run on that team's nodes (`lint_reach`) |
| a team's toleration opens another's nodes | a key or a value is missing in it (`lint_shared`) |
| a team's service account counts as absent | any pod may have it (`lint_absent`) |
| a glob begins with a wildcard | it is tried on every pod |
| a `match` that nothing can match | a team was renamed, or the block is a leftover |
| a team without cost centers | a requirement wants one, so all its pods are denied |
| a label that a requirement refuses | an `apply` sets it, so the policy denies its own pods |
| a requirement no team can meet, or one given twice | the one denies all, the other does nothing |
| requirements that leave nothing | no value meets two of them, or a profile's (`lint_unmet`) |
| an exemption for every pod, past its end, or within 14 days of it | it outlived its reason |
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import chain, islice

from webhook.policy import limits
from webhook.policy.blocks import labels_given, matches, slow_globs
from webhook.policy.errors import PolicyWarning
from webhook.policy.lint_absent import given_to_all
from webhook.policy.lint_conflicts import conflicts
from webhook.policy.lint_reach import matches_nothing, placed_nowhere, reachable
from webhook.policy.lint_shared import shared
from webhook.policy.lint_unmet import contradicting, refused_profiles
from webhook.policy.of_teams import of_teams
from webhook.policy.pattern import compile_pattern
from webhook.policy.spec import Match, Profile, Requirement, Team
from webhook.policy.union import Part, Parts
from webhook.policy.values import Values

_SOON = timedelta(days=14)  # from then on `/validate` warns authors too


def lint(parts: Parts, today: date | None = None) -> tuple[PolicyWarning, ...]:
    """All warnings about a set without errors, sorted by place, up to as many as are shown.

    `today` is the day in UTC that exemptions are held against; without it they are not.
    """
    found = chain(
        conflicts(parts),
        reachable(parts),
        shared(parts),
        given_to_all(parts),
        placed_nowhere(parts),
        _slow_globs(parts),
        _dead_matches(parts),
        _unpaid(parts),
        _refused(parts),
        _unmet(parts),
        contradicting(parts),
        refused_profiles(parts),
        _repeated(parts),
        _for_everyone(parts),
        () if today is None else _ending(parts, today),
    )
    return tuple(sorted(islice(found, limits.PROBLEMS)))


def _slow_globs(parts: Parts) -> Iterator[PolicyWarning]:
    for part, steps, glob in slow_globs(parts):
        said = f"`{glob}` begins with a wildcard, so it is tried on every pod"
        yield part.warning(said, *steps)


def _dead_matches(parts: Parts) -> Iterator[PolicyWarning]:
    for part, match in matches(parts):
        reason = matches_nothing(match, parts)
        if reason is not None:
            yield part.warning(f"matches nothing: {reason}", "match", key=True)


def _unpaid(parts: Parts) -> Iterator[PolicyWarning]:
    wanting = tuple(part.value for part in parts.requirements if part.value.cost_centers)
    if not wanting or not _some_pay(parts):
        return  # where no team has any, that is said of the requirement
    for part, label in of_teams(parts, _wanting, wanting):
        said = f"has no costCenters, but label {label} must be one of them"
        yield part.warning(said, key=True)


def _wanting(team: Team, requirements: tuple[Requirement, ...]) -> Iterator[str]:
    """The first label that wants one of the cost centers that the team lacks."""
    if not team.cost_centers:
        asking = (each.label for each in requirements if _asks(each, team.name))
        yield from islice(asking, 1)


def _some_pay(parts: Parts) -> bool:
    return any(part.value.cost_centers for part in parts.teams.values())


def _refused(parts: Parts) -> Iterator[PolicyWarning]:
    asked: dict[str, list[Requirement]] = {}
    for part in parts.requirements:
        asked.setdefault(part.value.label, []).append(part.value)
    profiles = [
        (part, each) for part in parts.profiles.values() for each in _denied(part.value, asked)
    ]
    for part, (label, said) in chain(of_teams(parts, _denied, asked), profiles):
        yield part.warning(said, "apply", "labels", label)


def _denied(
    block: Team | Profile, asked: dict[str, list[Requirement]]
) -> Iterator[tuple[str, str]]:
    """Labels that the block gives and a requirement refuses, and what to say of them."""
    for label, value in labels_given(block.apply).items() if block.apply is not None else ():
        for requirement in asked.get(label, ()):
            reason = _refusal(requirement, value, block)
            if reason is not None:
                yield label, f"`{value}` is {reason}, so the pods are denied"


def _refusal(requirement: Requirement, value: str, block: Team | Profile) -> str | None:
    team = block if isinstance(block, Team) else None
    if team is not None and not _asks(requirement, team.name):
        return None
    if team is not None and requirement.cost_centers and value not in team.cost_centers:
        return "none of the team's costCenters"
    if requirement.values is not None and value not in requirement.values:
        return f"not among the values that the requirement on {requirement.label} allows"
    if requirement.pattern is not None and not compile_pattern(requirement.pattern)(value):
        return f"not what the pattern of the requirement on {requirement.label} wants"
    return None


def _asks(requirement: Requirement, team: str) -> bool:
    """Whether a requirement may be about this team's pods."""
    teams = () if requirement.match is None else requirement.match.teams
    return not teams or Values(teams).hold(team)


def _unmet(parts: Parts) -> Iterator[PolicyWarning]:
    for part in parts.requirements:
        requirement: Requirement = part.value
        if requirement.cost_centers and parts.teams and not _some_pay(parts):
            yield part.warning("no team can meet it: none has costCenters", "from", key=True)
        if requirement.label == parts.labels.team and parts.teams:
            key = _refusing_all(requirement, parts.teams)
            if key is not None:
                yield part.warning("no team can meet it: it allows no team's name", key)


def _refusing_all(requirement: Requirement, teams: Iterable[str]) -> str | None:
    """The key by which a requirement on the team label refuses every team, or None."""
    if requirement.values is not None:
        return None if set(requirement.values) & set(teams) else "values"
    if requirement.pattern is not None:
        return None if any(map(compile_pattern(requirement.pattern), teams)) else "pattern"
    return None


def _repeated(parts: Parts) -> Iterator[PolicyWarning]:
    seen: list[Part] = []
    for part in parts.requirements:
        first = next((each for each in seen if each.value == part.value), None)
        if first is not None:
            yield part.warning(f"says the same as the one in {first.where()}; delete one")
        seen.append(part)


def _for_everyone(parts: Parts) -> Iterator[PolicyWarning]:
    for part in parts.exemptions.values():
        if part.value.match == Match():
            yield part.warning("waives its rules for every pod", "match", key=True)


def _ending(parts: Parts, today: date) -> Iterator[PolicyWarning]:
    for part in parts.exemptions.values():
        ends: date = part.value.expires
        if ends < today:
            yield part.warning(f"ended on {ends}; its rules hold again: delete it", "expires")
        elif ends - today <= _SOON:
            said = f"ends on {ends}, {_in_days((ends - today).days)}; its rules then hold again"
            yield part.warning(said, "expires")


def _in_days(days: int) -> str:
    return {0: "today", 1: "tomorrow"}.get(days, f"in {days} days")
