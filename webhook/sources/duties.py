"""What a replica does in its cluster beside reading policies, in a thread of the loader process.

A duty is done at once after each load and every 2 s besides. It must not hold up the loads, whose
thread only leaves word of the last outcome here, nor the duties beside it: one that fails is left
alone for a pause that doubles, and what it said is kept until it succeeds. When the replica is told
to end, all of that stops, and only its farewells are left to be done (`leaving`).
"""

import random
import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from webhook.policy.errors import PolicyError, PolicyWarning
from webhook.sources.api_errors import ApiError, Refused
from webhook.sources.bug import bug
from webhook.sources.directory import Files

EVERY_SECONDS = 2.0  # as often as client-go renews a Lease
FIRST_PAUSE_SECONDS = 1.0
# A Lease that is not renewed for 15 s is another's: 8 s and what a call may take fit before that.
LONGEST_PAUSE_SECONDS = 8.0
LONGEST_RETRY_AFTER_SECONDS = 30.0
JITTER = 0.25  # of a pause, so that replicas do not come in step


class Outcome(Struct, frozen=True):
    """How a load went. `revision`: None where it failed, for `errors` or for `reason`."""

    at: datetime
    files: Files  # name and content; empty where nothing could be read
    revision: str | None = None
    errors: tuple[PolicyError, ...] = ()  # with file, line and column
    reason: str | None = None  # what has no place: nothing was found, nothing can be read
    warnings: tuple[PolicyWarning, ...] = ()
    shadow: str | None = None  # the revision of the set as it is planned


class Duty(Protocol):
    """`name` is how it is called in the log and in metrics."""

    @property
    def name(self) -> str: ...

    def turn(self, outcome: Outcome) -> None:
        """Do what there is to do. Raises ApiError and Undone where it cannot be done now."""


class Leads(Protocol):
    """Whether this replica is the one that writes what one of them is to write."""

    @property
    def is_leader(self) -> bool: ...


class Undone(Exception):
    """A duty cannot be done, for a reason that the API server did not give; one line."""


class Duties:
    """`tell` is for the loader's main thread, `run` for a thread of its own."""

    def __init__(
        self,
        duties: Sequence[Duty],
        clock: Callable[[], float],
        farewells: Sequence[Duty] = (),
    ) -> None:
        self._turns = [_Turns(duty, clock) for duty in duties]
        self._farewells = [_Turns(duty, clock) for duty in farewells]
        self._outcome: Outcome | None = None
        self._is_told = threading.Event()
        self._is_leaving = False

    def start(self) -> None:
        threading.Thread(target=self.run, name="duties", daemon=True).start()

    def tell(self, outcome: Outcome) -> None:
        """The last load went so. Returns at once; of several, the last one counts."""
        self._outcome = outcome
        self._is_told.set()

    def leave(self) -> None:
        """From now on only farewells are done. Returns at once; once is enough."""
        if not self._is_leaving:
            self._is_leaving = True
            self._is_told.set()

    @property
    def troubles(self) -> dict[str, str]:
        """Why duties cannot be done now, by their names; one line each."""
        return {each.name: each.trouble for each in self._current if each.trouble is not None}

    def run(self) -> None:
        """Do them, for ever; nothing before the first load."""
        while True:
            self._is_told.wait(self.wait_seconds())
            self.turn()

    def turn(self) -> None:
        """Do what is due."""
        is_new = self._is_told.is_set()
        self._is_told.clear()
        outcome = self._outcome
        if outcome is None:
            return
        for each in self._current:
            if is_new or each.is_due():
                each.take(outcome)

    def wait_seconds(self) -> float:
        """Until something is due."""
        if self._outcome is None:
            return EVERY_SECONDS
        return min((each.wait_seconds() for each in self._current), default=EVERY_SECONDS)

    @property
    def _current(self) -> list["_Turns"]:
        return self._farewells if self._is_leaving else self._turns


class _Turns:
    """One duty, and when it is to be done again."""

    def __init__(self, duty: Duty, clock: Callable[[], float]) -> None:
        self._duty = duty
        self._clock = clock
        self._next = clock()
        self._pause = FIRST_PAUSE_SECONDS
        self.name = duty.name
        self.trouble: str | None = None

    def is_due(self) -> bool:
        return self._clock() >= self._next

    def wait_seconds(self) -> float:
        return max(0.0, self._next - self._clock())

    def take(self, outcome: Outcome) -> None:
        """Never raises: the other duties, and the loads, are to go on."""
        try:
            self._duty.turn(outcome)
        except (ApiError, Undone) as error:
            self._failed(error)
        except Exception as error:  # noqa: BLE001  the edge of this thread: it must not end
            self._failed(error)
            self.trouble = bug(error, "a duty cannot be done")
        else:
            self.trouble, self._pause = None, FIRST_PAUSE_SECONDS
            self._rest(EVERY_SECONDS)

    def _failed(self, error: Exception) -> None:
        self.trouble = str(error)
        wanted = error.retry_after if isinstance(error, Refused) else 0.0
        self._rest(max(self._pause, min(wanted, LONGEST_RETRY_AFTER_SECONDS)))
        self._pause = min(2 * self._pause, LONGEST_PAUSE_SECONDS)

    def _rest(self, seconds: float) -> None:
        spread = random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311  a jitter is no secret
        self._next = self._clock() + seconds * spread
