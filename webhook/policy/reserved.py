"""What teams' `apply` gives, by what a pod would carry of it: roles, service accounts, taints.

Built once, so that asking "whose is this?" is a dictionary probe with 10,000 teams as with one.
"""

from collections.abc import Iterable, Iterator

from webhook.kube.tolerations import Taint, covers, effects, taint_of
from webhook.names import NODE_TAINTS
from webhook.policy.spec import Apply, Profile, Team

Owners = tuple[str, ...]  # names of teams; at most OWNERS of them are kept
OWNERS = 4  # a message names three, and says that there are more


class Reserved:
    """Who gives what. Own teams are sorted out by the caller, who knows the pod's team."""

    __slots__ = ("_accounts", "_arns", "_keys", "_shorts", "_suffixes", "profiles", "taints")

    def __init__(self, profiles: Iterable[Profile]) -> None:
        self._accounts: dict[str, Owners] = {}
        self._arns: dict[str, Owners] = {}
        self._suffixes: dict[str, Owners] = {}
        self._shorts: dict[str, Owners] = {}
        self._keys: dict[str, dict[str, None]] = {}  # by effect, in the order they were given
        self.taints: dict[str, KeyTaints] = {}
        self.profiles = Given(profile.apply for profile in profiles)

    def give(self, team: Team) -> None:
        """Note what a team's `apply` gives."""
        owner, apply = team.name, team.apply
        if apply is None:
            return
        if apply.iam is not None and apply.iam.role:
            self._give_role(owner, apply.iam.role)
        if apply.iam is not None and apply.iam.service_account_name:
            _add(self._accounts, apply.iam.service_account_name, owner)
        for taint in map(taint_of, apply.tolerations):
            if taint[0] and not taint[0].startswith(NODE_TAINTS):
                self.taints.setdefault(taint[0], KeyTaints()).add(taint, owner)
                for effect in effects(taint):
                    self._keys.setdefault(effect, {})[taint[0]] = None

    def _give_role(self, owner: str, role: str) -> None:
        if not is_arn(role):
            _add(self._shorts, role.strip("/"), owner)
            return
        _add(self._arns, role, owner)
        for suffix in suffixes(role):
            _add(self._suffixes, suffix, owner)

    def role_owners(self, role: str) -> Owners:
        """The teams that this role, an ARN or a short name, belongs to."""
        if not is_arn(role):
            short = role.strip("/")
            return _union(self._suffixes.get(short, ()), self._shorts.get(short, ()))
        owners = self._arns.get(role, ())
        for suffix in suffixes(role):
            owners = _union(owners, self._shorts.get(suffix, ()))
        return owners

    def reached_by_all(self, taint: Taint, own: "Given") -> Owners:
        """The owners of what a toleration without a key reaches, and `own` and no profile does.

        Only the few keys that `own` or a profile tolerates too are looked at before one that is
        another team's alone.
        """
        for effect in effects(taint):
            if any(mine[3] in ("", effect) for mine in (*own.keyless, *self.profiles.keyless)):
                continue
            for key in self._keys.get(effect, ()):
                covering = [*own.taints(key), *self.profiles.taints(key)]
                narrow = (key, "Exists", "", effect)
                owners = next(filter(None, self.taints[key].reached(narrow, covering)), ())
                if owners:
                    return owners
        return ()

    def account_owners(self, name: str) -> Owners:
        return self._accounts.get(name, ())


class KeyTaints:
    """What teams tolerate of one taint key: for each effect, every value or the values."""

    __slots__ = ("every", "values")

    def __init__(self) -> None:
        self.every: dict[str, Owners] = {}
        self.values: dict[str, dict[str, Owners]] = {}

    def add(self, taint: Taint, owner: str) -> None:
        for effect in effects(taint):
            if taint[1] == "Equal":
                _add(self.values.setdefault(effect, {}), taint[2], owner)
            else:
                _add(self.every, effect, owner)

    def reached(self, taint: Taint, own: Iterable[Taint]) -> Iterator[Owners]:
        """The owners of what `taint` reaches here and none of `own` tolerates, an effect each."""
        covering = tuple(own)
        for effect in effects(taint):
            here = [mine for mine in covering if not mine[3] or mine[3] == effect]
            if any(mine[1] == "Exists" for mine in here):
                continue
            values = {mine[2] for mine in here if mine[1] == "Equal"}
            if taint[1] == "Equal":
                yield self._one(taint[2], effect, values)
            elif effect in self.every:
                yield self.every[effect]
            else:
                theirs = self.values.get(effect, {})
                yield next((theirs[value] for value in theirs if value not in values), ())

    def _one(self, value: str, effect: str, own: set[str]) -> Owners:
        if value in own:
            return ()
        return _union(self.values.get(effect, {}).get(value, ()), self.every.get(effect, ()))


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


def _add(owners: dict[str, Owners], key: str, owner: str) -> None:
    known = owners.get(key, ())
    if len(known) < OWNERS and owner not in known:
        owners[key] = (*known, owner)


def _union(one: Owners, other: Owners) -> Owners:
    return tuple(dict.fromkeys((*one, *other))) if one and other else one or other
