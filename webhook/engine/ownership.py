"""Whose pod it is, and by which rule: see `whose`, which decides it.

| rule      | the pod                                                                  |
|-----------|--------------------------------------------------------------------------|
| `label`   | names a team by its label                                                |
| `members` | names none, and the members of one team match                            |
| `several` | names none, and the members of several match: it is nobody's             |
| `nobody`  | names none, and no team's members match                                  |
"""

from collections.abc import Iterator

from msgspec import Struct

from webhook.engine.whose import Whose, untested
from webhook.policy.compile import PolicySet
from webhook.policy.members import KEYS, as_match
from webhook.policy.spec import Team
from webhook.policy.values import Facts, Values

_NOUNS = {"namespaces": "namespace", "dags": "dag", "users": "user"}


class MemberTest(Struct, frozen=True):
    """One key of a team's `members`, held against the request."""

    key: str  # namespaces | dags | users
    value: str | None  # the request's; None: it has none
    outcome: str  # matches | does not match | cannot be tested
    globs: tuple[str, ...]  # those that match, else all that are given


class Ownership(Struct, frozen=True, kw_only=True):
    rule: str
    team: str | None
    label: str | None  # the pod's own team label
    label_key: str
    candidates: tuple[str, ...]  # whose members match, where there are several
    nearly: tuple[tuple[str, str], ...]  # teams that would match but for these keys
    tests: tuple[MemberTest, ...]  # of the team's members; empty: it has none


def ownership(policies: PolicySet, found: Whose, facts: Facts) -> Ownership:
    out = untested(policies, facts)
    team = found.team
    return Ownership(
        rule=_rule(found),
        team=team.name if team else None,
        label=found.label,
        label_key=policies.spec.labels.team,
        candidates=found.candidates if len(found.candidates) > 1 else (),
        nearly=policies.members.nearly(facts, out) if _rule(found) == "nobody" else (),
        tests=tuple(_tests(policies, team, facts, out)) if team else (),
    )


def _rule(found: Whose) -> str:
    if found.label is not None:
        return "label"
    if found.team is not None:
        return "members"
    return "several" if found.candidates else "nobody"


def _tests(
    policies: PolicySet, team: Team, facts: Facts, out: frozenset[str]
) -> Iterator[MemberTest]:
    members = policies.members.of(team.name)
    if members is None:
        return
    failing, match = members.failing(facts, out), as_match(team)
    for key in KEYS:
        if key not in members.given():
            continue
        given: tuple[str, ...] = getattr(match, key)
        value = getattr(facts, _NOUNS[key])
        if key in out:
            yield MemberTest(key, value, "cannot be tested", _written(given))
        elif key in failing:
            yield MemberTest(key, value, "does not match", _written(given))
        else:
            tried = (value, facts.account()) if key == "users" else (value,)
            held = tuple(g for g in given if any(map(Values((g,)).hold, tried)))
            yield MemberTest(key, value, "matches", _written(held))


def _written(globs: tuple[str, ...]) -> tuple[str, ...]:
    """As a person reads them; a service account of the request's namespace is kept by its name."""
    return tuple(
        f"the team's own service account {glob[1:]}" if glob.startswith("\0") else glob
        for glob in globs
    )
