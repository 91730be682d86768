"""Pods created through the API server at a steady rate, and what became of each.

A dry run passes every admission plugin and webhook, and stores nothing. Creations begin when they
are due, however long those before them take, as they would in a cluster; at most so many are under
way at once, so that an API server that hangs is not buried.
"""

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from tests.cluster.api import CALL_SECONDS, COLLECTIONS, Object, trusting
from tests.cluster.credentials import Credentials
from tests.cluster.loops import background_loop
from tests.cluster.wire import Wire

MOST_AT_ONCE = 64
MOST_SECONDS = 900.0  # whoever forgets to end it
CREATED = 201


@dataclass(frozen=True)
class Creation:
    """One pod's way: `began` and `ended` in seconds, monotonic; `error` if there was no answer."""

    began: float
    ended: float
    code: int = 0
    answer: bytes = b"{}"
    error: str = ""
    name: str = ""  # the pod's

    @property
    def body(self) -> Object:
        found: Object = json.loads(self.answer)
        return found

    @property
    def failure(self) -> str | None:
        """Why no pod came of it; None: one did."""
        if self.error:
            return self.error
        return None if self.code == CREATED else str(self.body.get("message"))


class Creations:
    """`each` holds those that have ended, in that order. `skipped`: as many were due too soon."""

    def __init__(
        self,
        credentials: Credentials,
        make: Callable[[], Object],
        rate: float,
        *,
        dry_run: bool = True,
        at_once: int = MOST_AT_ONCE,
    ) -> None:
        self._credentials = credentials
        self._make = make
        self._query = "?dryRun=All" if dry_run else ""
        self._pause = 1 / rate
        self._at_once = at_once
        self._is_over = False
        self.each: list[Creation] = []
        self.skipped = 0
        self.lasted = 0.0

    def failures(self) -> list[str]:
        return [creation.failure for creation in self.each if creation.failure is not None]

    def rate(self) -> float:
        """Creations a second, as they were made."""
        return len(self.each) / self.lasted

    def end(self) -> None:
        self._is_over = True

    async def run(self) -> None:
        """Create until the end was called for, then wait for those that are under way."""
        wire = self._wire()
        under_way: set[asyncio.Task[None]] = set()
        due = started = time.monotonic()
        while not self._is_over and due - started < MOST_SECONDS:
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            due += self._pause
            if len(under_way) >= self._at_once:
                self.skipped += 1
                continue
            task = asyncio.create_task(self._create(wire))
            under_way.add(task)
            task.add_done_callback(under_way.discard)
        self.lasted = time.monotonic() - started
        await asyncio.gather(*under_way)
        await wire.close()

    def _wire(self) -> Wire:
        server = urlsplit(self._credentials.server)
        context, token = trusting(self._credentials.ca), self._credentials.tokens["administrator"]
        return Wire(str(server.hostname), server.port or 443, context, token)

    async def _create(self, wire: Wire) -> None:
        pod = self._make()
        path = COLLECTIONS["Pod"].format(pod["metadata"]["namespace"]) + self._query
        name, began = pod["metadata"]["name"], time.monotonic()
        try:
            async with asyncio.timeout(CALL_SECONDS):
                code, answer = await wire.post(path, json.dumps(pod).encode())
            made = Creation(began, time.monotonic(), code, answer, name=name)
        except (OSError, EOFError) as error:  # IncompleteReadError is an EOFError
            said = f"{type(error).__name__}: {error}"
            made = Creation(began, time.monotonic(), error=said, name=name)
        self.each.append(made)


@contextmanager
def creating(
    credentials: Credentials, make: Callable[[], Object], rate: float
) -> Iterator[Creations]:
    """So many pods a second that `make` makes, by dry run, until the end of the block."""
    with running(Creations(credentials, make, rate)) as creations:
        yield creations


@contextmanager
def running(creations: Creations) -> Iterator[Creations]:
    """Until the end of the block, and until those that are under way have ended."""
    with background_loop() as loop:
        ended = asyncio.run_coroutine_threadsafe(creations.run(), loop)
        try:
            yield creations
        finally:
            creations.end()
            ended.result(CALL_SECONDS + 5)
