"""The loader: a process of its own that watches policy files, parses and checks them.

    python -m webhook.sources.loader directory DIR
    python -m webhook.sources.loader configmaps NAMESPACE [KUBECONFIG [MANAGED]]

MANAGED is how the service makes its own certificate, in JSON; an empty KUBECONFIG is the pod's.

A process, because PyYAML holds the interpreter lock while it parses: 4 s for 10,000 teams,
during which no thread of the serving process would answer. It writes frames to its standard
output, answers what it is asked on its standard input, and ends when that does, which is when the
serving process is gone.
"""

import gc
import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import BinaryIO, Protocol

from webhook.policy.documents import Cache, parse_documents
from webhook.policy.errors import PolicyErrors
from webhook.policy.language import sound_teams
from webhook.policy.load import check_size, load
from webhook.policy.question import Change, Verdict
from webhook.policy.spec import PolicySpec, Team
from webhook.sources import frames
from webhook.sources.bug import bug
from webhook.sources.cluster import Cluster
from webhook.sources.directory import Files, Unreadable, Watch
from webhook.sources.duties import Duties, Outcome
from webhook.sources.frames import Alive, AllTold, Complete, Failed, Frame, ahead, changes, encoded
from webhook.sources.inbox import Inbox
from webhook.sources.judge import Judge, Stored
from webhook.sources.plan import Plan
from webhook.sources.planner import Planner

POLL_SECONDS = 0.25
# Until something was found for the first time a replica waits for it, to be ready.
FIRST_POLL_SECONDS = 0.01
SOON_SECONDS = 5.0  # ... and after so long it is not to be had at all
ALIVE_SECONDS = 5.0
# What takes under 50 ms to be read, 300 teams, is told as a whole.
AHEAD_BYTES = 128 * 1024


class Source(Protocol):
    """What is watched: `directory.Watch` or `configmaps.ConfigMaps`."""

    @property
    def trouble(self) -> str | None: ...
    def age(self) -> float | None: ...
    def poll(self) -> Files | Unreadable | None: ...
    def stored(self) -> Stored | None: ...
    def plan(self) -> Plan | None: ...


class Loader:
    """Turns what the source holds into frames; remembers documents, and what was said."""

    def __init__(self) -> None:
        self.documents: Cache = {}
        self.sent: PolicySpec | None = None  # the set, once there is a good one
        self._told: dict[str, Team] = {}  # the teams that the other side knows
        self._judge = Judge(self.documents)
        self.outcome: Outcome | None = None  # of the last load

    def frames(self, found: Files | Unreadable) -> Iterator[Frame]:
        if isinstance(found, Unreadable):
            self.outcome = Outcome(_now(), (), reason=str(found))
            yield Failed((str(found),))
            return
        started, today = time.monotonic(), _now().date()
        try:
            with _uncollected():
                if not self._told:
                    yield from self._ahead(found)
                loaded = load(found, today=today, cache=self.documents)
        except PolicyErrors as error:
            self.outcome = Outcome(_now(), found, errors=error.errors)
            yield Failed(frames.lines(map(str, error.errors)))
            return
        except Exception as error:  # noqa: BLE001  the edge: a bug of ours must not end in a loop
            self.documents.clear()
            self.outcome = Outcome(_now(), found, reason=bug(error))
            yield Failed((bug(error),))
            return
        self._judge.know(found, today, loaded)
        yield from self._changes(loaded.spec)
        self.outcome = Outcome(
            _now(), found, revision=loaded.spec.revision, warnings=loaded.warnings
        )
        warnings = frames.lines(map(str, loaded.warnings))
        yield Complete(len(found), time.monotonic() - started, warnings)

    def verdict(self, change: Change, stored: Stored | None) -> Verdict:
        """What a change that is not stored yet would do. A bug of ours refuses nothing."""
        try:
            return self._judge.verdict(change, stored, _now().date())
        except Exception as error:  # noqa: BLE001  the edge: whoever asks gets an answer
            return Verdict(unchecked=bug(error, "it cannot be judged"))

    def take_stored(self, files: Files, stored_at: str) -> list[Frame]:
        """How to say a stored set. Raises PolicyErrors.

        Its documents are not remembered: those of the live set are, with which it will go on.
        """
        started = time.monotonic()
        with _uncollected():
            loaded = load(files, today=_now().date())
        said: list[Frame] = list(self._changes(loaded.spec))
        warnings = frames.lines(map(str, loaded.warnings))
        seconds = time.monotonic() - started
        return [*said, Complete(len(files), seconds, warnings, stored_at)]

    def _ahead(self, found: Files) -> Iterator[Frame]:
        """The teams of a large set, file by file as they are read, so that both sides are at work.

        Whether they make a set is seen when all are. Raises PolicyErrors.
        """
        if sum(len(content) for _, content in found) < AHEAD_BYTES:
            return
        check_size(found)
        for name, content in found:
            documents = parse_documents(name, content, self.documents)
            teams = {team.name: team for each in documents for team in sound_teams(each.content)}
            yield from ahead(teams.values())
            self._told.update(teams)
        yield AllTold()

    def _changes(self, spec: PolicySpec) -> Iterator[Frame]:
        """From now on this is what was sent."""
        before, self.sent, self._told = self._told, spec, spec.teams
        return changes(before, spec)


