"""Two blocks of the policy that differ about one field of a pod that both may be applied to.

The order of merging is the team, then profiles by name, and the earlier wins. So the warning
stands at the later one, once for each field, and names the first that wins over it. Blocks whose
`match` or `members` cannot both hold are not compared.
"""

from collections.abc import Iterator
from typing import Any

from msgspec import Struct, to_builtins

from webhook import names
from webhook.kube.quantity import parse_quantity
from webhook.kube.tolerations import taint_of
from webhook.policy.blocks import labels_given
from webhook.policy.errors import PolicyWarning
from webhook.policy.globs import is_exact
from webhook.policy.of_teams import of_teams
from webhook.policy.spec import Apply, Container, Match, Profile, Team
from webhook.policy.union import Parts
from webhook.policy.values import Values

Steps = tuple[str | int, ...]
_NAMES = (
    ("priorityClassName", "priority_class_name"),
    ("schedulerName", "scheduler_name"),
    ("runtimeClassName", "runtime_class_name"),
)


class _Given(Struct, frozen=True):
    """One field that a block gives: what field, which value, and where it stands."""

    field: tuple[str, object]
    value: Any
    steps: Steps


class _Profiles(Struct, frozen=True):
    """What teams are held against: what profiles give, by field, and the team label's key."""

    label: str
    by_field: dict[tuple[str, object], list[tuple[Profile, _Given]]]


def conflicts(parts: Parts) -> Iterator[PolicyWarning]:
    """A warning for each field of a profile that a team or an earlier profile wins over."""
    winners: dict[tuple[str, Steps], list[str]] = {}
    context = _Profiles(parts.labels.team, {})
    for name in sorted(parts.profiles):
        profile: Profile = parts.profiles[name].value
        for given in _fields(profile.apply):
            for earlier, theirs in context.by_field.setdefault(given.field, []):
                if theirs.value != given.value and not _apart(earlier, profile, context.label):
                    winners.setdefault((name, given.steps), []).append(f"profile `{earlier.name}`")
            context.by_field[given.field].append((profile, given))
    for part, lost in of_teams(parts, _losing, context):
        winners.setdefault(lost, []).append(f"team `{part.value.name}`")
    for (name, steps), won in winners.items():
        more = f" (and {len(won) - 1} more)" if len(won) > 1 else ""
        said = f"differs from {won[0]}{more}, which is applied first and wins"
        yield parts.profiles[name].warning(said, "apply", *steps)


def _losing(team: Team, profiles: _Profiles) -> Iterator[tuple[str, Steps]]:
    """The fields of profiles, by name and steps, that the team wins over."""
    for theirs in _fields(team.apply) if team.apply and profiles.by_field else ():
        for profile, given in profiles.by_field.get(theirs.field, ()):
            if theirs.value != given.value and not _apart(team, profile, profiles.label):
                yield profile.name, given.steps


def _fields(apply: Apply) -> Iterator[_Given]:
    for kind, pairs in (
        ("labels", labels_given(apply)),
        ("annotations", apply.annotations),
        ("nodeSelector", apply.node_selector),
    ):
        for key, value in pairs.items():
            yield _Given((kind, key), value, (kind, key))
    for name, attribute in _NAMES:
        if getattr(apply, attribute) is not None:
            yield _Given((name, None), getattr(apply, attribute), (name,))
    yield from _identity(apply)
    for step, toleration in enumerate(apply.tolerations):
        field = ("tolerations", taint_of(toleration))
        yield _Given(field, toleration.toleration_seconds, ("tolerations", step))
    for step, constraint in enumerate(apply.topology_spread_constraints):
        pair = (constraint["topologyKey"], constraint["whenUnsatisfiable"])
        steps = ("topologySpreadConstraints", step)
        yield _Given(("topologySpreadConstraints", pair), constraint, steps)
    if apply.container is not None:
        yield from _container(apply.container)


def _identity(apply: Apply) -> Iterator[_Given]:
    iam = apply.iam
    if iam is None:
        return
    if iam.service_account_name is not None:
        value = iam.service_account_name
        yield _Given(("serviceAccountName", None), value, ("iam", "serviceAccountName"))
    elif iam.role is not None:
        yield _Given(("annotations", names.KUBE2IAM_ROLE), iam.role, ("iam", "role"))


def _container(container: Container) -> Iterator[_Given]:
    for step, variable in enumerate(container.env):
        yield _Given(("env", variable["name"]), variable, ("container", "env", step))
    if container.resources is None:
        return
    for block, amounts in to_builtins(container.resources).items():
        for name, amount in amounts.items():
            steps = ("container", "resources", block, name)
            yield _Given((block, name), parse_quantity(amount), steps)


def _apart(earlier: Team | Profile, later: Profile, team_label: str) -> bool:
    """Whether no pod can be given both, as far as exact names tell."""
    match = later.match
    if isinstance(earlier, Profile):
        other = earlier.match
        shared = other.labels.keys() & match.labels.keys()
        pairs = [(other.labels[key], match.labels[key]) for key in shared]
        return any(_disjoint(*pair) for pair in (*pairs, *_both(other, match)))
    claimed = match.labels.get(team_label, ())
    teams = [globs for globs in (match.teams, claimed) if globs]
    if any(not Values(globs).hold(earlier.name) for globs in teams):
        return True
    members = earlier.members
    if members is None:
        return False
    pairs = [(members.namespaces or (), match.namespaces), (members.dags or (), match.dags)]
    return any(_disjoint(*pair) for pair in pairs)


def _both(one: Match, other: Match) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    for key in ("workloads", "namespaces", "dags", "teams", "users"):
        yield getattr(one, key), getattr(other, key)


def _disjoint(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether no value is in both lists. Two globs always may meet; no list is every value."""
    if not one or not other:
        return False
    if not all(map(is_exact, one)):
        one, other = other, one
    return all(map(is_exact, one)) and not any(map(Values(other).hold, one))
