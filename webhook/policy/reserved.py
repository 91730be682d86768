"""What teams' `apply` gives, by what a pod would carry of it: roles, service accounts, taints.

Indexed, so that asking "whose is this?" is a dictionary probe with 10,000 teams as with one.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import Any

from webhook.kube.tolerations import Taint, covers, effects, taint_of
from webhook.names import NODE_TAINTS
from webhook.policy.groups import Groups, GroupsEdit, Key
from webhook.policy.spec import Apply, Team

Owners = tuple[str, ...]  # names of teams, sorted
Pair = tuple[str, str]
OWNERS = 4  # a message names three, and says that there are more


class Reserved:
    """Who gives what; never changed, see ReservedEdit. The caller sorts out the pod's own team.

    | group                         | members                                         |
    |-------------------------------|-------------------------------------------------|
    | arn, suffix, short, account   | teams, by a role's form or a service account    |
    | key                           | teams with a toleration for this taint key      |
    | every (key, effect)           | teams that tolerate every value of it           |
    | values (key, effect)          | (value, team), by the one value that it tolerates |
    | keys (effect)                 | (key, team)                                     |
    """

    __slots__ = ("groups", "profiles")

    def __init__(self, groups: Groups, profiles: "Given") -> None:
        self.groups = groups
        self.profiles = profiles

    def edit(self) -> "ReservedEdit":
        return ReservedEdit(self.groups)

    def role_owners(self, role: str) -> Owners:
        """The teams that this role, an ARN or a short name, belongs to."""
        if not is_arn(role):
            short = role.strip("/")
            return _union(self._owners("suffix", short), self._owners("short", short))
        owners = self._owners("arn", role)
        for suffix in suffixes(role):
            owners = _union(owners, self._owners("short", suffix))
        return owners

    def account_owners(self, name: str) -> Owners:
        return self._owners("account", name)

    def knows(self, key: str) -> bool:
        """Whether some team tolerates a taint of this key."""
        return ("key", key) in self.groups

    def reached(self, taint: Taint, covering: Iterable[Taint]) -> Owners:
        """The owners of what `taint`, which has a key, reaches and none of `covering` tolerates."""
        own = tuple(covering)
        return next(filter(None, (self._in(taint, effect, own) for effect in effects(taint))), ())

    def reached_by_all(self, taint: Taint, own: "Given") -> Owners:
        """The owners of what a toleration without a key reaches, and `own` and no profile does.

        Only the few keys that `own` or a profile tolerates too are looked at before one that is
        another team's alone.
        """
        for effect in effects(taint):
            if any(mine[3] in ("", effect) for mine in (*own.keyless, *self.profiles.keyless)):
                continue
            for key in _firsts(self.groups.get(("keys", effect)) or ()):
                covering = [*own.taints(key), *self.profiles.taints(key)]
                owners = self.reached((key, "Exists", "", effect), covering)
                if owners:
                    return owners
        return ()

    def _owners(self, *key: str) -> Owners:
        return (self.groups.get(key) or ())[:OWNERS]

    def _in(self, taint: Taint, effect: str, own: tuple[Taint, ...]) -> Owners:
        """The same for one effect."""
        here = [mine for mine in own if not mine[3] or mine[3] == effect]
        if any(mine[1] == "Exists" for mine in here):
            return ()
        values = {mine[2] for mine in here if mine[1] == "Equal"}
        every = self._owners("every", taint[0], effect)
        theirs = self.groups.get(("values", taint[0], effect)) or ()
        if taint[1] == "Equal":
            return () if taint[2] in values else _union(_second(theirs, taint[2]), every)
        if every:
            return every
        value = next((each for each in _firsts(theirs) if each not in values), None)
        return () if value is None else _second(theirs, value)


class ReservedEdit:
    """Teams that give something else than before."""

    __slots__ = ("groups",)

    def __init__(self, groups: Groups) -> None:
        self.groups: GroupsEdit[Any] = GroupsEdit(groups)

    def change(self, before: Team | None, after: Team | None) -> None:
        """One team; None: it was not there, or is not. It counts after `settle`."""
        old, new = set(_given_by(before)), set(_given_by(after))
        for key, member in old - new:
            self.groups.take(key, member)
        for key, member in new - old:
            self.groups.give(key, member)

    def settle(self) -> None:
        self.groups.settle()

    def done(self, profiles: "Given") -> Reserved:
        return Reserved(self.groups.done(), profiles)


def _given_by(team: Team | None) -> Iterator[tuple[Key, str | Pair]]:
    """What a team's `apply` gives: groups, and what stands there for it."""
    if team is None or team.apply is None:
        return
    owner, iam = team.name, team.apply.iam
    if iam is not None and iam.role:
        yield from ((key, owner) for key in _forms(iam.role))
    if iam is not None and iam.service_account_name:
        yield ("account", iam.service_account_name), owner
    for taint in map(taint_of, team.apply.tolerations):
        if taint[0] and not taint[0].startswith(NODE_TAINTS):
            yield ("key", taint[0]), owner
            for effect in effects(taint):
                yield ("keys", effect), (taint[0], owner)
                if taint[1] == "Equal":
                    yield ("values", taint[0], effect), (taint[2], owner)
                else:
                    yield ("every", taint[0], effect), owner


