"""A figure: what was measured of one subject in one case. The one shape that every part returns.

A part measures in rounds, each of which asks every subject in turn, so that whatever else the
machine does falls on all of them. A round gives one value for each key; a figure is the median of
the rounds with their quartiles. What it is held against, a control, is a value of the same round:
the ratio is the median of the ratios of the rounds, with their quartiles. Ratios are what can be
compared between machines; the values themselves are context.

A part is a function of a plan that returns rows:

    values = Values("https")
    for number in plan.each_round():
        values.add(Key("base", "Taxiway", "p50"), microseconds)
        values.add(Key("base", "empty uvicorn", "p50"), microseconds)
    rows = values.rows({Key("base", "Taxiway", "p50"): [Key("base", "empty uvicorn", "p50")]})
"""

from collections.abc import Mapping, Sequence
from statistics import median, quantiles
from typing import NamedTuple

from msgspec import Struct

# What a value counts, by what is measured. After a comma stands what part
# of it: "time, parsing".
UNITS = {
    "requests a second": "1/s",
    "CPU a request": "µs",
    "p50": "µs",
    "p99": "µs",
    "p99.9": "µs",
    "work": "µs",
    "time": "s",
    "longest time": "s",
    "CPU": "s",
    "memory": "MiB",
    "peak memory": "MiB",
    "growth": "times",
    "growth of p99": "times",
    "added time": "ms",
    "collections": "per 10,000 requests",
    "longest pause": "ms",
    "share of time": "%",
}


class Missing(Exception):
    """What a part needs is not here; the message says what, and how to get it."""


class Key(NamedTuple):
    """What a value is of: which case, whose, and what of it."""

    case: str
    subject: str
    measure: str

    @property
    def unit(self) -> str:
        return UNITS[self.measure.partition(",")[0]]


class Ratio(Struct, frozen=True):
    """To a control in the same round: the median of the rounds, and their quartiles."""

    control: str
    median: float
    spread: tuple[float, float]


class Row(Struct, frozen=True):
    """A figure: the median of the rounds, their quartiles, and its ratio to each control."""

    part: str
    case: str
    subject: str
    measure: str
    unit: str
    median: float
    spread: tuple[float, float]
    rounds: int
    ratios: tuple[Ratio, ...] = ()

    def to(self, control: str) -> Ratio | None:
        """The ratio to this control, if the figure has one."""
        return next((each for each in self.ratios if each.control == control), None)


class Values:
    """The values of a part, a list for each key with one value a round."""

    def __init__(self, part: str) -> None:
        self._part = part
        self._rounds: dict[Key, list[float]] = {}

    def add(self, key: Key, value: float) -> None:
        self._rounds.setdefault(key, []).append(value)

    def rows(self, controls: Mapping[Key, Sequence[Key]]) -> list[Row]:
        """A row for each key, in the order of their first values."""
        return [self._row(key, controls.get(key, ())) for key in self._rounds]

    def _row(self, key: Key, controls: Sequence[Key]) -> Row:
        values = self._rounds[key]
        return Row(
            part=self._part,
            case=key.case,
            subject=key.subject,
            measure=key.measure,
            unit=key.unit,
            median=rounded(median(values)),
            spread=spread(values),
            rounds=len(values),
            ratios=tuple(self._ratio(key, control) for control in controls),
        )

    def _ratio(self, key: Key, control: Key) -> Ratio:
        pairs = zip(self._rounds[key], self._rounds[control], strict=True)
        ratios = [value / other for value, other in pairs]
        return Ratio(called(control, key), round(median(ratios), 3), spread(ratios))


def called(control: Key, key: Key) -> str:
    """A control as a row of this key names it: by what is different."""
    if control.case == key.case:
        return control.subject
    if control.subject == key.subject:
        return control.case
    return f"{control.subject}, {control.case}"


def spread(values: Sequence[float]) -> tuple[float, float]:
    """The quartiles; of one value, that value twice."""
    if len(values) < 2:
        return rounded(values[0]), rounded(values[0])
    low, _, high = quantiles(values, n=4, method="inclusive")
    return rounded(low), rounded(high)


def rounded(value: float) -> float:
    """To four digits that count: no figure here is better than that."""
    return float(f"{value:.4g}")
