"""Whether a second run gives the same ratios: those whose quartiles have nothing in common do not.

Of two runs on the same machine some always will: quartiles leave out half of the rounds.
"""

from collections.abc import Iterator

from msgspec import Struct

from benchmarks.figures import Ratio, Row
from benchmarks.report import Run


class Other(Struct, frozen=True):
    """A ratio that came out differently."""

    row: Row
    first: Ratio
    second: Ratio


class Comparison(Struct, frozen=True):
    """`ratios` counts those that both runs have."""

    ratios: int
    others: tuple[Other, ...]


def compared(first: Run, second: Run) -> Comparison:
    pairs = list(_pairs(first, second))
    return Comparison(len(pairs), tuple(each for each in pairs if not _overlap(each)))


def _pairs(first: Run, second: Run) -> Iterator[Other]:
    found = {_key(row): row for row in second.rows}
    for row in first.rows:
        other = found.get(_key(row))
        for ratio in row.ratios if other else ():
            again = other.to(ratio.control) if other else None
            if again is not None:
                yield Other(row, ratio, again)


def _key(row: Row) -> tuple[str, str, str, str]:
    return row.part, row.case, row.subject, row.measure


def _overlap(pair: Other) -> bool:
    (low, high), (least, most) = pair.first.spread, pair.second.spread
    return low <= most and least <= high
