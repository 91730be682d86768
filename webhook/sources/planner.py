"""Loads the planned set, after the live one and never instead of it.

What documents say is shared with the live set: only those of the shadow are read anew.
"""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Protocol

from webhook.policy.documents import Cache
from webhook.policy.errors import PolicyErrors
from webhook.policy.load import Loaded, load
from webhook.policy.spec import PolicySpec
from webhook.sources import frames
from webhook.sources.bug import bug
from webhook.sources.directory import Files
from webhook.sources.frames import Teams, changes
from webhook.sources.plan import Plan
from webhook.sources.planned_frames import (
    NothingPlanned,
    PlannedBegin,
    PlannedComplete,
    PlannedFailed,
    PlannedFrame,
    PlannedTeams,
)

NO_LIVE_SET = "there is no live set yet to be compared with: mend the live policies first"


class LiveSet(Protocol):
    """What the loader knows of the live set."""

    @property
    def sent(self) -> PolicySpec | None: ...
    @property
    def documents(self) -> Cache: ...


class Planner:
    """Turns plans into frames that rest on what was `sent` of the live set."""

    def __init__(self, live: LiveSet) -> None:
        self._live = live
        self._documents: Cache = {}
        self._plan = Plan()
        self._rests_on: PolicySpec | None = None
        self.revision: str | None = None  # of the set that was told of last, if that was good

    def due(self, plan: Plan | None) -> Plan | None:
        """The plan to be told of: a new one, or the last if another live set was sent since."""
        if plan is not None:
            return plan
        is_another = self._live.sent is not self._rests_on
        return self._plan if is_another and self._plan != Plan() else None

    def frames(self, plan: Plan) -> Iterator[PlannedFrame]:
        """What is to be said of this plan."""
        self._plan, self._rests_on = plan, self._live.sent
        self.revision = None
        if plan.errors:
            yield PlannedFailed(frames.lines(plan.errors))
        elif plan.files is None:
            self._documents = {}
            yield NothingPlanned()
        else:
            yield from self._loaded(plan.files)

    def _loaded(self, files: Files) -> Iterator[PlannedFrame]:
        started = time.monotonic()
        try:
            loaded = self._load(files)
        except PolicyErrors as error:
            yield PlannedFailed(frames.lines(map(str, error.errors)))
            return
        except Exception as error:  # noqa: BLE001  a bug here must not end the live set's loader
            yield PlannedFailed((bug(error),))
            return
        if self._live.sent is None:
            yield PlannedFailed((NO_LIVE_SET,))
            return
        self.revision = loaded.spec.revision
        yield from _said(self._live.sent, loaded.spec)
        warnings = frames.lines(map(str, loaded.warnings))
        yield PlannedComplete(len(files), time.monotonic() - started, warnings)

    def _load(self, files: Files) -> Loaded:
        """Raises PolicyErrors. What is left in `documents` is what this set is made of."""
        self._documents = {**self._live.documents, **self._documents}
        return load(files, today=datetime.now(UTC).date(), cache=self._documents)


def _said(live: PolicySpec, planned: PolicySpec) -> Iterator[PlannedFrame]:
    for frame in changes(live.teams, planned):
        if isinstance(frame, Teams):
            yield PlannedTeams(frame.teams)
        else:
            yield PlannedBegin(frame.spec, live.revision, frame.gone)
