"""Two kinds of plot as SVG: bars from zero, and points on a logarithmic axis.

Every value is a median with its quartiles, drawn as a line through the end of its bar or through
its point. Text is the reader's own font; the colours can be told apart by who sees no red or
green (Okabe and Ito's), and hold on white, which every plot brings along.
"""

from collections.abc import Iterator, Sequence
from html import escape
from math import ceil, floor, log10

from msgspec import Struct

WIDTH, LABELS, RIGHT = 860, 250, 90
TOP, FOOT, LINE = 64, 34, 26
DIGIT = 8  # at most as wide
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00")
GREY, PALE, DARK = "#777777", "#dddddd", "#222222"


class Value(Struct, frozen=True):
    """A median and its quartiles."""

    series: str
    median: float
    spread: tuple[float, float]


class Plot(Struct, frozen=True):
    """Values by their labels, a line each."""

    title: str
    unit: str
    lines: tuple[tuple[str, tuple[Value, ...]], ...]

    @property
    def series(self) -> list[str]:
        return list(dict.fromkeys(value.series for _, values in self.lines for value in values))

    def ends(self) -> list[float]:
        """All that must find room on the axis."""
        values = [value for _, each in self.lines for value in each]
        return [number for value in values for number in (*value.spread, value.median)]


def bars(plot: Plot) -> str:
    """A bar for the one value of each line, its figure beside it."""
    most = max(plot.ends()) * 1.08
    step = _step(most)

    def x(number: float) -> float:
        return LABELS + (WIDTH - LABELS - RIGHT) * number / most

    def drawn() -> Iterator[str]:
        yield from _axis(plot, {step * n: x(step * n) for n in range(int(most / step) + 1)})
        for at, (label, values) in enumerate(plot.lines):
            yield from _label(at, label)
            for value in values:
                yield from _bar(plot, at, value, x(0), x(value.median))
                yield from _whisker(at, [x(end) for end in value.spread], DARK)
                yield _text(x(value.spread[1]) + 8, _y(at) + 5, figure(value.median), DARK)

    return _document(plot, drawn())


def points(plot: Plot) -> str:
    """A point for each value of a line, each series in its colour."""
    low, high = floor(log10(min(plot.ends()))), ceil(log10(max(plot.ends())))
    least, most = min(plot.ends()) * 0.85, max(plot.ends()) * 1.15

    def x(number: float) -> float:
        share = log10(number / least) / log10(most / least)
        return LABELS + (WIDTH - LABELS - RIGHT) * share

    def drawn() -> Iterator[str]:
        ticks = [n * 10.0**power for power in range(low, high + 1) for n in (1, 2, 5)]
        yield from _axis(plot, {tick: x(tick) for tick in ticks if least <= tick <= most})
        for at, (label, values) in enumerate(plot.lines):
            yield from _label(at, label)
            for value in values:
                colour = _colour(plot, value.series)
                yield from _whisker(at, [x(end) for end in value.spread], colour)
                yield f'<circle cx="{x(value.median):.1f}" cy="{_y(at)}" r="5" fill="{colour}"/>'
        yield from _legend(plot)

    return _document(plot, drawn())


def figure(number: float) -> str:
    """With the digits that count."""
    if number >= 100:
        return f"{number:,.0f}"
    return f"{number:.1f}" if number >= 10 else f"{number:.2f}"


def _step(most: float) -> float:
    """Between marks of an axis from zero: 1, 2 or 5 of some power of ten, at most eight of them."""
    power = 10.0 ** floor(log10(most / 8))
    return next(power * n for n in (1, 2, 5, 10) if most / (power * n) <= 8)


def _document(plot: Plot, drawn: Iterator[str]) -> str:
    height = _y(len(plot.lines)) + FOOT - LINE // 2
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        f'width="{WIDTH}" height="{height}" font-family="sans-serif" font-size="13">'
    )
    title = f'<text x="16" y="26" font-size="16" fill="{DARK}">{escape(plot.title)}</text>'
    ground = f'<rect width="{WIDTH}" height="{height}" fill="white"/>'
    return "\n".join([head, ground, title, *drawn, "</svg>", ""])


def _axis(plot: Plot, marks: dict[float, float]) -> Iterator[str]:
    """A pale line for each mark with its number below, as far as they do not touch."""
    bottom = _y(len(plot.lines)) - LINE // 2
    for x in marks.values():
        yield _line(x, TOP - 4, x, bottom, PALE)
    free = 0.0  # from where on nothing is written
    for number, x in marks.items():
        text = f"{number:,.0f}" if number >= 1 or number == 0 else f"{number:g}"
        half = len(text) * DIGIT / 2
        if x - half >= free:
            yield _text(x, bottom + 18, text, GREY, "middle")
            free = x + half + DIGIT
    yield _text(WIDTH - 16, bottom + 18, plot.unit, GREY, "end")


def _bar(plot: Plot, at: int, value: Value, start: float, end: float) -> Iterator[str]:
    colour = _colour(plot, value.series)
    yield (
        f'<rect x="{start:.1f}" y="{_y(at) - 8}" width="{end - start:.1f}" height="16" '
        f'fill="{colour}"/>'
    )


def _whisker(at: int, ends: Sequence[float], colour: str) -> Iterator[str]:
    yield _line(ends[0], _y(at), ends[1], _y(at), colour, 2)


def _label(at: int, label: str) -> Iterator[str]:
    yield _text(LABELS - 12, _y(at) + 5, label, DARK, "end")


def _legend(plot: Plot) -> Iterator[str]:
    for number, series in enumerate(plot.series):
        x = LABELS + number * 170
        yield f'<circle cx="{x + 5}" cy="{TOP - 20}" r="5" fill="{_colour(plot, series)}"/>'
        yield _text(x + 16, TOP - 15, series, DARK)


def _colour(plot: Plot, series: str) -> str:
    return COLOURS[plot.series.index(series) % len(COLOURS)]


def _y(at: int) -> int:
    """The middle of a line."""
    return TOP + LINE // 2 + at * LINE


def _line(x1: float, y1: float, x2: float, y2: float, colour: str, width: int = 1) -> str:
    ends = f'x1="{x1:.1f}" y1="{y1}" x2="{x2:.1f}" y2="{y2}"'
    return f'<line {ends} stroke="{colour}" stroke-width="{width}"/>'


def _text(x: float, y: float, text: str, colour: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y}" fill="{colour}" text-anchor="{anchor}">{escape(text)}</text>'
