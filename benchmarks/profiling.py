"""Where the time of a request's work goes: by step, and by function.

cProfile charges every call about as much as a short function takes, so its table tells where
to look, not what to expect; the steps are timed without it.
"""

import cProfile
import pstats

from benchmarks import work
from benchmarks.plan import FULL

CALLS = 100  # of each review
LINES = 25


def show() -> None:
    """Print the functions that take the most time, for each kind of request."""
    for size in work.SIZES:
        for case in work.cases(size, FULL.most_teams):
            print(f"{case.kind}, {size}")
            profiled(case).print_stats(LINES)


def profiled(case: work.Case) -> pstats.Stats:
    profiler = cProfile.Profile()
    profiler.enable()
    for body in case.bodies * CALLS:
        case.call(body)
    profiler.disable()
    return pstats.Stats(profiler).strip_dirs().sort_stats("tottime")
