"""Who runs where: a server has the first core for itself, all else shares the others.

Where there is one core only, all share it, and times say little; ratios still do.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

EVERY = frozenset(os.sched_getaffinity(0))
SERVER = frozenset({min(EVERY)})
OTHERS = EVERY - SERVER or SERVER


@contextmanager
def on(cores: frozenset[int]) -> Iterator[None]:
    """What is started in this block runs on these cores, and so does who starts it meanwhile."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def place(pid: int, cores: frozenset[int]) -> None:
    """Let all threads of a process run on these cores alone."""
    for task in Path(f"/proc/{pid}/task").iterdir():
        os.sched_setaffinity(int(task.name), cores)
