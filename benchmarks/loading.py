"""Loading policies: 10,000 teams, each a YAML document, in ConfigMaps of a real API server.

One connection asks for a pod's mutation every 4 ms all along, and another one, in between, an empty
server on the same core. A round is some seconds of that alone and some while one team after another
is changed, in turn, so that what else the machine does falls on both; the ratio of their 99th
percentiles is taken within a round. Who asks shares a core with the loader, the API server and
etcd, and waits for it when those are busy: the empty server's ratio is that wait alone.
A change is timed from when it is sent to the API server until the service says that it is in force.
"""

import os
import time
from itertools import cycle
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

from msgspec import Struct

from benchmarks import config_maps, reviews, servers, wire
from benchmarks.changing import TEAMS, Changer, changer
from benchmarks.client import Connection, request
from benchmarks.servers import Running
from benchmarks.site import Loads, api_server, place, service, store
from tests.serving import Server

ROUNDS = 5
ROUND_SECONDS = 5.0
PAUSE_SECONDS = 0.002  # after each of the two
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
    empty_p99_ratio: float  # the same of the empty server
    over_empty: float  # the service's ratio to the empty server's: the median of the rounds
    serving_rss: float
    serving_peak: float
    loader_rss: float
    loader_peak: float
    cost_ratio: float  # CPU time a request, to that with one team


Latencies = dict[str, list[float]]  # in microseconds, by who was asked
Round = tuple[Latencies, Latencies]  # alone, and while teams change


def measure() -> Figures:
    """All of it, in about a minute and a half. Raises `site.Missing`."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        with api_server(folder) as server:
            stored = store(server)
            for each, text in config_maps.stored(TEAMS).items():
                stored.create(each, text)
            with service(server, folder / "service") as (serving, first):
                loads = Loads(serving.output)
                parse, cpu = loads.next().seconds, wire.cpu_microseconds(serving.loader())
                with changer(server, serving.output) as changes:
                    rounds = _rounds(serving, changes, folder)
                cpus = cpu, wire.cpu_microseconds(serving.loader())
                cost = _cost(serving, folder)
                return _figures((first, parse), changes, rounds, serving, cost, cpus)


def _rounds(serving: Server, changes: Changer, folder: Path) -> list[Round]:
    """The latencies of each round, alone and while teams change."""
    (folder / "empty").mkdir()
    with servers.empty(folder / "empty") as empty:
        place(empty.pid, os.sched_getaffinity(serving.process.pid))
        with Connection(serving.port) as full, Connection(empty.port) as other:
            mutations = cycle(request("/mutate", each) for each in reviews.created(reviews.POD))
            subjects = {"service": (full, mutations), "empty": (other, cycle([request("/", b"")]))}

            def asked() -> Latencies:
                took: Latencies = {name: [] for name in subjects}
                until = time.monotonic() + ROUND_SECONDS
                while time.monotonic() < until:
                    for name, (connection, requests) in subjects.items():
                        took[name].append(connection.microseconds(next(requests)))
                        time.sleep(PAUSE_SECONDS)
                return took

            rounds = []
            asked()  # once unmeasured
            for _ in range(ROUNDS):
                alone = asked()
                with changes.changing():
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
    changes: Changer,
    rounds: list[Round],
    serving: Server,
    cost: float,
    cpus: tuple[float, float],
) -> Figures:
    pairs = _pairs(rounds, "service")
    ratios, empty = _ratios(pairs), _ratios(_pairs(rounds, "empty"))
    rss, peak = _memory(serving.process.pid)
    loader_rss, loader_peak = _memory(serving.loader())
    return Figures(
        teams=TEAMS,
        first=first[0],
        first_parse=first[1],
        first_cpu=cpus[0] / 1e6,
        changes=tuple(sorted(changes.seconds)),
        change_parse=median(changes.parses),
        change_cpu=(cpus[1] - cpus[0]) / 1e6 / len(changes.seconds),
        p99_alone=median(alone for alone, _ in pairs),
        p99_changing=median(changing for _, changing in pairs),
        p99_ratio=median(ratios),
        empty_p99_ratio=median(empty),
        over_empty=median(ours / theirs for ours, theirs in zip(ratios, empty, strict=True)),
        serving_rss=rss,
        serving_peak=peak,
        loader_rss=loader_rss,
        loader_peak=loader_peak,
        cost_ratio=cost,
    )


def _pairs(rounds: list[Round], name: str) -> list[tuple[float, float]]:
    """The 99th percentiles of one subject in each round, alone and while teams change."""
    return [(_p99(alone[name]), _p99(changing[name])) for alone, changing in rounds]


def _ratios(pairs: list[tuple[float, float]]) -> list[float]:
    return [changing / alone for alone, changing in pairs]


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
        ("  the same of an empty server", f"{figures.empty_p99_ratio:.2f}", ""),
        ("  ours to the empty server's", f"{figures.over_empty:.2f}", ""),
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
