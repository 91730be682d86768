"""docs/performance.md and its plots, made from figures."""

from xml.etree import ElementTree

import pytest

from benchmarks import page, svg
from benchmarks.figures import Ratio, Row
from benchmarks.svg import Plot, Value

SVG = "{http://www.w3.org/2000/svg}"
ROWS = (
    Row(
        *("https", "base", "Taxiway", "p50", "µs"),
        median=412.34,
        spread=(400.1, 450.0),
        rounds=8,
        ratios=(Ratio("empty uvicorn", 1.62, (1.58, 1.7)),),
    ),
    Row("https", "base", "Taxiway", "CPU a request", "µs", 60.04, (60.04, 60.04), 1),
    Row("https", "base", "empty uvicorn", "p50", "µs", 1254.0, (1200.0, 1300.0), 8),
)


def test_figures_are_a_line_for_each_subject_and_a_column_for_each_measure() -> None:
    assert page.values(ROWS) == "\n".join(
        (
            "| case | of | p50, µs | CPU a request, µs |",
            "| --- | --- | --- | --- |",
            "| base | Taxiway | 412 (400 to 450) | 60.0 |",
            "| base | empty uvicorn | 1,254 (1,200 to 1,300) |  |",
        )
    )


def test_ratios_are_a_line_for_each_control() -> None:
    assert page.ratios(ROWS) == "\n".join(
        (
            "| case | of | to | p50 |",
            "| --- | --- | --- | --- |",
            "| base | Taxiway | empty uvicorn | 1.62 (1.58 to 1.70) |",
        )
    )


def test_words_around_marks_stay() -> None:
    text = "before <!-- run -->\nold\n<!-- end of run --> after"
    made = page.replaced(text, "run", "new")
    assert made == "before <!-- run -->\n\nnew\n\n<!-- end of run --> after"
    assert page.replaced(made, "run", "new") == made


@pytest.mark.parametrize(
    "text", ["", "<!-- run -->", "<!-- end of run --><!-- run -->"], ids=["none", "half", "swapped"]
)
def test_a_page_without_its_marks_is_told(text: str) -> None:
    with pytest.raises(ValueError) as error:
        page.replaced(text, "run", "new")
    assert str(error.value) == (
        "docs/performance.md lacks `<!-- run -->` and `<!-- end of run -->` after it: add them"
    )


PLOT = Plot(
    "CPU & more",
    "µs",
    (
        ("base", (Value("Taxiway", 60.0, (55.0, 66.0)), Value("Go", 12.0, (12.0, 12.0)))),
        ("60 KB", (Value("Taxiway", 600.0, (500.0, 700.0)),)),
    ),
)


def test_a_bar_is_as_long_as_its_figure() -> None:
    drawn = ElementTree.fromstring(svg.bars(PLOT))  # noqa: S314  our own text
    widths = [float(each.attrib["width"]) for each in drawn.iter(f"{SVG}rect")][1:]
    assert [width / widths[0] for width in widths] == pytest.approx([1.0, 0.2, 10.0], rel=0.01)
    written = [each.text for each in drawn.iter(f"{SVG}text") if each.attrib["fill"] == svg.DARK]
    assert written == ["CPU & more", "base", "60.0", "12.0", "60 KB", "600"]


def test_the_same_ratio_is_the_same_distance_between_points() -> None:
    lines = tuple((f"{n}", (Value("Taxiway", n, (n, n)),)) for n in (10.0, 100.0, 1000.0))
    drawn = ElementTree.fromstring(svg.points(Plot("", "µs", lines)))  # noqa: S314  our own text
    middle = [float(each.attrib["cx"]) for each in drawn.iter(f"{SVG}circle")][:3]
    assert middle[2] - middle[1] == pytest.approx(middle[1] - middle[0], abs=0.11)
