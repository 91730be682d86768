"""When something that changes has come to rest, so that what belongs together is one load.

Whoever moves a team from one file or ConfigMap to another makes two changes, and the set between
them has the team twice or not at all.
"""

from collections.abc import Callable

QUIET_SECONDS = 0.3  # changes that follow each other more closely are one load
LONGEST_WAIT_SECONDS = 2.0  # ... but what never rests must not keep all others waiting


class Quiet:
    """Told what is to be seen, again and again. `clock` gives seconds, monotonic."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._seen: object = None
        self._changed_first: float | None = None  # of the changes that are not yet loaded
        self._changed_last = float("-inf")  # so that the first load waits for nothing

    @property
    def is_changed(self) -> bool:
        """Whether something has changed since the last load."""
        return self._changed_first is not None

    def note(self, seen: object) -> None:
        """What there is now; anything but None, compared by value."""
        if seen == self._seen:
            return
        now = self._clock()
        if self._seen is not None:
            self._changed_last = now
        self._seen = seen
        self._changed_first = self._changed_first or now

    def is_over(self) -> bool:
        """Whether what has changed should be loaded now."""
        if self._changed_first is None:
            return False
        now = self._clock()
        at_rest = now - self._changed_last >= QUIET_SECONDS
        return at_rest or now - self._changed_first >= LONGEST_WAIT_SECONDS

    def loaded(self) -> None:
        self._changed_first = None
