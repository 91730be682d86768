"""The policy set in force, and those that were in force within the last minute.

Replicas learn of a change at different moments, and one pod must be decided by one set: each
keeps a set for 60 s after it stopped being the current one. At most 16 are kept: with a change
every 4 s for a minute, which no GitOps controller makes, the oldest goes earlier.
"""

from collections.abc import Callable

from webhook.engine import Engine

KEPT_SECONDS = 60.0
MOST_KEPT = 16


class History:
    """What admission calls PolicySets. `clock` gives seconds, monotonic."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._before: dict[str, tuple[Engine, float]] = {}  # by revision; until when it is kept
        self.current: Engine | None = None

    def find(self, revision: str) -> Engine | None:
        """The set of this revision, if it is in force or was within the last minute."""
        current = self.current
        if current is not None and current.revision == revision:
            return current
        engine, until = self._before.get(revision, (None, 0.0))
        return engine if self._clock() < until else None

    def switch(self, engine: Engine) -> None:
        """Put this set in force; the one before is kept for a minute."""
        before, now = self.current, self._clock()
        kept = {name: entry for name, entry in self._before.items() if now < entry[1]}
        kept.pop(engine.revision, None)
        if before is not None and before.revision != engine.revision:
            kept.pop(before.revision, None)
            kept[before.revision] = (before, now + KEPT_SECONDS)
        self._before = dict(list(kept.items())[-MOST_KEPT:])
        self.current = engine

    def forget(self) -> None:
        """Drop the sets whose minute is over; call it now and then, so that they do not linger."""
        now = self._clock()
        self._before = {name: entry for name, entry in self._before.items() if now < entry[1]}
