"""Whose pod it may be: each team's `members`, and an index that finds the one they name.

A claimed label holds when each key that is given and can be tested matches. To be found without
a label, every key given must have been tested and match. `dags` cannot be tested on
`celery-worker` and `other`, `users` not where a controller makes the pod for somebody else.
The service account that a team's `iam` gives counts among its `users` in the request's
namespace: its pods may launch pods.
"""

from collections import deque
from collections.abc import Mapping

from msgspec import Struct

from webhook.policy.globs import is_indexable
from webhook.policy.sharing import Edit, Shared
from webhook.policy.spec import Match, Members, Team
from webhook.policy.team_index import Asked, TeamIndex, TeamIndexEdit, Value, rarest_first
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
    """All teams with `members`, to be found by the facts of a request; never changed, see
    MembersEdit. `found` holds the teams whose members were asked for: few of 10,000 ever are.
    """

    __slots__ = ("all", "counts", "found", "near", "teams")

    def __init__(self) -> None:
        self.teams: Mapping[str, Team] = {}
        self.counts: Shared[Value, int] = Shared()  # how many teams have each value
        self.all = TeamIndex()
        self.near = {untested: TeamIndex() for untested in UNTESTED}
        self.found: dict[str, CompiledMembers] = {}

    def of(self, name: str) -> CompiledMembers | None:
        """A team's members; None where it has none, so that anyone may claim it."""
        team = self.teams.get(name)
        return None if team is None or team.members is None else self._members(name)

    def _members(self, name: str) -> CompiledMembers:
        compiled = self.found.get(name)
        if compiled is None:
            compiled = self.found[name] = CompiledMembers(self.teams[name])
        return compiled

    def matching(self, facts: Facts, untested: frozenset[str]) -> tuple[str, ...]:
        """The teams that the facts find, sorted; of more than three the first three and one."""
        found: list[str] = []
        for name in self.all.candidates(facts):
            members = self._members(name)
            if not (members.given() & untested) and not members.failing(facts, untested):
                found.append(name)
                if len(found) > NAMED:
                    break
        return tuple(found)

    def nearly(self, facts: Facts, untested: frozenset[str]) -> tuple[tuple[str, str], ...]:
        """Teams that match but for what could not be tested, each with those keys. For messages."""
        if untested not in self.near:
            return ()
        found: list[tuple[str, str]] = []
        for name in self.near[untested].candidates(facts)[:_TRIED]:
            members = self._members(name)
            if not members.failing(facts, untested):
                found.append((name, " and ".join(sorted(members.given() & untested))))
                if len(found) == NAMED:
                    break
        return tuple(found)


class MembersEdit:
    """Teams whose members have changed: each is counted first, and when all are, filed."""

    __slots__ = ("_all", "_counts", "_found", "_near", "_waiting")

    def __init__(self, of: MembersIndex) -> None:
        self._counts = Edit(of.counts)
        self._all = TeamIndexEdit(of.all)
        self._near = {untested: TeamIndexEdit(index) for untested, index in of.near.items()}
        self._found = dict(of.found)
        self._waiting: deque[tuple[str, _Given | None, _Given | None]] = deque()

    def count(self, before: Team | None, after: Team | None) -> None:
        """One team; None: it was not there, or is not."""
        old, new = _given(before), _given(after)
        name = (before or after or _NOBODY).name
        self._found.pop(name, None)
        if old == new:
            return
        self._waiting.append((name, old, new))
        for given, step in ((old, -1), (new, 1)):
            for key, globs in given.asked.items() if given is not None else ():
                for glob in globs:
                    self._count((key, glob), step)

    def file(self, most: int) -> bool:
        """So many of the teams that were counted. Returns whether there are more."""
        for _ in range(min(most, len(self._waiting))):
            name, old, asking = self._waiting.popleft()
            new = None if asking is None else self._ranked(asking)
            self._all.file(name, _asked(old), _asked(new))
            for untested, index in self._near.items():
                index.file(name, _asked(old, untested), _asked(new, untested))
        for index in (self._all, *self._near.values()):
            index.settle()
        return bool(self._waiting)

    def done(self, teams: Mapping[str, Team]) -> MembersIndex:
        made = MembersIndex()
        made.teams, made.found, made.counts = teams, self._found, self._counts.done()
        made.all = self._all.done()
        made.near = {untested: index.done() for untested, index in self._near.items()}
        return made

    def _ranked(self, given: "_Given") -> "_Given":
        return _Given(given.keys, rarest_first(given.asked, self._counts))

    def _count(self, value: Value, step: int) -> None:
        part = self._counts.part(value)
        number = part.pop(value, 0) + step
        if number:
            part[value] = number


_NOBODY = Team(name="")


class _Given(Struct, frozen=True):
    """The keys that a team's members give, and what those ask that can be indexed."""

    keys: frozenset[str]
    asked: Asked


def _given(team: Team | None) -> _Given | None:
    if team is None or team.members is None:
        return None
    match = as_match(team)
    every = {key: globs for key in KEYS if (globs := getattr(match, key))}
    asked = {key: globs for key, globs in every.items() if all(map(is_indexable, globs))}
    return _Given(frozenset(every), asked)


def _asked(given: _Given | None, untested: frozenset[str] = frozenset()) -> Asked | None:
    """What is asked where some keys cannot be tested; None where those are none or all of it."""
    if given is None or not untested:
        return None if given is None else given.asked
    if given.keys.isdisjoint(untested) or given.keys <= untested:
        return None
    return {key: globs for key, globs in given.asked.items() if key not in untested}


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
