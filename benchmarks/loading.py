"""Loading policies: 10,000 teams, each a YAML document, in ConfigMaps of a real API server.

One connection asks for a pod's mutation every 4 ms all along, and another one, in between, an empty
server on the same core. A round is some seconds of that alone and some while one team after another
is changed, in turn, so that what else the machine does falls on both; the growth of the 99th
percentile is taken within a round. Who asks shares a core with the loader, the API server and
etcd, and waits for it when those are busy: the empty server's growth is that wait alone.
A change is timed from when it is sent to the API server until the service says that it is in force.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import cycle
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory

from benchmarks import config_maps, processes, reviews, servers
from benchmarks.changing import TEAMS, Changer, changer
from benchmarks.client import Connection, request
from benchmarks.figures import Key, Row, Values
from benchmarks.https_cases import FLOOR
from benchmarks.plan import Plan
from benchmarks.site import Loads, api_server, service, store
from tests.serving import Server

MOST_ROUNDS = 5
ROUND_SECONDS = 5.0
PAUSE_SECONDS = 0.002  # after each of the two

SERVING, LOADER = "Taxiway, serving", "Taxiway, loader"
FIRST, CHANGE, AFTER = "first load", "a change of one team", "after the changes"
ALONE, CHANGING = "no changes", "one change after the other"
GROWTH = Key(CHANGING, SERVING, "growth of p99")

Asked = Callable[[], dict[str, float]]  # 99th percentiles by subject


def measure(plan: Plan) -> list[Row]:
    """All of it, in about a minute and a half. Raises Missing."""
    teams, values = plan.teams(TEAMS), Values("loading")
    with TemporaryDirectory() as name:
        folder = Path(name)
        with api_server(folder) as server, closing(store(server)) as stored:
            for each, text in config_maps.stored(teams).items():
                stored.create(each, text)
            with service(server, folder / "service") as (serving, first):
                values.add(Key(FIRST, SERVING, "time"), first)
                values.add(
                    Key(FIRST, LOADER, "time, parsing"), Loads(serving.output).next().seconds
                )
                values.add(Key(FIRST, LOADER, "CPU"), _cpu(serving))
                with changer(server, serving.output, teams) as changes:
                    before = _cpu(serving)
                    _rounds(serving, changes, folder, plan, values)
                    _add_changes(changes, _cpu(serving) - before, values)
                _add_memory(serving, values)
    return values.rows({GROWTH: [Key(CHANGING, FLOOR, GROWTH.measure)]})


def _rounds(serving: Server, changes: Changer, folder: Path, plan: Plan, values: Values) -> None:
    """Each is some seconds alone, and as many while teams change."""
    with _asking(serving, folder, min(ROUND_SECONDS, plan.open_seconds)) as asked:
        asked()  # once unmeasured
        for _ in range(min(plan.rounds, MOST_ROUNDS)):
            alone = asked()
            with changes.changing():
                changing = asked()
            for subject in alone:
                values.add(Key(ALONE, subject, "p99"), alone[subject])
                values.add(Key(CHANGING, subject, "p99"), changing[subject])
                growth = changing[subject] / alone[subject]
                values.add(Key(CHANGING, subject, GROWTH.measure), growth)


@contextmanager
def _asking(serving: Server, folder: Path, seconds: float) -> Iterator[Asked]:
    """How to ask both for so long."""
    own = folder / "empty"
    own.mkdir()
    with (
        servers.empty(own) as empty,
        Connection(serving.port) as full,
        Connection(empty.port) as other,
    ):
        mutations = cycle(request("/mutate", each) for each in reviews.created(reviews.POD))
        subjects = {SERVING: (full, mutations), FLOOR: (other, cycle([request("/", b"")]))}

        def asked() -> dict[str, float]:
            took: dict[str, list[float]] = {subject: [] for subject in subjects}
            until = time.monotonic() + seconds
            while time.monotonic() < until or len(took[FLOOR]) < 2:
                for subject, (connection, requests) in subjects.items():
                    took[subject].append(connection.microseconds(next(requests)))
                    time.sleep(PAUSE_SECONDS)
            return {subject: quantiles(each, n=100)[98] for subject, each in took.items()}

        yield asked


def _add_changes(changes: Changer, cpu: float, values: Values) -> None:
    """`cpu`: what the loader ran for meanwhile, for changes and with all else that it does."""
    for seconds, parse in zip(changes.seconds, changes.parses, strict=True):
        values.add(Key(CHANGE, SERVING, "time"), seconds)
        values.add(Key(CHANGE, LOADER, "time, parsing"), parse)
    values.add(Key(CHANGE, SERVING, "longest time"), max(changes.seconds))
    values.add(Key(CHANGE, LOADER, "CPU"), cpu / len(changes.seconds))


def _add_memory(serving: Server, values: Values) -> None:
    for subject, pid in ((SERVING, serving.process.pid), (LOADER, serving.loader())):
        now, peak = processes.memory(pid)
        values.add(Key(AFTER, subject, "memory"), now)
        values.add(Key(AFTER, subject, "peak memory"), peak)


def _cpu(serving: Server) -> float:
    """Seconds that the loader has run for."""
    return processes.cpu_microseconds(serving.loader()) / 1e6
