"""What a request costs, counted and not timed: `python -m benchmarks.calls` is a gate.

Times are the machine's mood; these are not. The same Python counts the same on every machine:

| count    | of                                                                         |
|----------|----------------------------------------------------------------------------|
| `python` | calls of functions that are written in Python                              |
| `native` | calls from Python of functions that are not                                |
| `blocks` | blocks of memory that the answer and what is said of it hold               |
| `peak`   | bytes that were in use at once, beyond what was before                     |

Each is the mean of 32 requests of different tasks, after as many of the same, so that what is
kept of them is kept already. `calls.json` holds the accepted figures of each minor version of
Python. A figure that is better fails too: it is to be accepted, or the next loss hides in it.
Calls are held to exactly; memory to 2 %, because a dictionary that grows in one run and grew
before it in another is half of that. A version that was never accepted is held to the newest one
that was, with 5 % to spare, because what Python counts as a call changes with its versions.
"""

import argparse
import gc
import sys
import tracemalloc
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import FrameType
from typing import Any

import msgspec
from msgspec import Struct

from benchmarks import edge, policies, work
from webhook.engine import Engine
from webhook.policy.compile import compile_policy

ACCEPTED = Path(__file__).parent / "calls.json"
VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"
SERVED = {"mutate": "/mutate", "validate": "/validate"}
SLACK = {"blocks": 0.02, "peak": 0.02}
LEAST_SLACK = 50  # so that a list that grows is no difference where nearly nothing is held
SPARE = 1.05  # of what another version may count
TEAMS = {"1 team": 1, "10,000 teams": 10_000}
HOW = (
    "If that is meant: `make bench-accept`, and commit benchmarks/calls.json with the change. "
    "If not: `make bench-profile` shows the functions that a request calls."
)

Call = Callable[[bytes], object]


class Cost(Struct, frozen=True, omit_defaults=False):
    python: float
    native: float
    blocks: float
    peak: float


Costs = dict[str, Cost]


def measure() -> Costs:
    """Every case, in about 3 s."""
    return {name: _cost(call, bodies) for name, call, bodies in _cases()}


def _cases() -> Iterator[tuple[str, Call, list[bytes]]]:
    for size, teams in TEAMS.items():
        engine = Engine(compile_policy(policies.spec(teams)))
        for case in work.cases_by(engine, size):
            yield f"{case.kind}, {size}", case.call, case.bodies
            if case.kind in SERVED:
                served = edge.served(engine, SERVED[case.kind])
                yield f"{case.kind}, counted and logged, {size}", served, case.bodies


def _cost(call: Call, bodies: list[bytes]) -> Cost:
    each = len(bodies)
    for body in bodies:
        call(body)
    calls = _calls(call, bodies)
    blocks, peak = _blocks(call, bodies), _peak(call, bodies)
    figures = (calls["call"], calls["c_call"], blocks, peak)
    return Cost(*(round(figure / each, 1) for figure in figures))


def _calls(call: Call, bodies: list[bytes]) -> Counter[str]:
    found: Counter[str] = Counter()

    def note(_frame: FrameType, event: str, _about: Any) -> None:
        found[event] += 1

    sys.setprofile(note)
    for body in bodies:
        call(body)
    sys.setprofile(None)
    found["c_call"] -= 1  # the last one
    return found


def _blocks(call: Call, bodies: list[bytes]) -> int:
    answers: list[object] = [None] * len(bodies)
    gc.collect()  # and with it the lists of free objects that Python keeps for use again
    before = sys.getallocatedblocks()
    for number, body in enumerate(bodies):
        answers[number] = call(body)
    return sys.getallocatedblocks() - before


def _peak(call: Call, bodies: list[bytes]) -> int:
    """The sum of what each request takes at most."""
    total = 0
    tracemalloc.start()
    for body in bodies:
        before, _ = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        call(body)
        total += tracemalloc.get_traced_memory()[1] - before
    tracemalloc.stop()
    return total


def differences(was: Costs, now: Costs, is_other: Callable[[str, float, float], bool]) -> list[str]:
    """A line for each figure that is another."""
    alone = sorted(was.keys() ^ now.keys())
    lines = [f"{name}: this case stands on one side only" for name in alone]
    for name in sorted(was.keys() & now.keys()):
        for count in Cost.__struct_fields__:
            before, after = getattr(was[name], count), getattr(now[name], count)
            if is_other(count, before, after):
                lines.append(f"{name}: {count} {before:g} -> {after:g} ({after - before:+g})")
    return lines


def _is_other(count: str, before: float, after: float) -> bool:
    slack = max(before, LEAST_SLACK) * SLACK[count] if count in SLACK else 0
    return abs(after - before) > slack


def _is_more(_count: str, before: float, after: float) -> bool:
    return after > before * SPARE


def read() -> dict[str, Costs]:
    return msgspec.json.decode(ACCEPTED.read_bytes(), type=dict[str, Costs])


def unlike(accepted: Mapping[str, Costs], now: Costs, version: str = VERSION) -> list[str]:
    """What is not as it was accepted for this version of Python."""
    if version in accepted:
        return differences(accepted[version], now, _is_other)
    newest = max(accepted, key=lambda name: tuple(map(int, name.split("."))))
    return differences(accepted[newest], now, _is_more)


def accept(now: Costs) -> None:
    every = (read() if ACCEPTED.exists() else {}) | {VERSION: now}
    text = msgspec.json.encode(every, order="sorted")
    ACCEPTED.write_bytes(msgspec.json.format(text, indent=2) + b"\n")


def main() -> int:
    """The exit code: 1 where a figure is not as it was accepted."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.calls", description=__doc__)
    parser.add_argument("--accept", action="store_true", help="these figures hold from now on")
    accepts = parser.parse_args().accept
    now = measure()
    if accepts:
        accept(now)
        return 0
    lines = unlike(read(), now)
    print("\n".join([*lines, HOW]) if lines else f"{len(now)} cases cost what they did.")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
