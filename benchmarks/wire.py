"""A request through the service as it is shipped, beside an empty one through the same uvicorn.

Both servers run at once, each a process of its own, and are asked in turn: a round is 25 requests
to each, so that what else the machine does falls on both. CPU time is the server's own, as the
kernel counts it for its threads (`schedstat`, because `stat` counts in hundredths of a second).
"""

from itertools import cycle
from pathlib import Path
from statistics import median, quantiles

from msgspec import Struct

from benchmarks import reviews
from benchmarks.client import Connection, request
from benchmarks.servers import Running

ROUND = 25  # requests


class Figure(Struct, frozen=True):
    """Microseconds a request; `ratio` is to the empty one, of the medians of a round."""

    kind: str
    median: float
    p99: float
    cpu: float
    ratio: float
    cpu_ratio: float


class Subject:
    """One kind of request to one server, and what was measured of it."""

    def __init__(self, kind: str, server: Running, requests: list[bytes]) -> None:
        self.kind = kind
        self.latencies: list[float] = []
        self.medians: list[float] = []
        self.cpus: list[float] = []
        self._server = server
        self._requests = cycle(requests)
        self._connection = Connection(server.port)

    def round(self) -> None:
        before = cpu_microseconds(self._server.pid)
        took = [self._connection.microseconds(next(self._requests)) for _ in range(ROUND)]
        self.cpus.append((cpu_microseconds(self._server.pid) - before) / ROUND)
        self.medians.append(median(took))
        self.latencies += took


def measure(empty: Running, service: Running, rounds: int) -> list[Figure]:
    """Empty requests to one server, `/mutate` and `/validate` to the other."""
    with Connection(service.port) as connection:
        answer = connection.answer(request("/mutate", reviews.created(reviews.POD)[0]))
    final = reviews.patched(reviews.POD, answer)
    subjects = [
        Subject("empty", empty, [request("/", b"")]),
        Subject("mutate", service, [request("/mutate", b) for b in reviews.created(reviews.POD)]),
        Subject("validate", service, [request("/validate", b) for b in reviews.created(final)]),
    ]
    for number in range(rounds):
        for subject in subjects if number % 2 else reversed(subjects):
            subject.round()
    return [_figure(subject, subjects[0]) for subject in subjects]


def cpu_microseconds(pid: int) -> float:
    """What all threads of a process have run for."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1000


def _figure(subject: Subject, floor: Subject) -> Figure:
    return Figure(
        kind=subject.kind,
        median=median(subject.latencies),
        p99=quantiles(subject.latencies, n=100)[98],
        cpu=median(subject.cpus),
        ratio=median(a / b for a, b in zip(subject.medians, floor.medians, strict=True)),
        cpu_ratio=median(a / b for a, b in zip(subject.cpus, floor.cpus, strict=True)),
    )
