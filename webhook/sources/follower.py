"""The serving side of a load: take over what the loader sends, compile it, put it in force.

All of it happens on the serving loop, in slices of a few milliseconds, and ends with one
assignment. A bad load changes nothing: the last good set stays in force. A loader that dies,
falls silent or talks nonsense is replaced, after a pause that doubles while that goes on.
"""

import asyncio
import gc
from asyncio import StreamReader, StreamReaderProtocol
from collections.abc import Callable, Mapping
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from webhook.engine import Engine
from webhook.policy.compile import TEAMS_A_SLICE, PolicySet, compiling
from webhook.policy.indexing import HeadStart
from webhook.policy.spec import PolicySpec, Team
from webhook.sources.frame_reader import read_frame
from webhook.sources.frames import (
    Alive,
    AllTold,
    Begin,
    BrokenFrame,
    Complete,
    Failed,
    Frame,
    Judged,
    Standing,
    Teams,
)
from webhook.sources.history import History
from webhook.sources.planned_frames import PlannedFrame
from webhook.sources.process import LoaderProcess, end_loader
from webhook.sources.questions import Questions

# The loader speaks every 5 s unless it parses: 10,000 teams take it 5 s here, and on a node that
# throttles it to a tenth of a core 50 s.
SILENCE_SECONDS = 120.0
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
UNCOMPILED = "policy set {} was checked and still could not be compiled ({}): report this bug"
# Between two slices. A request passes the loop some three times from its first byte to its answer;
# with no pause it would wait for a slice each time. 10,000 teams are 500 slices: half a second.
# While no set is in force there is nobody to wait: probes are answered in between all the same.
BREATH_SECONDS = 0.001
PIPE_BUFFER_BYTES = 512 * 1024  # a few frames


class Load(Struct, frozen=True):
    """A good load, in force now."""

    spec: PolicySpec
    files: int
    seconds: float  # what reading, parsing and checking took
    warnings: tuple[str, ...]
    stored: str | None = None  # when it was stored as the last good one; None: it is live


class Report(Protocol):
    """Who wants to know how loads went: log, metrics, readiness."""

    def loaded(self, load: Load) -> None: ...
    def failed(self, errors: tuple[str, ...]) -> None: ...
    def looked(self, age: float | None, trouble: str | None) -> None: ...
    def loader_ended(self, reason: str) -> None: ...
    def stands(self, is_leader: bool, troubles: dict[str, str]) -> None: ...


class Planned(Protocol):
    """Who wants to know what is said of the planned set; `teams` are those of the live one."""

    async def take(self, frame: PlannedFrame, teams: Mapping[str, Team]) -> None: ...


class Follower:
    """Keeps `history` at what the loader last said. `start` starts a loader."""

    def __init__(
        self,
        history: History,
        report: Report,
        start: Callable[[], LoaderProcess],
        planned: Planned,
        questions: Questions | None = None,
    ) -> None:
        self._history = history
        self._report = report
        self._start = start
        self._questions = questions or Questions()
        self._planned = planned

    async def run(self, loader: LoaderProcess) -> None:
        """Follow this loader and those that replace it, until cancelled."""
        pause = FIRST_PAUSE_SECONDS
        while True:
            reason, was_useful = await self._follow(loader)
            self._report.loader_ended(reason)
            pause = FIRST_PAUSE_SECONDS if was_useful else min(2 * pause, LONGEST_PAUSE_SECONDS)
            await asyncio.sleep(pause)
            loader = self._start()

    async def _follow(self, loader: LoaderProcess) -> tuple[str, bool]:
        """Take over loads until the loader ends: why it did, and whether it ever said anything."""
        conversation = _Conversation(self._history, self._report, self._planned, self._questions)
        transport, pipe = await _connect(loader)
        await self._questions.attach(loader)
        try:
            reason = await conversation.follow(pipe)
        finally:
            self._questions.detach()
            transport.close()
            gc.enable()
            code = end_loader(loader)
        return reason or f"it ended with exit code {code}", conversation.had_load


