"""Which teams' pods this replica has seen, and when: for whoever is about to delete a team.

A team that exists has one entry; the names that authors invent never get here, because a pod with
an unknown team has none. 20,000 teams are 3 MiB.
"""

from collections.abc import Callable

from webhook.admission import Record

MOST_TEAMS = 20_000
UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))


class TeamSightings:
    """`clock` gives seconds, monotonic."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._seen: dict[str, float] = {}

    def note(self, record: Record) -> None:
        """A request was decided."""
        team = record.team
        if team is not None and (team in self._seen or len(self._seen) < MOST_TEAMS):
            self._seen[team] = self._clock()

    def __call__(self, team: str) -> str | None:
        """What to say of a team's pods; None where none was seen."""
        at = self._seen.get(team)
        if at is None:
            return None
        return f"this replica saw a pod of it {_ago(self._clock() - at)}"


def _ago(seconds: float) -> str:
    for size, unit in UNITS:
        count = int(seconds // size)
        if count:
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return "just now"
