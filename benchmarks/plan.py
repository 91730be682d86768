"""How much a run measures: the full one takes about ten minutes, others show that it works."""

from collections.abc import Iterator

from msgspec import Struct


class Plan(Struct, frozen=True):
    """`most_teams` bounds the sets: ten thousand teams take a few seconds to load.

    No fewer than 201: the profiles of a large set name some.
    """

    rounds: int
    seconds: float  # of one closed loop
    open_seconds: float  # of one at a fixed rate
    requests: int  # to let memory grow
    starts: int
    most_teams: int = 10_000
    is_warm: bool = True  # whether every load runs once unmeasured

    def teams(self, wanted: int) -> int:
        return min(wanted, self.most_teams)

    def each_round(self) -> Iterator[int]:
        return iter(range(self.rounds))


# By rounds: 25 closed loops of 0.5 or 1 s and three of 5 s, 34 s a round.
FULL = Plan(rounds=8, seconds=0.5, open_seconds=5.0, requests=200_000, starts=7)
QUICK = Plan(rounds=2, seconds=0.25, open_seconds=1.0, requests=10_000, starts=2)
SMOKE = Plan(
    rounds=1,
    seconds=0.05,
    open_seconds=0.3,
    requests=200,
    starts=1,
    most_teams=210,
    is_warm=False,
)
