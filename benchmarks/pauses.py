"""What Python's garbage collector costs the service: how often it stops it, and for how long.

A run of its own: the collector tells of each collection (`gc.callbacks`), which costs a little.
The service is started by this very module, which prints what it saw when the service has ended.

`python -m benchmarks.pauses FILE serve …`
"""

import gc
import json
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import built, pods, servers
from benchmarks.asking import Load, ask
from benchmarks.figures import Key, Row, Values
from benchmarks.plan import Plan

TEAMS = 1_000
SECONDS = 600.0  # it takes a hundredth of that
SHARE = 0.1  # of the requests that memory is watched over
GENERATIONS = ("youngest generation", "middle generation", "all generations")


def measure(plan: Plan) -> list[Row]:
    """Raises Missing."""
    program, values = built.programs()["load"], Values("pauses")
    load = Load("/mutate", requests=round(plan.requests * SHARE), seconds=SECONDS)
    with TemporaryDirectory() as name:
        folder = Path(name)
        told, body = folder / "told", folder / "body"
        body.write_bytes(pods.body(pods.novel()) + b"\n")
        start = ("-m", "benchmarks.pauses", str(told))
        with servers.service(folder, (plan.teams(TEAMS), 0), start) as service:
            begun = time.time()
            outcome = ask(program, service, body, load)
            ended = time.time()
        seen = [each for each in json.loads(told.read_text()) if begun <= each[0] <= ended]
    for generation, case in enumerate(GENERATIONS):
        lasted = [seconds for _, number, seconds in seen if number == generation]
        values.add(Key(case, "Taxiway", "collections"), len(lasted) / outcome.requests * 10_000)
        values.add(Key(case, "Taxiway", "longest pause"), max(lasted, default=0.0) * 1000)
        values.add(Key(case, "Taxiway", "share of time"), sum(lasted) / (ended - begun) * 100)
    return values.rows({})


class Watch:
    """Keeps when each collection was, of which generation, and how long it took."""

    def __init__(self) -> None:
        self.seen: list[tuple[float, int, float]] = []
        self._start = 0.0

    def __call__(self, phase: str, info: dict[str, int]) -> None:
        if phase == "start":
            self._start = time.perf_counter()
        else:
            took = time.perf_counter() - self._start
            self.seen.append((time.time(), info["generation"], took))


def _serve() -> None:
    told = Path(sys.argv.pop(1))
    watch = Watch()
    gc.callbacks.append(watch)
    from webhook.cli.app import main

    try:
        main()
    finally:
        told.write_text(json.dumps(watch.seen))


if __name__ == "__main__":
    _serve()