class _Conversation:
    """What one loader has said so far: the teams it knows that we know."""

    def __init__(
        self, history: History, report: Report, planned: Planned, questions: Questions
    ) -> None:
        self._history = history
        self._report = report
        self._planned = planned
        self._questions = questions
        self._teams: dict[str, Team] = {}
        self._is_sorted = True
        self._head = PolicySpec(revision="")
        self._head_start = HeadStart() if history.current is None else None
        self.had_load = False

    async def follow(self, pipe: StreamReader) -> str | None:
        """Returns why no more can be had of this loader; None at the end of the pipe."""
        while True:
            try:
                async with asyncio.timeout(SILENCE_SECONDS):
                    frame = await read_frame(pipe)
            except TimeoutError:
                return f"it said nothing for {SILENCE_SECONDS:.0f} s"
            except BrokenFrame as error:
                return f"it did not speak in frames: {error}"
            if frame is None:
                return None
            await self._take(frame)
            await asyncio.sleep(_breath(self._history.current))

    async def _take(self, frame: Frame) -> None:
        match frame:
            case Begin(spec, gone):
                self._begin(spec, frozenset(gone))
            case Teams(teams):
                gc.disable()  # what is built until the load is complete is there to stay
                self._take_teams(teams)
                await self._begin_with(teams)
            case AllTold():
                await self._file()
            case Failed(errors):
                settle()
                self.had_load = True
                self._report.failed(errors)
            case Alive(age, trouble):
                self._report.looked(age, trouble)
            case Judged(number, verdict):
                self._questions.judged(number, verdict)
            case Standing(is_leader, troubles):
                self._report.stands(is_leader, troubles)
            case Complete():
                self.had_load = True
                try:
                    await self._complete(frame)
                finally:
                    settle()
            case _:
                await self._planned.take(frame, self._teams)

    def _begin(self, spec: PolicySpec, gone: frozenset[str]) -> None:
        gc.disable()
        self._head = spec
        for name in gone:
            self._teams.pop(name, None)

    def _take_teams(self, teams: tuple[Team, ...]) -> None:
        """A loader that replaces another tells all: what is not new is shared with what is here."""
        current = self._history.current
        known = {} if current is None else current.policies.teams
        for team in teams:
            self._is_sorted = self._is_sorted and team.name in self._teams
            same = known.get(team.name)
            self._teams[team.name] = same if same == team and same is not None else team

    async def _begin_with(self, teams: tuple[Team, ...]) -> None:
        """Count them while the loader reads others, as long as no set is in force."""
        if self._history.current is not None:
            self._head_start = None
        if self._head_start is not None:
            for at in range(0, len(teams), TEAMS_A_SLICE):
                self._head_start.take(teams[at : at + TEAMS_A_SLICE])
                await asyncio.sleep(0)

    async def _file(self) -> None:
        """Go on while the loader checks the set as a whole."""
        if self._head_start is not None:
            while self._head_start.indexing.file(TEAMS_A_SLICE):
                await asyncio.sleep(0)

    async def _complete(self, done: Complete) -> None:
        if not self._is_sorted:  # 10,000 take 3 ms: most changes bring no name
            self._teams = dict(sorted(self._teams.items()))
            self._is_sorted = True
        spec = replace(self._head, teams=dict(self._teams))
        current = self._history.current
        if done.stored is not None and current is not None:
            return  # what a new loader found stored is no newer than what is in memory here
        if current is None or current.revision != spec.revision:
            try:
                before = self._head_start if current is None else current.policies
                self._head_start = None
                engine = Engine(await compiled(spec, before))
            except Exception as error:  # noqa: BLE001  whatever it is, the last good set stays
                self._report.failed((UNCOMPILED.format(spec.revision, type(error).__name__),))
                return
            self._history.switch(engine)
        self._questions.put_in_force(spec.revision, is_stored=done.stored is not None)
        self._report.loaded(Load(spec, done.files, done.seconds, done.warnings, done.stored))


async def _connect(loader: LoaderProcess) -> tuple[asyncio.ReadTransport, StreamReader]:
    loop = asyncio.get_running_loop()
    pipe = StreamReader(limit=PIPE_BUFFER_BYTES)
    transport, _ = await loop.connect_read_pipe(lambda: StreamReaderProtocol(pipe), loader.stdout)
    return transport, pipe


async def compiled(spec: PolicySpec, before: PolicySet | HeadStart | None) -> PolicySet:
    """Compiled in slices, with requests in between; `before` shares what is the same."""
    breath = _breath(before)
    slices = compiling(spec, before)
    while True:
        try:
            next(slices)
        except StopIteration as done:
            policies: PolicySet = done.value
            return policies
        await asyncio.sleep(breath)


def _breath(in_force: object) -> float:
    """How long to pause between two slices, in seconds."""
    return BREATH_SECONDS if isinstance(in_force, (Engine, PolicySet)) else 0.0


def settle() -> None:
    """Count all that there is as permanent, and let the garbage collector run.

    A collection that walked 10,000 teams would be a pause of 200 ms, again and again. What falls
    out of use is still freed, by its reference count.
    """
    gc.freeze()
    gc.enable()
