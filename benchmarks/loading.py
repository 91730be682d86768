"""Loading policies: 10,000 teams, each a YAML document, in ConfigMaps of a real API server.

One connection asks for a pod's mutation every 4 ms all along. A round is some seconds of that
alone and some while one team after another is changed, in turn, so that what else the machine
does falls on both; the ratio of their 99th percentiles is taken within a round. A change is timed
from when it is sent to the API server until the service says that it is in force.
"""

import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

from msgspec import Struct

from benchmarks import config_maps, reviews, servers, wire
from benchmarks.client import Connection, request
from benchmarks.servers import Running
from benchmarks.site import Loads, Store, api_server, body, place, service
from tests.serving import Server

TEAMS = 10_000
ROUNDS = 5
ROUND_SECONDS = 4.0
PAUSE_SECONDS = 0.004
SWITCH_SECONDS = 0.0001
COST_ROUNDS = 40  # times 25 requests to each of two services: 2 s
FIRST_LIMIT, CHANGE_LIMIT, P99_LIMIT, RSS_LIMIT, COST_LIMIT = 5.0, 2.0, 2.0, 150.0, 1.1


class Figures(Struct, frozen=True):
    """Seconds, microseconds and MiB."""

    teams: int
    first: float  # from the start of the process until it is ready
    first_parse: float  # of which reading, parsing and checking took
    first_cpu: float  # of the loader, from its start
    changes: tuple[float, ...]
    change_parse: float
    change_cpu: float  # of the loader for each change, with all else it does meanwhile
    p99_alone: float
    p99_changing: float
    p99_ratio: float  # the median of the rounds
    serving_rss: float
    serving_peak: float
    loader_rss: float
    loader_peak: float
    cost_ratio: float  # CPU time a request, to that with one team


def measure() -> Figures:
    """All of it, in about a minute. Raises `site.Missing`."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        with api_server(folder) as server:
            store = Store(server)
            for each, text in config_maps.stored(TEAMS).items():
                store.create(each, text)
            with service(server, folder / "service") as (serving, first):
                loads = Loads(serving.output)
                parse, cpu = loads.next().seconds, wire.cpu_microseconds(serving.loader())
                changer = Changer(store, loads)
                rounds = _rounds(serving, changer)
                cpus = cpu, wire.cpu_microseconds(serving.loader())
                cost = _cost(serving, folder)
                return _figures((first, parse), changer, rounds, serving, cost, cpus)


class Changer:
    """Changes one team after the other, each as soon as the last is in force."""

    def __init__(self, store: Store, loads: Loads) -> None:
        self.seconds: list[float] = []
        self.parses: list[float] = []
        self._store = store
        self._loads = loads
        self._bodies = cycle(map(_changed, range(2)))

    @contextmanager
    def changing(self) -> Iterator[None]:
        """From now on until the block ends."""
        over = threading.Event()
        thread = threading.Thread(target=self._run, args=[over])
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def _run(self, over: threading.Event) -> None:
        while not over.is_set():
            name, made = next(self._bodies)
            start = time.monotonic()
            self._store.replace(name, made)
            self.parses.append(self._loads.next().seconds)
            self.seconds.append(time.monotonic() - start)


def _changed(number: int) -> tuple[str, bytes]:
    """The last ConfigMap with another contact for its last team."""
    name, text = config_maps.stored(TEAMS, f"#contact-{number}").popitem()
    return name, body(name, text)


def _rounds(serving: Server, changer: Changer) -> list[tuple[list[float], list[float]]]:
    """The latencies of each round, alone and while teams change, in microseconds."""
    requests = cycle(request("/mutate", each) for each in reviews.created(reviews.POD))
    with Connection(serving.port) as connection:

        def asked() -> list[float]:
            took = []
            until = time.monotonic() + ROUND_SECONDS
            while time.monotonic() < until:
                took.append(connection.microseconds(next(requests)))
                time.sleep(PAUSE_SECONDS)
            return took

        rounds = []
        # Who changes teams is a thread beside the clock: Python's 5 ms would be waited for here.
        sys.setswitchinterval(SWITCH_SECONDS)
        asked()  # once unmeasured
        for _ in range(ROUNDS):
            alone = asked()
            with changer.changing():
                rounds.append((alone, asked()))
    return rounds


def _cost(serving: Server, folder: Path) -> float:
    """CPU time a request, to that of a service with one team on the same core."""
    (folder / "one").mkdir()
    with servers.service(folder / "one", (1, 0)) as one:
        place(one.pid, os.sched_getaffinity(serving.process.pid))
        large = Running(serving.port, serving.process.pid)
        requests = [request("/mutate", each) for each in reviews.created(reviews.POD)]
        subjects = [wire.Subject("mutate", each, requests) for each in (one, large)]
        for number in range(COST_ROUNDS):
            for subject in subjects if number % 2 else reversed(subjects):
                subject.round()
        small, big = subjects
        return median(b / a for a, b in zip(small.cpus, big.cpus, strict=True))


def _figures(
    first: tuple[float, float],
    changer: Changer,
    rounds: list[tuple[list[float], list[float]]],
    serving: Server,
    cost: float,
    cpus: tuple[float, float],
) -> Figures:
    pairs = [(_p99(alone), _p99(changing)) for alone, changing in rounds]
    rss, peak = _memory(serving.process.pid)
    loader_rss, loader_peak = _memory(serving.loader())
    return Figures(
        teams=TEAMS,
        first=first[0],
        first_parse=first[1],
        first_cpu=cpus[0] / 1e6,
        changes=tuple(sorted(changer.seconds)),
        change_parse=median(changer.parses),
        change_cpu=(cpus[1] - cpus[0]) / 1e6 / len(changer.seconds),
        p99_alone=median(alone for alone, _ in pairs),
        p99_changing=median(changing for _, changing in pairs),
        p99_ratio=median(changing / alone for alone, changing in pairs),
        serving_rss=rss,
        serving_peak=peak,
        loader_rss=loader_rss,
        loader_peak=loader_peak,
        cost_ratio=cost,
    )


def _p99(latencies: list[float]) -> float:
    return quantiles(latencies, n=100)[98]


def _memory(pid: int) -> tuple[float, float]:
    """What a process has in memory, and the most it ever had, in MiB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    fields = {line.split(":")[0]: line.split()[1] for line in lines if "kB" in line}
    return int(fields["VmRSS"]) / 1024, int(fields["VmHWM"]) / 1024


