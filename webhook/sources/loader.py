"""The loader: a process of its own that watches policy files, parses and checks them.

    python -m webhook.sources.loader DIRECTORY

A process, because PyYAML holds the interpreter lock while it parses: 4 s for 10,000 teams,
during which no thread of the serving process would answer. It writes frames to its standard
output and ends when its standard input does, which is when the serving process is gone.
"""

import os
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from webhook.policy.documents import Cache
from webhook.policy.errors import PolicyErrors
from webhook.policy.load import load
from webhook.policy.spec import Team
from webhook.sources import frames
from webhook.sources.directory import Files, Unreadable, Watch
from webhook.sources.frames import Alive, Complete, Failed, Frame, changes, encoded

POLL_SECONDS = 0.25
ALIVE_SECONDS = 5.0


class Loader:
    """Turns what the directory holds into frames; remembers documents, and teams that were sent."""

    def __init__(self) -> None:
        self._documents: Cache = {}
        self._sent: dict[str, Team] = {}

    def frames(self, found: Files | Unreadable) -> Iterator[Frame]:
        if isinstance(found, Unreadable):
            yield Failed((str(found),))
            return
        started = time.monotonic()
        try:
            loaded = load(found, today=datetime.now(UTC).date(), cache=self._documents)
        except PolicyErrors as error:
            yield Failed(frames.lines(map(str, error.errors)))
            return
        except Exception as error:  # noqa: BLE001  the edge: a bug of ours must not end in a loop
            self._documents.clear()
            yield Failed((_bug(error),))
            return
        yield from changes(self._sent, loaded.spec)
        self._sent = loaded.spec.teams
        warnings = frames.lines(map(str, loaded.warnings))
        yield Complete(len(found), time.monotonic() - started, warnings)


def _bug(error: Exception) -> str:
    """What can be said of an error that should not be."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    kind = type(error).__name__
    return (
        f"policies cannot be read for a bug: {kind} at {place.filename}:{place.lineno}: report it"
    )


def watch(directory: Path, pipe: BinaryIO) -> None:
    """Look and tell, for ever. Raises BrokenPipeError when no one listens any more."""
    watched = Watch(directory, time.monotonic)
    loader = Loader()
    told = time.monotonic()
    while True:
        found = watched.poll()
        said: Iterator[Frame] = iter(())
        if found is not None:
            said = loader.frames(found)
        elif time.monotonic() - told >= ALIVE_SECONDS:
            said = iter([Alive()])
        for frame in said:
            told = time.monotonic()
            pipe.write(encoded(frame))
        pipe.flush()
        time.sleep(POLL_SECONDS)


def end_with_the_parent() -> None:
    """Wait for the end of standard input, then end this process, whatever it is doing."""
    while sys.stdin.buffer.read(1):
        pass
    os._exit(0)


def main() -> int:
    threading.Thread(target=end_with_the_parent, daemon=True).start()
    try:
        watch(Path(sys.argv[1]), sys.stdout.buffer)
    except (BrokenPipeError, KeyboardInterrupt):
        os._exit(0)  # not by sys.exit, which would flush a pipe that no one reads
    return 0


if __name__ == "__main__":
    sys.exit(main())
