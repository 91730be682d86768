"""Resident memory: at rest with 1,000 teams, and after many requests of every kind.

Two thirds are mutations, half of them of dags and shapes that were never seen, the rest denials, so
that all that is kept of requests fills to its bounds. Growth is what comes after the first half of
the requests: what is kept is full by then, and a leak is not.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import built, pods, processes, reviews, servers
from benchmarks.asking import Load, ask
from benchmarks.client import Connection, request
from benchmarks.figures import Key, Row, Values
from benchmarks.plan import Plan
from benchmarks.servers import Running

TEAMS = 1_000
STEPS = 8
SECONDS = 600.0  # a step of 25,000 requests takes a hundredth of it
MUTATED, DENIED = ("/mutate", 2 / 3), ("/validate", 1 / 3)  # the path, and its share
SERVING, LOADER = "Taxiway, serving", "Taxiway, loader"
AFTER = "after the requests"


def measure(plan: Plan) -> list[Row]:
    """In steps, so that growth shows. Raises Missing."""
    program, values = built.programs()["load"], Values("memory")
    with TemporaryDirectory() as name:
        folder = Path(name)
        with servers.service(folder, (plan.teams(TEAMS), 0)) as service:
            _add(values, "at rest", service)
            bodies = _bodies(folder, service)
            held = []
            for _ in range(STEPS):
                for (path, share), body in zip((MUTATED, DENIED), bodies, strict=True):
                    requests = round(plan.requests / STEPS * share)
                    ask(program, service, body, Load(path, requests=requests, seconds=SECONDS))
                held.append(processes.memory(service.pid)[0])
            _add(values, AFTER, service)
            values.add(Key(AFTER, SERVING, "growth"), held[-1] / held[STEPS // 2 - 1])
    return values.rows({})


def _add(values: Values, case: str, service: Running) -> None:
    for subject, pid in ((SERVING, service.pid), (LOADER, processes.child(service.pid))):
        values.add(Key(case, subject, "memory"), processes.memory(pid)[0])


def _bodies(folder: Path, service: Running) -> tuple[Path, Path]:
    """The files of what is mutated, and of what is denied."""
    wrong = reviews.labelled({"team": "paymnets"})
    with Connection(service.port) as connection:
        answer = connection.answer(request("/mutate", pods.body(wrong)))
    mutated, denied = folder / "mutated", folder / "denied"
    mutated.write_bytes(pods.body(reviews.POD) + b"\n" + pods.body(pods.novel()) + b"\n")
    denied.write_bytes(pods.body(reviews.patched(wrong, answer)) + b"\n")
    return mutated, denied
