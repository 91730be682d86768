"""Tolerations of one team that open the nodes that are kept for another.

| a team's toleration                                           | another's           | warned |
|---------------------------------------------------------------|---------------------|--------|
| for every taint, or for every value of a key                  | names a value       | yes    |
| the same, of a team without `members`: anyone may carry its label | has `members`   | yes    |
| the same, both with `members` or both without                 | shares it           | no     |

Two teams may share nodes; that one comes upon another's by a word too few is not meant.
Profiles, which are for any team, are in `lint_reach`.
"""

from collections.abc import Iterator

from webhook import names
from webhook.kube.tolerations import EFFECTS, Taint, describe, taint_of
from webhook.policy.errors import PolicyWarning
from webhook.policy.spec import Team
from webhook.policy.union import Part, Parts

_ANY = "\0"  # in place of a key or a value: whichever; a NUL stands in none
_Kept = dict[Taint, list[tuple[str, Taint]]]  # the first two teams, each with its taint


def shared(parts: Parts) -> Iterator[PolicyWarning]:
    """A warning for each such toleration, which names the first team that it concerns."""
    named, guarded = _kept(parts)
    for part in parts.teams.values():
        team: Team = part.value
        for step, toleration in enumerate(team.apply.tolerations if team.apply else ()):
            said = _said(team, taint_of(toleration), named, guarded)
            if said is not None:
                yield part.warning(said, "apply", "tolerations", step)


def _said(team: Team, taint: Taint, named: _Kept, guarded: _Kept) -> str | None:
    if taint[0].startswith(names.NODE_TAINTS):
        return None
    if taint[1] == "Exists":
        found = _other(team.name, named, (taint[0] or _ANY, "Equal", _ANY, taint[3]))
        if found is not None:
            owner, theirs = found
            return (
                f"lets the team's pods onto nodes kept for team {owner} ({describe(theirs)}); "
                "name the key and the value of its own taint"
            )
    found = None if team.members else _other(team.name, guarded, taint)
    if found is None:
        return None
    return (
        f"lets every pod onto nodes kept for team {found[0]} ({describe(found[1])}), because "
        f"anyone may carry the label of team {team.name}: give it members"
    )


def _other(team: str, kept: _Kept, wanted: Taint) -> tuple[str, Taint] | None:
    """The first other team whose taint is this one, as far as `wanted` says which."""
    key, operator, value, effect = wanted
    for each in ("", *EFFECTS) if not effect else ("", effect):
        for owner, theirs in kept.get((key, operator, value, each), ()):
            if owner != team:
                return owner, theirs
    return None


def _kept(parts: Parts) -> tuple[_Kept, _Kept]:
    """What teams tolerate by name: of all teams by any value too, and of those with members."""
    named: _Kept = {}
    guarded: _Kept = {}
    for part in parts.teams.values():
        for taint in _taints(part):
            key, operator, value, effect = taint
            if operator == "Equal":
                _note(named, (key, operator, _ANY, effect), part.value.name, taint)
                _note(named, (_ANY, operator, _ANY, effect), part.value.name, taint)
            if part.value.members is not None:
                _note(guarded, (key, operator, value, effect), part.value.name, taint)
    return named, guarded


def _taints(part: Part) -> Iterator[Taint]:
    team: Team = part.value
    for toleration in team.apply.tolerations if team.apply else ():
        taint = taint_of(toleration)
        if taint[0] and not taint[0].startswith(names.NODE_TAINTS):
            yield taint


def _note(kept: _Kept, taint: Taint, owner: str, theirs: Taint) -> None:
    """One that is not the asker's is wanted: two are enough."""
    known = kept.setdefault(taint, [])
    if len(known) < 2 and all(owner != each for each, _ in known):
        known.append((owner, theirs))