def table(figures: Figures) -> str:
    """What was measured, beside what was asked for."""
    last = figures.changes[-1]
    rows = (
        ("from start to ready", f"{figures.first:.2f} s", f"{FIRST_LIMIT:.0f} s"),
        ("  of which reading, parsing, checking", f"{figures.first_parse:.2f} s", ""),
        ("  CPU time of the loader", f"{figures.first_cpu:.2f} s", ""),
        ("a change of one team, live: median", f"{median(figures.changes):.2f} s", ""),
        (f"  the slowest of {len(figures.changes)}", f"{last:.2f} s", f"{CHANGE_LIMIT:.0f} s"),
        ("  of which reading, parsing, checking", f"{figures.change_parse:.2f} s", ""),
        ("  CPU time of the loader for each", f"{figures.change_cpu:.2f} s", ""),
        ("99th percentile alone", f"{figures.p99_alone:.0f} µs", ""),
        ("  while teams change", f"{figures.p99_changing:.0f} µs", ""),
        ("  ratio, median of rounds", f"{figures.p99_ratio:.2f}", f"{P99_LIMIT:.0f}"),
        ("memory of the serving process", f"{figures.serving_rss:.0f} MiB", f"{RSS_LIMIT:.0f} MiB"),
        ("  its peak", f"{figures.serving_peak:.0f} MiB", ""),
        ("memory of the loader", f"{figures.loader_rss:.0f} MiB", ""),
        ("  its peak", f"{figures.loader_peak:.0f} MiB", ""),
        ("CPU time a request, to one team", f"{figures.cost_ratio:.2f}", f"{COST_LIMIT}"),
    )
    head = f"Loading {figures.teams:,} teams, a document each, from ConfigMaps of 1 MiB."
    lines = (
        f"{what:40}{found:>12}{limit and f'  under {limit}':16}" for what, found, limit in rows
    )
    return "\n".join([head, "", *(line.rstrip() for line in lines)])
