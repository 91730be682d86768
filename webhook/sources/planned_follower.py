"""The serving side of the planned set: made of the live one and what differs from it.

It is taken over and compiled in slices, as the live set is, and after it: the loader speaks of
one at a time. Whatever is wrong here is told of the planned set alone.
"""

import gc
from collections.abc import Mapping
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from webhook.engine import Engine
from webhook.policy.spec import PolicySpec, Team
from webhook.sources.follower import UNCOMPILED, compiled, settle
from webhook.sources.planned_frames import (
    NothingPlanned,
    PlannedBegin,
    PlannedComplete,
    PlannedFailed,
    PlannedFrame,
    PlannedTeams,
)

# 6 KiB each: the live set may take 60 MiB for 10,000 teams that are all at work, and what is
# planned must not double that. Making one anew takes as long as a few decisions.
MOST_PLACEMENTS = 1_000


class PlannedLoad(Struct, frozen=True):
    """A good load of the planned set. `beside`: the revision of the live set it was made beside."""

    engine: Engine
    beside: str
    files: int
    seconds: float  # what reading, parsing and checking took
    warnings: tuple[str, ...]


class PlannedReport(Protocol):
    """Who decides by the planned set, and tells of it."""

    def loaded(self, load: PlannedLoad) -> None: ...
    def failed(self, errors: tuple[str, ...]) -> None: ...
    def gone(self) -> None: ...


class Sets(Protocol):
    """The live set, whose parts the planned one shares."""

    @property
    def current(self) -> Engine | None: ...


class PlannedFollower:
    """Builds the set that the loader tells of, and hands it over as one."""

    def __init__(self, sets: Sets, report: PlannedReport) -> None:
        self._sets = sets
        self._report = report
        self._begun = PlannedBegin(PolicySpec(revision=""), "")
        self._teams: dict[str, Team] = {}
        self._engine: Engine | None = None

    async def take(self, frame: PlannedFrame, teams: Mapping[str, Team]) -> None:
        """Take over one frame; `teams` are all of the live set, as it was sent last."""
        match frame:
            case PlannedBegin(_, _, without):
                gc.disable()  # as for the live set: what is built now is there to stay
                gone = frozenset(without)
                self._begun = frame
                self._teams = {name: team for name, team in teams.items() if name not in gone}
            case PlannedTeams(changed):
                self._teams.update((team.name, team) for team in changed)
            case PlannedComplete():
                await self._complete(frame)
            case PlannedFailed(errors):
                self._engine = None
                self._report.failed(errors)
            case NothingPlanned():
                self._engine = None
                self._report.gone()

    async def _complete(self, done: PlannedComplete) -> None:
        spec = replace(self._begun.spec, teams=dict(sorted(self._teams.items())))
        self._teams = {}
        try:
            if self._engine is None or self._engine.revision != spec.revision:
                live = self._sets.current
                policies = await compiled(spec, live.policies if live else None)
                self._engine = Engine(policies, MOST_PLACEMENTS)
        except Exception as error:  # noqa: BLE001  whatever it is, the live set is not concerned
            self._engine = None
            self._report.failed((UNCOMPILED.format(spec.revision, type(error).__name__),))
            return
        finally:
            settle()
        beside = self._begun.beside
        load = PlannedLoad(self._engine, beside, done.files, done.seconds, done.warnings)
        self._report.loaded(load)
