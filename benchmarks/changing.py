"""Changes one team after the other, each as soon as the last is in force, in a process of its own.

A process, because in that of the clock it would be waited for: the two would share an interpreter.
It changes from a line `start` on its standard input until a line `stop`, then says in one line of
JSON what it has measured. Its standard input ends when whoever started it does.

    python -m benchmarks.changing API_SERVER CA TOKEN LOG TEAMS
"""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path

import msgspec
from msgspec import Struct

from benchmarks import config_maps
from benchmarks.site import Loads, Store, body
from tests.cluster.lone_api_server import LoneApiServer

TEAMS = 10_000

Body = tuple[str, bytes]  # of a ConfigMap, with its name


class _Round(Struct, frozen=True):
    """What was measured between `start` and `stop`."""

    seconds: list[float]  # from when a change is sent until it is in force
    parses: list[float]  # of which reading, parsing and checking took


class Changer:
    """The process, as who asks for requests meanwhile sees it."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.seconds: list[float] = []
        self.parses: list[float] = []

    @contextmanager
    def changing(self) -> Iterator[None]:
        """From now on until the block ends, and the change that is under way then is in force."""
        self._say("start")
        try:
            yield
        finally:
            self._say("stop")
            done = msgspec.json.decode(self._line(), type=_Round)
            self.seconds += done.seconds
            self.parses += done.parses

    def _say(self, word: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{word}\n")
        self._process.stdin.flush()

    def _line(self) -> str:
        """What it says, within the minute that it gives a load."""
        assert self._process.stdout is not None
        return self._process.stdout.readline()


@contextmanager
def changer(server: LoneApiServer, log: Path, teams: int = TEAMS) -> Iterator[Changer]:
    """`log`: the service's, which says what is in force. `teams`: how many there are."""
    credentials = server.credentials
    words = [credentials.server, credentials.ca, credentials.tokens["administrator"], log, teams]
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.changing", *map(str, words)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        yield Changer(process)
        assert process.stdin is not None
        process.stdin.close()


def _until(over: threading.Event, store: Store, loads: Loads, bodies: Iterator[Body]) -> _Round:
    done = _Round([], [])
    while not (done.seconds and over.is_set()):  # one at least
        name, made = next(bodies)
        start = time.monotonic()
        store.replace(name, made)
        done.parses.append(loads.next().seconds)
        done.seconds.append(time.monotonic() - start)
    return done


def _listen(over: threading.Event) -> None:
    sys.stdin.readline()
    over.set()


def _changed(teams: int, number: int) -> Body:
    """The last ConfigMap with another contact for its last team."""
    name, text = config_maps.stored(teams, f"#contact-{number}").popitem()
    return name, body(name, text)


def main() -> None:
    url, authority, token, log, teams = sys.argv[1:]
    store, loads = Store(url, Path(authority), token), Loads(Path(log))
    loads.fresh()  # what was in force before
    bodies = cycle([_changed(int(teams), 0), _changed(int(teams), 1)])
    for _ in sys.stdin:
        over = threading.Event()
        listening = threading.Thread(target=_listen, args=[over])
        listening.start()
        done = _until(over, store, loads, bodies)
        listening.join()
        print(msgspec.json.encode(done).decode(), flush=True)


if __name__ == "__main__":
    main()
