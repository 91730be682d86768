"""The indexes of a set that is being made: of another's, team by team, in slices.

Each team is counted first; once all are, each is filed by what fewest others have. So counting may
begin while the rest of the set is still being read elsewhere: see `HeadStart`.
"""

from collections.abc import Iterable, Iterator, Mapping

from webhook.policy.members import MembersEdit, MembersIndex
from webhook.policy.nearest import Nearest, NearestEdit
from webhook.policy.reserved import Given, Reserved
from webhook.policy.sharing import Shared
from webhook.policy.spec import Team

Change = tuple[Team | None, Team | None]  # a team before and after; None: it is not there
Indexes = tuple[MembersIndex, Nearest, Reserved]


def no_indexes() -> Indexes:
    """Those of a set without teams, which every set may be made from."""
    return MembersIndex(), Nearest(), Reserved(Shared(), Given(()))


class Indexing:
    """Call `count` with all that differs from the indexes `of`, then `file` until it is over."""

    __slots__ = ("_members", "_nearest", "_reserved")

    def __init__(self, of: Indexes) -> None:
        members, nearest, reserved = of
        self._members = MembersEdit(members)
        self._nearest = NearestEdit(nearest)
        self._reserved = reserved.edit()

    def count(self, changes: Iterable[Change]) -> None:
        """A slice of them."""
        for old, new in changes:
            self._members.count(old, new)
            self._reserved.change(old, new)
            self._rename(old, new)
        self._reserved.settle()

    def file(self, most: int) -> bool:
        """So many of the teams that were counted. Returns whether there are more."""
        return self._members.file(most)

    def done(self, teams: Mapping[str, Team], given: Given) -> Indexes:
        """Nothing may be changed after this. `given`: what profiles give."""
        return self._members.done(teams), self._nearest.done(), self._reserved.done(given)

    def _rename(self, old: Team | None, new: Team | None) -> None:
        if old is None and new is not None:
            self._nearest.add(new.name)
        elif old is not None and new is None:
            self._nearest.drop(old.name)


class HeadStart:
    """Teams of a first set, counted before the set is known as a whole.

    Whatever of it turns out to be otherwise is exchanged when the set is compiled.
    """

    __slots__ = ("indexing", "teams")

    def __init__(self) -> None:
        self.teams: dict[str, Team] = {}
        self.indexing = Indexing(no_indexes())

    def take(self, teams: Iterable[Team]) -> None:
        """A slice of them."""
        self.indexing.count(self._changes(teams))

    def _changes(self, teams: Iterable[Team]) -> Iterator[Change]:
        for team in teams:
            yield self.teams.get(team.name), team
            self.teams[team.name] = team