def _forms(role: str) -> Iterator[Key]:
    if not is_arn(role):
        yield "short", role.strip("/")
        return
    yield "arn", role
    yield from (("suffix", suffix) for suffix in suffixes(role))


def _firsts(pairs: tuple[Pair, ...]) -> Iterator[str]:
    """The different first halves of sorted pairs, without a look at all who share one."""
    at = 0
    while at < len(pairs):
        yield pairs[at][0]
        at = bisect_left(pairs, (pairs[at][0] + "\0", ""), at)


def _second(pairs: tuple[Pair, ...], first: str) -> Owners:
    """Who shares a first half, as far as a message names them."""
    at = bisect_left(pairs, (first, ""))
    return tuple(owner for each, owner in pairs[at : at + OWNERS] if each == first)


class Given:
    """All that some blocks give together: what a pod may carry because they do."""

    __slots__ = ("accounts", "keyless", "roles", "tolerations", "whole")

    def __init__(self, applies: Iterable[Apply]) -> None:
        self.roles: set[str] = set()
        self.accounts: set[str] = set()
        self.tolerations: dict[str, list[Taint]] = {}
        for apply in applies:
            if apply.iam is not None:
                self.roles.update(filter(None, [apply.iam.role]))
                self.accounts.update(filter(None, [apply.iam.service_account_name]))
            for taint in map(taint_of, apply.tolerations):
                self.tolerations.setdefault(taint[0], []).append(taint)
        self.whole = frozenset(each for given in self.tolerations.values() for each in given)
        self.keyless = self.tolerations.pop("", [])

    def taints(self, key: str) -> list[Taint]:
        """What is tolerated of one key, the tolerations for every key included."""
        return [*self.keyless, *self.tolerations.get(key, ())]

    def gives_role(self, role: str) -> bool:
        return any(same_role(role, given) for given in self.roles)

    def tolerates(self, taint: Taint) -> bool:
        """Whether one of them tolerates all that this one does."""
        return any(covers(given, taint) for given in self.taints(taint[0]))


def is_arn(role: str) -> bool:
    return role.startswith("arn:")


def suffixes(arn: str) -> list[str]:
    """The short names that mean this ARN: `a/b` and `b` of `arn:aws:iam::1:role/a/b`."""
    parts = arn.split("/")[1:]
    return ["/".join(parts[at:]) for at in range(len(parts))]


def same_role(one: str, other: str) -> bool:
    """Two ARNs are compared whole, a short name with what the ARN ends in (kube2iam's base ARN)."""
    if is_arn(one) == is_arn(other):
        return one.strip("/") == other.strip("/")
    arn, short = (one, other) if is_arn(one) else (other, one)
    return short.strip("/") in suffixes(arn)


def _union(one: Owners, other: Owners) -> Owners:
    return tuple(dict.fromkeys((*one, *other))) if one and other else one or other