def watch(watched: Source, pipe: BinaryIO, cluster: Cluster, inbox: Inbox) -> None:
    """Look and tell, for ever. Raises BrokenPipeError when no one listens any more."""
    loader = Loader()
    planner = Planner(loader)
    told, had_trouble = time.monotonic(), False
    soon = told + SOON_SECONDS
    while True:
        found = watched.poll()
        has_trouble = watched.trouble is not None
        # Beside loads too: else a source that changes all the time would seem to be lost.
        if has_trouble != had_trouble or time.monotonic() - told >= ALIVE_SECONDS:
            told, had_trouble = time.monotonic(), has_trouble
            pipe.write(encoded(Alive(watched.age(), watched.trouble)))
            if found is None and loader.outcome is None and watched.trouble is not None:
                cluster.tell(Outcome(_now(), (), reason=watched.trouble))
        said: Iterator[Frame] = iter(())
        if found is not None:
            said = loader.frames(found)
        elif (plan := planner.ready(watched.plan())) is not None:
            said = planner.frames(plan)
        for frame in chain(said, cluster.frames(loader.take_stored)):
            pipe.write(encoded(frame))
        cluster.plan(planner.revision)
        for judged in inbox.answers(lambda change: loader.verdict(change, watched.stored())):
            pipe.write(encoded(judged))
        pipe.flush()
        if found is not None and loader.outcome is not None:
            cluster.tell(loader.outcome)
        if inbox.is_leaving:
            cluster.leave()
        is_first = loader.outcome is None and time.monotonic() < soon
        inbox.wait(FIRST_POLL_SECONDS if is_first else POLL_SECONDS)


def begun(
    inbox: Inbox, kind: str, name: str, kubeconfig: str = "", managed: str | None = None
) -> tuple[Source, Cluster]:
    """What the arguments name, and what is to be done in the cluster: nothing for a directory.

    The Kubernetes client is imported where it is needed alone.
    """
    if kind == "directory":
        return Watch(Path(name), time.monotonic), Cluster(Duties((), time.monotonic))
    from webhook.sources.configmaps import watched
    from webhook.sources.replica import started

    file = Path(kubeconfig) if kubeconfig else None
    config_maps = watched(name, file, time.monotonic)
    cluster = started(config_maps, inbox, name, file, time.monotonic)
    if managed is not None:
        from webhook.sources.managing import keeping_certificate

        cluster.also(keeping_certificate(name, file, managed, cluster, time.monotonic))
    return config_maps, cluster


def listen(inbox: Inbox) -> None:
    """Take questions until standard input ends, then end this process, whatever it is doing."""
    try:
        inbox.listen(sys.stdin.buffer)
    finally:
        os._exit(0)


@contextmanager
def _uncollected() -> Iterator[None]:
    """What a load makes is nearly all kept: collecting would walk it, for an eighth of the time.

    Nor is it walked afterwards. What falls out of use is freed by its reference count.
    """
    gc.disable()
    try:
        yield
        gc.freeze()
    finally:
        gc.enable()


def _now() -> datetime:
    return datetime.now(UTC)


def main() -> int:
    inbox = Inbox()
    threading.Thread(target=listen, args=[inbox], daemon=True).start()
    try:
        watched, cluster = begun(inbox, *sys.argv[1:])
        watch(watched, sys.stdout.buffer, cluster, inbox)
    except (BrokenPipeError, KeyboardInterrupt):
        os._exit(0)  # not by sys.exit, which would flush a pipe that no one reads
    return 0


if __name__ == "__main__":
    sys.exit(main())
