"""The set in force, and those of the last minute."""

import pytest

from webhook.engine import Engine
from webhook.policy.compile import compile_policy
from webhook.policy.spec import PolicySpec
from webhook.sources.history import MOST_KEPT, History


class Time:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def engine(revision: str) -> Engine:
    return Engine(compile_policy(PolicySpec(revision=revision)))


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def history(time: Time) -> History:
    return History(time)


def known(history: History, *revisions: str) -> list[bool]:
    return [history.find(revision) is not None for revision in revisions]


def test_at_first_there_is_none(history: History) -> None:
    assert history.current is None
    assert history.find("a") is None


def test_the_current_one_is_found(history: History, time: Time) -> None:
    first = engine("a")
    history.switch(first)
    time.now += 10_000
    assert history.current is first
    assert history.find("a") is first


def test_the_one_before_is_kept_for_60_s_after_it_stopped_being_current(
    history: History, time: Time
) -> None:
    history.switch(engine("a"))
    time.now += 10_000
    history.switch(engine("b"))
    time.now += 59.9
    assert known(history, "a", "b") == [True, True]
    time.now += 0.2
    assert known(history, "a", "b") == [False, True]


def test_one_that_comes_back_is_current_again_and_later_kept_anew(
    history: History, time: Time
) -> None:
    again = engine("a")
    for each in (engine("a"), engine("b"), again):
        history.switch(each)
        time.now += 50
    assert history.find("a") is again
    history.switch(engine("c"))
    time.now += 59.9
    assert known(history, "a", "b", "c") == [True, False, True]


def test_at_most_16_are_kept_beside_the_current_one(history: History) -> None:
    for number in range(MOST_KEPT + 3):
        history.switch(engine(f"r{number}"))
    assert known(history, "r0", "r1", "r2", "r18") == [False, False, True, True]


def test_what_is_over_is_let_go(history: History, time: Time) -> None:
    history.switch(engine("a"))
    history.switch(engine("b"))
    time.now += 61
    history.forget()
    assert history._before == {}
