"""An event loop in a thread of its own, beside tests that wait for something else meanwhile."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvloop

END_SECONDS = 5.0


@contextmanager
def background_loop() -> Iterator[asyncio.AbstractEventLoop]:
    """Runs until the end. What was begun on it must have ended by then."""
    loop = uvloop.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield loop
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(END_SECONDS)
        loop.close()
