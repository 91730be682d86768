"""The goals, each a bound for one figure of the run: for its ratio to a control, or for itself.

What holds a goal that is missed where it is, is written by people beside the table.
"""

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from benchmarks.figures import Row
from benchmarks.growing import AFTER, SERVING
from benchmarks.https_cases import BASE, CONTROLLER, DENIED_ONE, FLOOR, GO, ONE, TAXIWAY
from benchmarks.starting import CONFIG_MAPS, DIRECTORY


class Goal(Struct, frozen=True):
    """A bound; without a control it is for the figure itself."""

    text: str
    part: str
    case: str
    subject: str
    measure: str
    bound: float
    control: str = ""
    is_least: bool = False  # the bound is what must be reached, not kept under


class Outcome(Struct, frozen=True):
    """What a run gave: the figure or ratio and its spread; None where the part was left out."""

    goal: Goal
    unit: str = ""
    value: float | None = None
    spread: tuple[float, float] = (0.0, 0.0)

    @property
    def is_met(self) -> bool:
        if self.value is None:
            return False
        return (
            self.value >= self.goal.bound if self.goal.is_least else self.value <= self.goal.bound
        )


def _percentiles() -> Iterator[Goal]:
    for case, said in ((BASE, "8 connections"), ("1 connection",) * 2, ("200 a second",) * 2):
        for measure in ("p50", "p99", "p99.9"):
            text = f"{measure}, {said}, to the empty ASGI server"
            yield Goal(text, "https", case, TAXIWAY, measure, 1.5, FLOOR)


GOALS = (
    Goal(
        "CPU a request, base case, logged and counted, to the empty ASGI server",
        *("https", BASE, TAXIWAY, "CPU a request"),
        bound=1.5,
        control=FLOOR,
    ),
    *_percentiles(),
    Goal(
        "requests a second on one core, to controller-runtime in Go",
        *("https", BASE, TAXIWAY, "requests a second"),
        bound=8,
        control=CONTROLLER,
        is_least=True,
    ),
    Goal(
        "one connection, p50, to the empty Go server",
        *("https", "1 connection", TAXIWAY, "p50"),
        bound=1.8,
        control=GO,
    ),
    Goal(
        "added to a pod's creation through the real API server, to an empty webhook pair",
        *("api-server", "mutate and validate", TAXIWAY, "added time"),
        bound=1.1,
        control="empty pair",
    ),
    Goal(
        "CPU a request, 10,000 teams to 1, mutated",
        *("https", "10,000 teams", TAXIWAY, "CPU a request"),
        bound=1.05,
        control=ONE,
    ),
    Goal(
        "CPU a request, 10,000 teams to 1, denied",
        *("https", "denied, 10,000 teams", TAXIWAY, "CPU a request"),
        bound=1.05,
        control=DENIED_ONE,
    ),
    Goal(
        "resident memory of the serving process, 1,000 teams, after 200,000 requests",
        *("memory", AFTER, SERVING, "memory"),
        bound=80,
    ),
    Goal(
        "its growth over the second half of them",
        *("memory", AFTER, SERVING, "growth"),
        bound=1.01,
    ),
    Goal(
        "start to ready, 100 teams in a directory, loader included",
        *("start", DIRECTORY, TAXIWAY, "time"),
        bound=1.0,
    ),
    Goal(
        "start to ready, 100 teams in a ConfigMap, loader included",
        *("start", CONFIG_MAPS, TAXIWAY, "time"),
        bound=1.0,
    ),
    Goal(
        "10,000 teams in ConfigMaps, start to ready",
        *("loading", "first load", SERVING, "time"),
        bound=5,
    ),
    Goal(
        "a change of one team of 10,000, the longest until it is in force",
        *("loading", "a change of one team", SERVING, "longest time"),
        bound=2,
    ),
    Goal(
        "p99 while one team of 10,000 after the other changes, to no changes",
        *("loading", "one change after the other", SERVING, "growth of p99"),
        bound=2,
    ),
    Goal(
        "resident memory of the serving process, 10,000 teams, after changes",
        *("loading", "after the changes", SERVING, "memory"),
        bound=150,
    ),
)


def outcomes(rows: Iterable[Row]) -> Sequence[Outcome]:
    """What a run gave for each goal."""
    found = {(row.part, row.case, row.subject, row.measure): row for row in rows}
    return [
        _outcome(goal, found.get((goal.part, goal.case, goal.subject, goal.measure)))
        for goal in GOALS
    ]


def _outcome(goal: Goal, row: Row | None) -> Outcome:
    if row is None:
        return Outcome(goal)
    if not goal.control:
        return Outcome(goal, row.unit, row.median, row.spread)
    ratio = row.to(goal.control)
    return Outcome(goal) if ratio is None else Outcome(goal, "times", ratio.median, ratio.spread)
