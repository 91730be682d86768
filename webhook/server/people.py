"""The second port from its first moment on: probes at once, all else once FastAPI is there.

FastAPI takes half a second to import, and so long nobody would know that this replica is ready. So
it is imported in a thread, after the first load or as soon as something that needs it is asked for;
that request waits. Until then `/healthz` and `/readyz` are answered here, as FastAPI will.
"""

import asyncio
import gc
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from threading import Thread
from typing import Any

import msgspec

from webhook.server.application import Headers, Scope, Send, send_all
from webhook.server.bodies import Receive
from webhook.server.health import Health

JSON = "application/json"
PLAIN = "text/plain; charset=utf-8"
ALIVE = "ok\n"
# While it is imported the serving loop waits for the other thread again and again: 5 ms each time
# by Python's default. Switching so often costs under a tenth of the import.
SWITCH_SECONDS = 0.0005
FIRST_LOAD_SECONDS = 2.0  # what people and Prometheus wait for at most
LOOK_SECONDS = 0.05

Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]


class People:
    """The ASGI application of the second port. `make` imports and makes the whole one."""

    def __init__(self, health: Health, make: Callable[[], Asgi]) -> None:
        self._health = health
        self._make = make
        self._making: asyncio.Future[Asgi] | None = None
        self._made: Asgi | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._made is None and scope["method"] == "GET":
            probe = self._probe(scope["path"])
            if probe is not None:
                await send_all(send, *probe)
                return
        made = self._made or await self.made()
        await made(scope, receive, send)

    async def open(self) -> None:
        """Have the whole of it made once the first load is over, or takes its time."""
        given_up = time.monotonic() + FIRST_LOAD_SECONDS
        while self._health.policy.tried_at is None and time.monotonic() < given_up:
            await asyncio.sleep(LOOK_SECONDS)
        await self.made()
        gc.freeze()  # it is there to stay: no collection should walk it

    async def made(self) -> Asgi:
        """The whole application; the first call has it made."""
        if self._making is None:
            self._making = asyncio.get_running_loop().create_future()
            Thread(target=_into, args=[self._making, self._make], daemon=True).start()
        self._made = await asyncio.shield(self._making)
        return self._made

    def _probe(self, path: str) -> tuple[int, Headers, bytes] | None:
        if path == "/healthz":
            return _reply(200, ALIVE.encode(), PLAIN)
        if path == "/readyz":
            return _reply(*readiness(self._health), JSON)
        return None


def readiness(health: Health) -> tuple[int, bytes]:
    """Status and body of `/readyz`."""
    return 200 if health.is_ready else 503, as_json(health.detail())


def as_json(content: Any) -> bytes:
    """For a person's eyes."""
    return msgspec.json.format(msgspec.json.encode(content), indent=2) + b"\n"


def _reply(status: int, body: bytes, kind: str) -> tuple[int, Headers, bytes]:
    length = str(len(body)).encode()
    return status, ((b"content-length", length), (b"content-type", kind.encode())), body


def _into(future: asyncio.Future[Asgi], make: Callable[[], Asgi]) -> None:
    """In a thread that nobody waits for: a replica that is told to end does so."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_SECONDS)
    try:
        tell = partial(future.set_result, make())
    except Exception as error:  # noqa: BLE001  whoever asked is told
        tell = partial(future.set_exception, error)
    finally:
        sys.setswitchinterval(before)
    with suppress(RuntimeError):  # the loop is closed: this replica has ended
        future.get_loop().call_soon_threadsafe(tell)
