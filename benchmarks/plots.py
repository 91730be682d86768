"""Which figures are drawn, and how: the files beside docs/performance.md."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks import origin, svg
from benchmarks.figures import Row
from benchmarks.https_cases import BASE, CASES, FLOOR, GO, TAXIWAY
from benchmarks.svg import Plot, Value

FOLDER = origin.ROOT / "docs/performance"
LATENCIES = ("p50", "p99", "p99.9")
LOADS = {
    "1 connection": "1 connection",
    "200 a second": "200 a second",
    BASE: "8 connections",
    "64 connections": "64 connections",
}


def made(rows: Sequence[Row]) -> dict[Path, str]:
    """Every plot that these rows have the figures for, by its file."""
    plots = {
        "cpu": (svg.bars, "CPU a request, base case", _of_base(rows, "CPU a request")),
        "cases": (svg.bars, "CPU a request of Taxiway, by case", _by_case(rows, "CPU a request")),
        "latency": (svg.points, "Latency, by load", _latencies(rows)),
        "api-server": (svg.bars, "Added to a creation, by the API server", _added(rows)),
    }
    return {
        FOLDER / f"{name}.svg": draw(Plot(title, lines[0][0].unit, tuple(map(_line, lines))))
        for name, (draw, title, found) in plots.items()
        if (lines := list(found))
    }


Line = tuple[Row, str, tuple[Row, ...]]


def _line(line: Line) -> tuple[str, tuple[Value, ...]]:
    _, label, rows = line
    return label, tuple(Value(row.subject, row.median, row.spread) for row in rows)


def _of_base(rows: Sequence[Row], measure: str) -> Iterator[Line]:
    for row in rows:
        if (row.part, row.case, row.measure) == ("https", BASE, measure):
            yield row, row.subject, (row,)


def _by_case(rows: Sequence[Row], measure: str) -> Iterator[Line]:
    for row in rows:
        if (row.part, row.subject, row.measure) == ("https", TAXIWAY, measure):
            yield row, row.case, (row,)


def _latencies(rows: Sequence[Row]) -> Iterator[Line]:
    of = {(row.case, row.subject, row.measure): row for row in rows if row.part == "https"}
    asked = {case.name: case.subjects for case in CASES}
    for case, said in LOADS.items():
        for measure in LATENCIES:
            who = [each for each in (TAXIWAY, FLOOR, GO) if each in asked[case]]
            found = tuple(row for each in who if (row := of.get((case, each, measure))))
            if found:
                yield found[0], f"{said}, {measure}", found


def _added(rows: Sequence[Row]) -> Iterator[Line]:
    for row in rows:
        if (row.part, row.measure) == ("api-server", "added time"):
            yield row, f"{row.subject}, {row.case}", (row,)
