"""The loader's questions: taken as they come, answered in time, refused at the second look."""

import io
import threading
import time
from collections.abc import Iterable

from webhook.policy.question import Change, Verdict
from webhook.sources.frames import Asked, Judged, Leaving, encoded
from webhook.sources.inbox import AGAIN_SECONDS, PATIENCE_SECONDS, Inbox

GOOD, BAD = Verdict(), Verdict(("e",))


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def change(name: str) -> Change:
    return Change("taxiway", name, None, None)


def pipe(*names: str) -> io.BytesIO:
    asked = (encoded(Asked(number, change(name))) for number, name in enumerate(names, 1))
    return io.BytesIO(b"".join(asked))


class Judge:
    """Gives one verdict after the other, and remembers what it was asked."""

    def __init__(self, *verdicts: Verdict) -> None:
        self._verdicts = list(verdicts)
        self.asked: list[str] = []

    def __call__(self, asked: Change) -> Verdict:
        self.asked.append(asked.name)
        return self._verdicts.pop(0)


def told(answers: Iterable[Judged]) -> list[tuple[int, Verdict]]:
    return [(each.number, each.verdict) for each in answers]


def test_questions_are_answered_in_the_order_they_came() -> None:
    inbox, judge = Inbox(Clock()), Judge(GOOD, GOOD)
    inbox.listen(pipe("a", "b"))
    assert told(inbox.answers(judge)) == [(1, GOOD), (2, GOOD)]
    assert judge.asked == ["a", "b"]
    assert told(inbox.answers(judge)) == []


def test_what_would_be_refused_is_looked_at_again_a_moment_later() -> None:
    clock, judge = Clock(), Judge(BAD, GOOD)
    inbox = Inbox(clock)
    inbox.listen(pipe("a"))
    assert told(inbox.answers(judge)) == []
    assert told(inbox.answers(judge)) == []
    assert judge.asked == ["a"]
    clock.now += AGAIN_SECONDS
    assert told(inbox.answers(judge)) == [(1, GOOD)]


def test_what_is_refused_twice_is_refused() -> None:
    clock, judge = Clock(), Judge(BAD, BAD)
    inbox = Inbox(clock)
    inbox.listen(pipe("a"))
    assert told(inbox.answers(judge)) == []
    clock.now += AGAIN_SECONDS
    assert told(inbox.answers(judge)) == [(1, BAD)]


def test_what_nobody_waits_for_any_more_is_not_judged() -> None:
    clock, judge = Clock(), Judge()
    inbox = Inbox(clock)
    inbox.listen(pipe("a"))
    clock.now += PATIENCE_SECONDS
    assert told(inbox.answers(judge)) == []
    assert judge.asked == []


def test_a_question_wakes_up_who_waits() -> None:
    inbox = Inbox()
    thread = threading.Timer(0.1, inbox.listen, [pipe("a")])
    thread.start()
    started = time.monotonic()
    inbox.wait(20.0)
    thread.join()
    assert time.monotonic() - started < 15.0
    assert told(inbox.answers(Judge(GOOD))) == [(1, GOOD)]


def test_nothing_is_waited_for_longer_than_was_said() -> None:
    inbox = Inbox()
    started = time.monotonic()
    inbox.wait(0.05)
    assert 0.04 < time.monotonic() - started < 5.0


def test_a_question_that_is_cut_off_is_none() -> None:
    inbox = Inbox(Clock())
    whole = pipe("a").getvalue()
    for end in range(len(whole)):
        inbox.listen(io.BytesIO(whole[:end]))
    assert told(inbox.answers(Judge())) == []


def test_that_this_replica_ends_is_heard_and_is_no_question() -> None:
    inbox, before = Inbox(Clock()), Inbox(Clock()).is_leaving
    inbox.listen(io.BytesIO(encoded(Leaving())))
    assert (before, inbox.is_leaving) == (False, True)
    assert told(inbox.answers(Judge())) == []
