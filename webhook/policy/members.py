"""Whose pod it may be: each team's `members`, and an index that finds the one they name.

A claimed label holds when each key that is given and can be tested matches. To be found without
a label, every key given must have been tested and match. `dags` cannot be tested on
`celery-worker` and `other`, `users` not where a controller makes the pod for somebody else.
The service account that a team's `iam` gives counts among its `users` in the request's
namespace: its pods may launch pods.
"""

from collections.abc import Iterable, Iterator

from webhook.policy.index import Index
from webhook.policy.spec import Match, Members, Team
from webhook.policy.values import Facts, Values, account_key, as_labelled

KEYS = ("namespaces", "dags", "users")
UNTESTED = (frozenset({"dags"}), frozenset({"users"}), frozenset({"dags", "users"}))
NAMED = 3  # a message names at most three teams
_TRIED = 256  # so many near misses are tried for a message: under 0.3 ms


class CompiledMembers:
    """One team's `members`, ready to be tested."""

    __slots__ = ("dags", "namespaces", "users")

    def __init__(self, team: Team) -> None:
        match = as_match(team)
        members = team.members or Members()
        self.namespaces = Values(match.namespaces) if members.namespaces is not None else None
        self.dags = Values(match.dags) if members.dags is not None else None
        self.users = Values(match.users) if members.users is not None else None

    def failing(self, facts: Facts, untested: frozenset[str]) -> list[str]:
        """The keys that are given, can be tested and do not match."""
        failing = []
        if self.namespaces is not None and not self.namespaces.hold(facts.namespace):
            failing.append("namespaces")
        if self.dags is not None and "dags" not in untested and not self.dags.hold(facts.dag):
            failing.append("dags")
        if self.users is not None and "users" not in untested and not self._holds_user(facts):
            failing.append("users")
        return failing

    def _holds_user(self, facts: Facts) -> bool:
        return self.users is not None and (
            self.users.hold(facts.user) or self.users.hold(facts.account())
        )

    def given(self) -> frozenset[str]:
        return frozenset(key for key in KEYS if getattr(self, key) is not None)


class MembersIndex:
    """All teams with `members`, to be found by the facts of a request."""

    __slots__ = ("_all", "_compiled", "_near", "_teams")

    def __init__(self) -> None:
        self._teams: dict[str, Team] = {}
        self._compiled: dict[str, CompiledMembers] = {}
        self._all: Index[str] = Index()
        self._near: dict[frozenset[str], Index[str]] = {untested: Index() for untested in UNTESTED}

    def count(self, teams: Iterable[Team]) -> None:
        """Note what values the teams' members have. All are counted before the first is filed."""
        for team in teams:
            for index, match in self._places(team):
                index.count(match)

    def file(self, team: Team) -> None:
        for index, match in self._places(team):
            index.file(match, team.name)
        if team.members is not None:
            self._teams[team.name] = team

    def _places(self, team: Team) -> Iterator[tuple[Index[str], Match]]:
        """Where a team is filed: by all its keys, and by those left without the untested."""
        if team.members is None:
            return
        match = as_match(team)
        yield self._all, match
        for untested, index in self._near.items():
            tested = {key: getattr(match, key) for key in KEYS if key not in untested}
            if any(getattr(match, key) for key in untested) and any(tested.values()):
                yield index, Match(**tested)

    def of(self, name: str) -> CompiledMembers | None:
        """A team's members; None where it has none, so that anyone may claim it."""
        return self._members(name) if name in self._teams else None

    def _members(self, name: str) -> CompiledMembers:
        compiled = self._compiled.get(name)
        if compiled is None:
            compiled = self._compiled[name] = CompiledMembers(self._teams[name])
        return compiled

    def matching(self, facts: Facts, untested: frozenset[str]) -> tuple[str, ...]:
        """The teams that the facts find, sorted; of more than three the first three and one."""
        found: list[str] = []
        for name in self._all.candidates(facts):
            members = self._members(name)
            if not (members.given() & untested) and not members.failing(facts, untested):
                found.append(name)
                if len(found) > NAMED:
                    break
        return tuple(found)

    def nearly(self, facts: Facts, untested: frozenset[str]) -> tuple[tuple[str, str], ...]:
        """Teams that match but for what could not be tested, each with those keys. For messages."""
        if untested not in self._near:
            return ()
        found: list[tuple[str, str]] = []
        for _, name in zip(range(_TRIED), self._near[untested].candidates(facts), strict=False):
            members = self._members(name)
            if not members.failing(facts, untested):
                found.append((name, " and ".join(sorted(members.given() & untested))))
                if len(found) == NAMED:
                    break
        return tuple(found)


def as_match(team: Team) -> Match:
    """A team's members as a match: an exact dag also in its label's form, and its own account."""
    members = team.members or Members()
    users = list(members.users or ())
    iam = team.apply.iam if team.apply else None
    if members.users is not None and iam is not None and iam.service_account_name is not None:
        users.append(account_key(iam.service_account_name))
    return Match(
        namespaces=members.namespaces or (),
        dags=as_labelled(members.dags or ()),
        users=tuple(users),
    )
