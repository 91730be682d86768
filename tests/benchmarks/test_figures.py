"""How the values of rounds become figures, and figures the outcomes of goals."""

import pytest
from msgspec.structs import replace

from benchmarks.again import Comparison, Other, compared
from benchmarks.figures import Key, Ratio, Row, Values
from benchmarks.goals import GOALS, Goal, Outcome, outcomes
from benchmarks.plan import SMOKE
from benchmarks.report import Run

OURS = Key("base", "Taxiway", "p50")
FLOOR = Key("base", "empty uvicorn", "p50")
ROW = Row(
    part="https",
    case="base",
    subject="Taxiway",
    measure="p50",
    unit="µs",
    median=30.0,
    spread=(20.0, 60.0),
    rounds=3,
    ratios=(Ratio("empty uvicorn", 2.0, (1.75, 2.5)),),
)
GOAL = replace(GOALS[0], bound=2.0, control="empty uvicorn")


def values() -> Values:
    made = Values("https")
    for ours, floor in ((10.0, 5.0), (30.0, 10.0), (90.0, 60.0)):
        made.add(OURS, ours)
        made.add(FLOOR, floor)
    return made


def test_a_ratio_is_the_median_of_the_ratios_of_the_rounds_not_of_the_medians() -> None:
    ours, floor = values().rows({OURS: [FLOOR]})
    assert ours == ROW
    assert (floor.median, floor.spread, floor.ratios) == (10.0, (7.5, 35.0), ())


def test_one_value_is_its_own_spread() -> None:
    made = Values("start")
    made.add(Key("ready", "Taxiway", "time"), 0.123456)
    assert made.rows({}) == [
        Row("start", "ready", "Taxiway", "time", "s", 0.1235, (0.1235, 0.1235), 1)
    ]


@pytest.mark.parametrize(
    ("control", "name"),
    [
        pytest.param(Key("base", "empty Go", "p50"), "empty Go", id="another subject, by its name"),
        pytest.param(Key("1 team", "Taxiway", "p50"), "1 team", id="another case, by its name"),
        pytest.param(Key("1 team", "empty Go", "p50"), "empty Go, 1 team", id="both, by both"),
    ],
)
def test_a_control_is_named_by_what_is_different(control: Key, name: str) -> None:
    made = values()
    for value in (1.0, 1.0, 1.0):
        made.add(control, value)
    (ratio,) = made.rows({OURS: [control]})[0].ratios
    assert ratio.control == name


def test_rounds_that_are_not_the_same_ones_have_no_ratio() -> None:
    made = values()
    made.add(FLOOR, 7.0)
    with pytest.raises(ValueError, match="longer"):
        made.rows({OURS: [FLOOR]})


@pytest.mark.parametrize(
    ("goal", "row", "expected"),
    [
        pytest.param(
            GOAL,
            replace(ROW, measure=GOAL.measure),
            (Outcome(GOAL, "times", 2.0, (1.75, 2.5)), True),
            id="a ratio at its bound is met",
        ),
        pytest.param(
            replace(GOAL, bound=1.9),
            replace(ROW, measure=GOAL.measure),
            (Outcome(replace(GOAL, bound=1.9), "times", 2.0, (1.75, 2.5)), False),
            id="a ratio above it is missed",
        ),
        pytest.param(
            replace(GOAL, bound=1.9, is_least=True),
            replace(ROW, measure=GOAL.measure),
            (Outcome(replace(GOAL, bound=1.9, is_least=True), "times", 2.0, (1.75, 2.5)), True),
            id="unless it is to be reached",
        ),
        pytest.param(
            replace(GOAL, control="", bound=40.0),
            replace(ROW, measure=GOAL.measure),
            (Outcome(replace(GOAL, control="", bound=40.0), "µs", 30.0, (20.0, 60.0)), True),
            id="without a control it is the figure that counts",
        ),
        pytest.param(GOAL, ROW, (Outcome(GOAL), False), id="what was not measured is not met"),
    ],
)
def test_the_outcome_of_a_goal(
    goal: Goal, row: Row, expected: tuple[Outcome, bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("benchmarks.goals.GOALS", (goal,))
    (found,) = outcomes([row])
    assert (found, found.is_met) == expected


@pytest.mark.parametrize(
    ("spread", "is_same"),
    [
        pytest.param((2.4, 3.0), True, id="quartiles with values in common"),
        pytest.param((2.5, 2.5), True, id="one value that both have"),
        pytest.param((2.6, 3.0), False, id="all above"),
        pytest.param((1.0, 1.7), False, id="all below"),
    ],
)
def test_a_second_run_gives_the_same(spread: tuple[float, float], is_same: bool) -> None:
    again = Ratio("empty uvicorn", 2.7, spread)
    first, second = (
        Run("2026-01-02", "", {}, {}, SMOKE, (replace(ROW, ratios=(ratio,)),))
        for ratio in (ROW.ratios[0], again)
    )
    others = () if is_same else (Other(ROW, ROW.ratios[0], again),)
    assert compared(first, second) == Comparison(1, others)
