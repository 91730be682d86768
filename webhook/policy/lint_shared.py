"""Tolerations of one team that open the nodes that are kept for another.

| a team's toleration                                        | another's          | warned |
|------------------------------------------------------------|--------------------|--------|
| is for every taint, or for every value of a key            | names a value      | yes    |
| is equal; anyone may carry the team's label (no `members`) | is of one with     | yes    |
| is equal, and both have `members`, or neither has          |                    | no     |

Two teams may share nodes; that one comes upon another's by a word too few is not meant.
Profiles, which are for any team, are in `lint_reach`.
"""

from collections.abc import Iterator

from msgspec import Struct

from webhook import names
from webhook.kube.tolerations import EFFECTS, Taint, describe, taint_of
from webhook.policy.errors import PolicyWarning
from webhook.policy.of_teams import of_teams
from webhook.policy.spec import Team
from webhook.policy.union import Part, Parts

_ANY = "\0"  # in place of a key or a value: whichever; a NUL stands in none
_Kept = dict[Taint, list["_Given"]]  # of the first two teams


class _Given(Struct, frozen=True, gc=False):
    """What one toleration of a team tolerates."""

    part: Part
    step: int
    taint: Taint

    @property
    def team(self) -> Team:
        team: Team = self.part.value
        return team

    def warning(self, message: str) -> PolicyWarning:
        return self.part.warning(message, "apply", "tolerations", self.step)


def shared(parts: Parts) -> Iterator[PolicyWarning]:
    """A warning for each such toleration, which names the first team that it concerns.

    The tables are made where a team's toleration asks for them alone: usually none does.
    """
    given = list(_given(parts))
    wide = [each for each in given if each.taint[1] == "Exists"]
    claimable = [each for each in given if each.team.members is None]
    opened = list(_opened(wide, given))
    warned = {(each.team.name, each.step) for each, _ in opened}
    for each, theirs in opened:
        yield each.warning(
            f"lets the team's pods onto nodes kept for team {theirs.team.name} "
            f"({describe(theirs.taint)}); name the key and the value of its own taint"
        )
    for each, theirs in _claimed(claimable, given):
        if (each.team.name, each.step) not in warned:
            yield each.warning(
                f"lets every pod onto nodes kept for team {theirs.team.name} "
                f"({describe(theirs.taint)}), because anyone may carry the label of team "
                f"{each.team.name}: give it members"
            )


def _opened(wide: list[_Given], given: list[_Given]) -> Iterator[tuple[_Given, _Given]]:
    """Those for a whole key, or for every one, each with what another team keeps by a value."""
    kept: _Kept = {}
    for each in given if wide else ():
        key, operator, _, effect = each.taint
        if operator == "Equal":
            _note(kept, (key, "", _ANY, effect), each)
            _note(kept, (_ANY, "", _ANY, effect), each)
    for each in wide:
        theirs = _other(each, kept, (each.taint[0] or _ANY, "", _ANY, each.taint[3]))
        if theirs is not None:
            yield each, theirs


def _claimed(claimable: list[_Given], given: list[_Given]) -> Iterator[tuple[_Given, _Given]]:
    """Those of teams that anyone may claim, each with the same of a team with members."""
    kept: _Kept = {}
    for each in given if claimable else ():
        if each.team.members is not None and each.taint[0]:
            _note(kept, each.taint, each)
    for each in claimable:
        theirs = _other(each, kept, each.taint)
        if theirs is not None:
            yield each, theirs


def _other(asking: _Given, kept: _Kept, wanted: Taint) -> _Given | None:
    """The first that another team keeps of this taint."""
    key, operator, value, effect = wanted
    for each in ("", *EFFECTS) if not effect else ("", effect):
        for theirs in kept.get((key, operator, value, each), ()):
            if theirs.team.name != asking.team.name:
                return theirs
    return None


def _given(parts: Parts) -> Iterator[_Given]:
    for part, (step, taint) in of_teams(parts, _taints, None):
        yield _Given(part, step, taint)


def _taints(team: Team, _: None) -> Iterator[tuple[int, Taint]]:
    for step, toleration in enumerate(team.apply.tolerations if team.apply else ()):
        taint = taint_of(toleration)
        if not taint[0].startswith(names.NODE_TAINTS):
            yield step, taint


def _note(kept: _Kept, taint: Taint, given: _Given) -> None:
    """One that is not the asker's is wanted: two are enough."""
    known = kept.setdefault(taint, [])
    if len(known) < 2 and all(given.team.name != each.team.name for each in known):
        known.append(given)
