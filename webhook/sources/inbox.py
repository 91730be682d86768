"""What the loader is asked and told: read by a thread of its own, taken when there is time.

What was asked longer ago than the asker waits is thrown away. A change that would be refused is
looked at once more 0.3 s later: what was stored just before (`kubectl apply` of a directory, one
ConfigMap after the other) may be on its way to us, and no one should be refused for what is no
longer so.
"""

import time
from collections.abc import Callable, Iterator
from queue import Empty, SimpleQueue
from typing import BinaryIO

from msgspec import Struct

from webhook.policy.question import Change, Verdict
from webhook.sources.frames import Asked, InForce, Judged, Leaving, read_said

PATIENCE_SECONDS = 12.0  # as long as the asker waits
AGAIN_SECONDS = 0.3


class _Letter(Struct, frozen=True):
    asked: Asked
    came: float
    due: float = 0.0  # when to look at it


class Inbox:
    """`clock` gives seconds, monotonic."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._queue: SimpleQueue[_Letter] = SimpleQueue()
        self._letters: list[_Letter] = []
        self.in_force: InForce | None = None  # None: no set is, or it was not told yet
        self.is_leaving = False  # this replica was told to end

    def listen(self, pipe: BinaryIO) -> None:
        """Take what comes, until the pipe ends. Raises BrokenFrame."""
        while (said := read_said(pipe)) is not None:
            match said:
                case InForce():
                    self.in_force = said
                case Leaving():
                    self.is_leaving = True
                case Asked():
                    self._queue.put(_Letter(said, self._clock()))

    def wait(self, seconds: float) -> None:
        """Until a question has come or is due again, at most so long."""
        due = min((letter.due - self._clock() for letter in self._letters), default=seconds)
        try:
            self._letters.append(self._queue.get(timeout=max(0.0, min(seconds, due))))
        except Empty:
            return

    def answers(self, judge: Callable[[Change], Verdict]) -> Iterator[Judged]:
        """What is to be said to the questions that are due."""
        while not self._queue.empty():
            self._letters.append(self._queue.get())
        letters, self._letters = self._letters, []
        for letter in letters:
            now = self._clock()
            if letter.due > now:
                self._letters.append(letter)
            elif now - letter.came < PATIENCE_SECONDS:
                yield from self._answer(letter, judge(letter.asked.change))

    def _answer(self, letter: _Letter, verdict: Verdict) -> Iterator[Judged]:
        if verdict.errors and not letter.due:
            again = _Letter(letter.asked, letter.came, self._clock() + AGAIN_SECONDS)
            self._letters.append(again)
        else:
            yield Judged(letter.asked.number, verdict)
