"""Answers are counted and logged once they have left, each of them, whatever happens to one."""

import json
import os
from collections.abc import Callable, Iterator

import pytest

from webhook.admission import Answer, Record
from webhook.server.denials import Denials
from webhook.server.logs import Log
from webhook.server.metrics import Metrics, rendered
from webhook.server.observer import Observer
from webhook.server.request_log import RequestLog


class Loop:
    """Turns by hand."""

    def __init__(self) -> None:
        self.next: list[Callable[[], None]] = []

    def call_soon(self, what: Callable[[], None]) -> None:
        self.next.append(what)

    def turn(self) -> None:
        ready, self.next = self.next, []
        for each in ready:
            each()


class Told:
    """An observer, and what it has put down."""

    def __init__(self) -> None:
        self.reader, writer = os.pipe()
        self.log, self.metrics = Log(writer, lambda: "now"), Metrics()
        self.observer = Observer(self.log, RequestLog(self.log), self.metrics, Denials())

    def lines(self) -> list[str]:
        self.log.close()
        written = os.read(self.reader, 65536).decode() if self.log.dropped == 0 else ""
        return [json.loads(line)["uid"] for line in written.splitlines()]

    def counted(self) -> bool:
        text = b"".join(rendered(self.metrics)).decode()
        return 'taxiway_requests_total{decision="patched",endpoint="mutate",workload=""}' in text


@pytest.fixture
def told() -> Iterator[Told]:
    made = Told()
    yield made
    os.close(made.reader)


def answered(uid: str) -> Answer:
    return Answer(200, b"", (), Record("mutate", "patched", uid))


def test_without_a_loop_nothing_waits(told: Told) -> None:
    told.observer.answered(answered("a"), 0.001)
    assert (told.counted(), told.lines()) == (True, ["a"])


def test_with_a_loop_all_of_a_turn_are_put_down_in_the_next_in_their_order(told: Told) -> None:
    loop = Loop()
    told.observer.attach(loop.call_soon)
    for uid in "abc":
        told.observer.answered(answered(uid), 0.001)
    assert (told.counted(), len(loop.next)) == (False, 1)
    loop.turn()
    told.observer.answered(answered("d"), 0.001)
    loop.turn()
    assert (told.counted(), told.lines(), loop.next) == (True, ["a", "b", "c", "d"], [])


def test_who_ends_at_once_puts_down_what_waits(told: Told) -> None:
    told.observer.attach(Loop().call_soon)
    told.observer.answered(answered("a"), 0.001)
    told.observer.settle()
    assert told.lines() == ["a"]


def test_a_bug_takes_one_and_leaves_the_others(told: Told) -> None:
    loop = Loop()
    told.observer.attach(loop.call_soon)
    broken = Answer(200, b"", (), None)  # type: ignore[arg-type]
    for each in (answered("a"), broken, answered("c")):
        told.observer.answered(each, 0.001)
    with pytest.raises(AttributeError):
        loop.turn()
    loop.turn()
    assert told.lines() == ["a", "c"]
