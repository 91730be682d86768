"""A bar on a terminal's standard error for who waits; elsewhere nothing."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

Advance = Callable[[int, str], None]  # how far it is now, and what is said beside the bar


@contextmanager
def progress(total: int | None) -> Iterator[Advance]:
    """`total` None: nobody knows how far it is. The bar is gone afterwards."""
    if not sys.stderr.isatty():
        yield lambda _now, _said: None
        return
    bar = Progress(
        BarColumn(),
        TextColumn("{task.description}", markup=False),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    with bar:
        task = bar.add_task("", total=total)
        yield lambda now, said: bar.update(task, completed=now, description=said)
