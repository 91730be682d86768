"""What only the whole set can tell is wrong.

- No `apply` sets the team label: it says whose pod it is, and Taxiway writes it itself.
- A label that some profile applies is matched by no profile: profiles are matched once, against
  what the pod's author and its team wrote.
- A requirement on the team label has no `from`: whatever it says, the value must name a team.
- `match.teams` names teams that exist; a glob may match none yet.
- `waives` names rules, or labels that some requirement names, or the team label.
- At most 100 globs begin with a wildcard: each of them is tried on every request.
"""

from collections.abc import Iterator
from itertools import chain, islice

from webhook import names
from webhook.policy import limits
from webhook.policy.blocks import labels_given, matches, slow_globs
from webhook.policy.errors import PolicyError
from webhook.policy.globs import is_exact
from webhook.policy.nearest import Nearest
from webhook.policy.of_teams import of_teams
from webhook.policy.places import BAD
from webhook.policy.spec import Exemption, Team
from webhook.policy.suggestion import suggest
from webhook.policy.union import Part, Parts


def check(parts: Parts) -> list[PolicyError]:
    """All of it, up to as many errors as are shown."""
    found = chain(
        _team_label(parts),
        _matched_and_applied(parts),
        _team_requirements(parts),
        _unknown_teams(parts),
        _unknown_waivers(parts),
        _unindexed(parts),
    )
    return list(islice(found, limits.PROBLEMS))


def _team_label(parts: Parts) -> Iterator[PolicyError]:
    team = parts.labels.team
    profiles = (part for part in parts.profiles.values() if part.value is not BAD)
    wrong = [part for part in profiles if team in part.value.apply.labels]
    for part in chain((part for part, _ in of_teams(parts, _labelling, team)), wrong):
        said = "is the team label, which Taxiway writes itself; delete it"
        yield part.error(said, "apply", "labels", team, key=True)


def _labelling(team: Team, label: str) -> Iterator[None]:
    if team.apply is not None and label in team.apply.labels:
        yield None


def _matched_and_applied(parts: Parts) -> Iterator[PolicyError]:
    applied: dict[str, str] = {}
    profiles = [part for part in parts.profiles.values() if part.value is not BAD]
    for part in profiles:
        for key in labels_given(part.value.apply):
            applied.setdefault(key, part.value.name)
    for part in profiles:
        for key in part.value.match.labels:
            if key in applied:
                said = f"is a label that profile `{applied[key]}` applies; match another label"
                yield part.error(said, "match", "labels", key, key=True)


def _team_requirements(parts: Parts) -> Iterator[PolicyError]:
    for part in parts.requirements:
        requirement = part.value
        if requirement is BAD or requirement.label != parts.labels.team:
            continue
        if requirement.cost_centers:
            yield part.error("has no meaning for the team label; delete it", "from", key=True)


def _unknown_teams(parts: Parts) -> Iterator[PolicyError]:
    nearest: Nearest | None = None
    for part, match in matches(parts):
        for step, name in enumerate(match.teams):
            if name in parts.teams or not is_exact(name):
                continue
            nearest = nearest or Nearest(parts.teams)
            near = nearest.find(name)
            meant = f"; did you mean `{near}`?" if near else "; add the team, or correct the name"
            yield part.error(f"there is no team `{name}`{meant}", "match", "teams", step)


def _unknown_waivers(parts: Parts) -> Iterator[PolicyError]:
    if any(part.value is BAD for part in parts.requirements):
        return
    required = {part.value.label for part in parts.requirements}
    known = (*names.RULES, *sorted({*required, parts.labels.team}))
    for part in parts.exemptions.values():
        yield from _unknown_waiver(part, part.value, known)


def _unknown_waiver(
    part: Part, exemption: Exemption, known: tuple[str, ...]
) -> Iterator[PolicyError]:
    for step, waived in enumerate(exemption.waives):
        if waived not in known:
            said = f"`{waived}` is no rule, and no requirement names it as a label"
            yield part.error(said + suggest(waived, known), "waives", step)


def _unindexed(parts: Parts) -> Iterator[PolicyError]:
    slow = list(slow_globs(parts))
    if len(slow) > limits.UNINDEXED_GLOBS:
        part, steps, glob = slow[limits.UNINDEXED_GLOBS]
        yield part.error(
            f"`{glob}` is one of {len(slow)} globs that begin with a wildcard; each is tried on "
            f"every pod, so at most {limits.UNINDEXED_GLOBS} are allowed: begin it with a letter",
            *steps,
        )
