"""The blocks of a policy set that ask or give, wherever they stand: `match`, `members`, `apply`."""

from collections.abc import Iterator

from webhook import names
from webhook.policy.globs import is_indexable
from webhook.policy.of_teams import of_teams
from webhook.policy.places import BAD
from webhook.policy.spec import Apply, Match, Team
from webhook.policy.union import Part, Parts

Steps = tuple[str | int, ...]
Asked = tuple[Part, Steps, str]  # a part, the steps to a glob in it, the glob


def applies(parts: Parts) -> Iterator[tuple[Part, Apply]]:
    """Every `apply`, of teams and profiles; its steps in the part are ("apply",)."""
    for part in (*parts.teams.values(), *parts.profiles.values()):
        if part.value is not BAD and part.value.apply is not None:
            yield part, part.value.apply


def matches(parts: Parts) -> Iterator[tuple[Part, Match]]:
    """Every `match`; its steps in the part are ("match",)."""
    for part in (*parts.profiles.values(), *parts.requirements, *parts.exemptions.values()):
        if part.value is not BAD and part.value.match is not None:
            yield part, part.value.match


def labels_given(apply: Apply) -> dict[str, str]:
    """The labels that an `apply` adds, the one of its `iam` among them."""
    if apply.iam is not None and apply.iam.provider == "azure":
        return {**apply.labels, names.AZURE_USE: "true"}
    return apply.labels


def slow_globs(parts: Parts) -> Iterator[Asked]:
    """Every glob that begins with a wildcard, so that it is tried on each pod, in their order."""
    for part, (steps, glob) in of_teams(parts, _slow_members, None):
        yield part, steps, glob
    yield from (asked for asked in _others_asked(parts) if not is_indexable(asked[2]))


def _slow_members(team: Team, _: None) -> Iterator[tuple[Steps, str]]:
    for key in ("namespaces", "dags", "users") if team.members is not None else ():
        for step, glob in enumerate(getattr(team.members, key) or ()):
            if not is_indexable(glob):
                yield ("members", key, step), glob


def _others_asked(parts: Parts) -> Iterator[Asked]:
    """Every name or glob that a request may be compared with, but for those of teams."""
    for part, match in matches(parts):
        yield from _match_globs(part, match)
    for part in parts.stages:
        if part.value is not BAD:
            for step, glob in enumerate(part.value.namespaces):
                yield part, ("namespaces", step), glob
    controllers = parts.single.get("controllers")
    for step, glob in enumerate(controllers.value if controllers is not None else ()):
        yield controllers, (step,), glob  # type: ignore[misc]


def _match_globs(part: Part, match: Match) -> Iterator[Asked]:
    for key in ("workloads", "namespaces", "dags", "teams", "users"):
        for step, glob in enumerate(getattr(match, key)):
            yield part, ("match", key, step), glob
    for label, values in match.labels.items():
        for glob in values:
            yield part, ("match", "labels", label), glob
