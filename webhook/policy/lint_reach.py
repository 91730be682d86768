"""What a block reaches: no pod by its `match`, no node by its placement, or too many nodes."""

from collections.abc import Iterator
from itertools import chain

from webhook import names
from webhook.kube.node_affinity import can_match, required_terms
from webhook.kube.tolerations import Taint, describe, taint_of
from webhook.policy.errors import PolicyWarning
from webhook.policy.language_words import matching_workloads
from webhook.policy.of_teams import of_teams
from webhook.policy.spec import Match, Profile, Team
from webhook.policy.union import Parts
from webhook.policy.values import Values

_NO_DAG = frozenset({"celery-worker", "other"})  # a pod of these has no dag to be tested


def matches_nothing(match: Match, parts: Parts) -> str | None:
    """Why no pod can ever match, or None. Only what is certain counts."""
    if match.teams and not _any_team(match.teams, parts):
        return "there is no such team"
    teams = match.labels.get(parts.labels.team, ())
    if teams and not _any_team(teams, parts):
        return f"no team's name is a value of label {parts.labels.team} that it wants"
    if match.namespaces and names.NEVER_TOUCHED.issuperset(match.namespaces):
        return "these namespaces are never touched"
    workloads = {name for glob in match.workloads for name in matching_workloads(glob)}
    if match.dags and workloads and workloads <= _NO_DAG:
        return f"pods of {' and '.join(sorted(workloads))} have no dag"
    return None


def _any_team(globs: tuple[str, ...], parts: Parts) -> bool:
    values = Values(globs)
    if any(name in parts.teams for name in values.exact):
        return True
    return values.has_globs and any(map(values.hold, parts.teams))


def placed_nowhere(parts: Parts) -> Iterator[PolicyWarning]:
    """Blocks whose own nodeSelector and required node affinity have no node in common."""
    profiles = [part for part in parts.profiles.values() for _ in _contradicting(part.value, None)]
    teams = (part for part, _ in of_teams(parts, _contradicting, None))
    for part in chain(teams, profiles):
        said = "no node can match it together with the block's nodeSelector; mend one of them"
        yield part.warning(said, "apply", "affinity", "nodeAffinity", key=True)


def _contradicting(block: Team | Profile, _: None) -> Iterator[None]:
    """Something, where the block's own nodeSelector and affinity leave no node."""
    terms = required_terms(block.apply.affinity) if block.apply is not None else ()
    selector = block.apply.node_selector if block.apply is not None else {}
    if terms and not any(can_match(term, selector) for term in terms):
        yield None


def reachable(parts: Parts) -> Iterator[PolicyWarning]:
    """Profiles' tolerations that let other teams' pods onto a team's nodes."""
    if not any(part.value.apply.tolerations for part in parts.profiles.values()):
        return
    owned = _owned(parts)
    for part in parts.profiles.values():
        profile: Profile = part.value
        for step, toleration in enumerate(profile.apply.tolerations):
            taint = taint_of(toleration)
            near = owned.get(taint[0], ()) if taint[0] else [t for o in owned.values() for t in o]
            owner = _first_open(taint, near, profile)
            if owner is not None:
                said = (
                    f"lets every pod that matches onto nodes kept for team {owner[1]} "
                    f"({describe(owner[0])}); add match.teams, or taint them otherwise"
                )
                yield part.warning(said, "apply", "tolerations", step)


def _owned(parts: Parts) -> dict[str, list[tuple[Taint, str]]]:
    """Taints that a team's keyed tolerations name, by key."""
    owned: dict[str, list[tuple[Taint, str]]] = {}
    for part, taint in of_teams(parts, _kept_taints, None):
        owned.setdefault(taint[0], []).append((taint, part.value.name))
    return owned


def _kept_taints(team: Team, _: None) -> Iterator[Taint]:
    """What a team tolerates by a key of its own choice."""
    for taint in map(taint_of, team.apply.tolerations if team.apply is not None else ()):
        if taint[0] and not taint[0].startswith(names.NODE_TAINTS):
            yield taint


def _first_open(
    taint: Taint, near: "list[tuple[Taint, str]] | tuple[()]", profile: Profile
) -> tuple[Taint, str] | None:
    """The first team's taint that the profile opens to another team, or None."""
    teams = profile.match.teams
    for theirs, owner in near:
        if _overlap(taint, theirs) and teams != (owner,):
            return theirs, owner
    return None


def _overlap(one: Taint, other: Taint) -> bool:
    """Whether some taint is tolerated by both; their keys are equal, or one has none."""
    values = "Exists" in (one[1], other[1]) or one[2] == other[2]
    effects = "" in (one[3], other[3]) or one[3] == other[3]
    return values and effects
