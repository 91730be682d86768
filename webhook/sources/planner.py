"""Loads the planned set, after the live one and never instead of it.

What documents say is shared with the live set: only those of the shadow are read anew, and in
between it is seen to changes of the live set and to questions about them: reading 10,000 documents
takes 4 s.
"""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Protocol

from webhook.policy.documents import Cache, parse_documents
from webhook.policy.errors import PolicyErrors
from webhook.policy.load import Loaded, check_size, load
from webhook.policy.source import chunks
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

READ_SECONDS = 0.2  # a change of the live set has 2 s to be in force
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
        self._reading: Iterator[None] | None = None  # of the plan that is to be told of
        self.revision: str | None = None  # of the set that was told of last, if that was good

    def ready(self, plan: Plan | None) -> Plan | None:
        """The plan to be told of, once all of it is read; each call reads for 0.2 s at most.

        `plan` is a new one, if there is one. The last is told of again if another live set was
        sent since.
        """
        is_another = self._live.sent is not self._rests_on and self._plan != Plan()
        if plan is not None or (self._reading is None and is_another):
            self._plan = self._plan if plan is None else plan
            self._reading = self._read(self._plan.files or ())
        if self._reading is None or not _is_over(self._reading):
            return None
        self._reading = None
        return self._plan

    def frames(self, plan: Plan) -> Iterator[PlannedFrame]:
        """What is to be said of this plan."""
        self._rests_on = self._live.sent
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

    def _read(self, files: Files) -> Iterator[None]:
        """Read documents that are new, one at a time; what is wrong is said when all are loaded."""
        self._documents = {**self._live.documents, **self._documents}
        try:
            check_size(files)
            for name, content in files:
                for chunk in chunks(content):
                    parse_documents(name, chunk.text.encode(), self._documents)
                    yield
        except Exception:  # noqa: BLE001  whatever it is, loading meets it again and says so
            return

    def _load(self, files: Files) -> Loaded:
        """Raises PolicyErrors. What is left in `documents` is what this set is made of."""
        self._documents = {**self._live.documents, **self._documents}
        return load(files, today=datetime.now(UTC).date(), cache=self._documents)


def _is_over(reading: Iterator[None]) -> bool:
    """Go on reading for a while: whether there is nothing more to be read."""
    until = time.monotonic() + READ_SECONDS
    return all(time.monotonic() < until for _ in reading)


def _said(live: PolicySpec, planned: PolicySpec) -> Iterator[PlannedFrame]:
    for frame in changes(live.teams, planned):
        if isinstance(frame, Teams):
            yield PlannedTeams(frame.teams)
        else:
            yield PlannedBegin(frame.spec, live.revision, frame.gone)
