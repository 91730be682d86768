"""What is asked of whom over HTTPS: the base case, and others that differ from it in one thing.

The base case is a pod of 3 KB, 1,000 teams, mutated, over 8 connections that are kept. Controls
get the very same bytes. What a case is held against stands in the same round: the same case of
the controls that take part in it, else their base case.
"""

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from benchmarks.figures import Key

TAXIWAY, FLOOR, GO = "Taxiway", "empty uvicorn", "empty Go"
CONTROLLER, FASTAPI = "controller-runtime", "FastAPI"
BASE, TEAMS = "base", 1_000
SIZES = (1, 100, TEAMS, 10_000)
MEASURES = ("requests a second", "CPU a request", "p50", "p99", "p99.9")


class Case(Struct, frozen=True):
    """`body` names what is sent. `teams` are Taxiway's; the controls always have 1,000."""

    name: str
    subjects: tuple[str, ...] = (TAXIWAY,)
    body: str = "base"
    path: str = "/mutate"
    teams: int = TEAMS
    connections: int = 8
    rate: float = 0.0
    fresh: bool = False
    is_long: bool = False  # its 99.9th percentile is a goal: twice the seconds
    smallest: str = ""  # the case with one team


ONE, DENIED_ONE = "1 team", "denied, 1 team"
CASES = (
    Case(BASE, (TAXIWAY, FLOOR, GO, CONTROLLER, FASTAPI), is_long=True),
    Case("1 KB", (TAXIWAY, FLOOR), body="1 KB"),
    Case("60 KB", (TAXIWAY, FLOOR), body="60 KB"),
    Case("novel", body="novel"),
    Case(ONE, teams=1),
    Case("100 teams", teams=100, smallest=ONE),
    Case("10,000 teams", teams=10_000, smallest=ONE),
    Case("untouched", body="untouched"),
    Case("denied", body="denied", path="/validate", smallest=DENIED_ONE),
    Case(DENIED_ONE, body="denied", path="/validate", teams=1),
    Case(
        "denied, 10,000 teams", body="denied", path="/validate", teams=10_000, smallest=DENIED_ONE
    ),
    Case("1 connection", (TAXIWAY, FLOOR, GO, CONTROLLER), connections=1, is_long=True),
    Case("64 connections", (TAXIWAY, FLOOR, GO), connections=64),
    Case("new connections", (TAXIWAY, FLOOR, GO), fresh=True),
    Case("200 a second", (TAXIWAY, FLOOR, GO), rate=200.0),
)


def controls() -> Mapping[Key, Sequence[Key]]:
    """What each figure is held against."""
    return {
        Key(case.name, subject, measure): list(_against(case, subject, measure))
        for case in CASES
        for subject in case.subjects
        for measure in MEASURES
    }


def _against(case: Case, subject: str, measure: str) -> Iterator[Key]:
    """Every control of the case; the floor always."""
    if subject != TAXIWAY:
        if subject != FLOOR:
            yield Key(case.name, FLOOR, measure)
        return
    if len(case.subjects) == 1:
        yield Key(BASE, FLOOR, measure)
    for other in case.subjects[1:]:
        yield Key(case.name, other, measure)
    if case.smallest:
        yield Key(case.smallest, TAXIWAY, measure)
