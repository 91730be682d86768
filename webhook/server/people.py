"""The second port: `monitoring` at once and always, and FastAPI for people, once one asks.

FastAPI and pydantic take half a second to import and 15 MiB to keep. In a cluster only probes and
Prometheus ask this port, and nobody should wait or pay for what they do not need: it is imported
in a thread when something else is first asked for, and that request waits.
"""

import asyncio
import gc
import sys
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from functools import partial
from threading import Thread

from webhook.server.application import Scope, Send
from webhook.server.bodies import Receive
from webhook.server.monitoring import Answering

# While it is imported the serving loop waits for the other thread again and again: 5 ms each time
# by Python's default. Switching so often costs under a tenth of the import.
SWITCH_SECONDS = 0.0005

# A load balancer's check may use HEAD: uvicorn sends what GET would have, without its body.
_READS = ("GET", "HEAD")

Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]


class People:
    """The ASGI application of the second port. `make` imports and makes what is for people."""

    def __init__(self, monitoring: Mapping[str, Answering], make: Callable[[], Asgi]) -> None:
        self._monitoring = monitoring
        self._make = make
        self._making: asyncio.Future[Asgi] | None = None
        self._made: Asgi | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answering = self._monitoring.get(scope["path"]) if scope["method"] in _READS else None
        if answering is not None:
            await answering(receive, send)
            return
        made = self._made or await self._whole()
        await made(scope, receive, send)

    async def _whole(self) -> Asgi:
        """The application for people; the first call has it made."""
        if self._making is None:
            self._making = asyncio.get_running_loop().create_future()
            Thread(target=_into, args=[self._making, self._make], daemon=True).start()
        self._made = await asyncio.shield(self._making)
        gc.freeze()  # it is there to stay: no collection should walk it
        return self._made


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
