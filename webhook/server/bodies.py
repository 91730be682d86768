"""Reading a request's body, within the limits that keep one client from starving all others.

| limit | answer |
|---|---|
| 7 MiB a body: two objects of 3 MiB (the API server's own limit), and the envelope | 413 |
| 256 bodies, or 32 MiB of them, that are not complete yet | 429 |
| 1 s from the head to the last byte of the body | 408 |

A body that is complete when it is first looked at, as nearly all of the API server's are, waits
for nothing and is never refused for the number of others: it is taken as it is, and nothing is
noted of it. Deadlines are looked after by one timer for all, because a timer for each request
would cost a tenth of the request.
"""

import asyncio
from collections.abc import Callable, Coroutine, MutableMapping
from typing import Any

from webhook.admission import Answer, too_large, too_many, too_slow

MOST_BODY_BYTES = 7 * 1024 * 1024
MOST_UNFINISHED = 256
MOST_UNFINISHED_BYTES = 32 * 1024 * 1024
BODY_SECONDS = 1.0
SWEEP_SECONDS = 0.1
LENGTH = b"content-length"

Message = MutableMapping[str, Any]
Receive = Callable[[], Coroutine[Any, Any, Message]]


class Refused(Exception):
    """The body was not read; `answer` makes what its sender gets, of the endpoint's name."""

    def __init__(self, answer: Callable[[str], Answer]) -> None:
        super().__init__(answer.__name__)
        self.answer = answer


class Gone(Exception):
    """The client went away before its body was complete: there is no one to answer."""


class Unfinished:
    """One body on its way."""

    __slots__ = ("deadline", "is_late", "size", "task")

    def __init__(self, task: asyncio.Task[Any] | None, deadline: float) -> None:
        self.task = task
        self.deadline = deadline
        self.size = 0
        self.is_late = False


class Bodies:
    """All bodies on their way, and how much of them there is. `clock` is the loop's."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._unfinished: dict[Unfinished, None] = {}  # in the order of their deadlines
        self.size = 0

    def __len__(self) -> int:
        return len(self._unfinished)

    async def read(self, headers: list[tuple[bytes, bytes]], receive: Receive) -> bytes:
        """The whole body. Raises Refused, or Gone."""
        if int(dict(headers).get(LENGTH, b"0")) > MOST_BODY_BYTES:  # the parser refuses no number
            raise Refused(too_large)
        message = at_once(receive)
        if message is None or message["type"] != "http.request" or message["more_body"]:
            return await self._wait(message, receive)
        body: bytes = message["body"]
        if len(body) > MOST_BODY_BYTES:
            raise Refused(too_large)
        return body

    async def _wait(self, message: Message | None, receive: Receive) -> bytes:
        """The body that begins with this message, or with one that is still to come."""
        if len(self._unfinished) >= MOST_UNFINISHED:
            raise Refused(too_many)
        body = Unfinished(asyncio.current_task(), self._clock() + BODY_SECONDS)
        self._unfinished[body] = None
        try:
            return await self._whole(body, message or await receive(), receive)
        except asyncio.CancelledError:
            if body.is_late and body.task is not None and not body.task.uncancel():
                raise Refused(too_slow) from None
            raise
        finally:
            del self._unfinished[body]
            self.size -= body.size

    async def _whole(self, body: Unfinished, message: Message, receive: Receive) -> bytes:
        pieces: list[bytes] = []
        while True:
            if message["type"] != "http.request":
                raise Gone
            piece: bytes = message["body"]
            pieces.append(piece)
            if body.size + len(piece) > MOST_BODY_BYTES:
                raise Refused(too_large)
            if not message["more_body"]:
                return b"".join(pieces)
            self._grow(body, len(piece))
            message = await receive()

    def _grow(self, body: Unfinished, size: int) -> None:
        body.size += size
        self.size += size
        if self.size > MOST_UNFINISHED_BYTES:
            raise Refused(too_many)

    def sweep(self) -> None:
        """Give up the bodies that are late. To be called every 0.1 s."""
        now = self._clock()
        for body in self._unfinished:
            if now < body.deadline:
                return
            if not body.is_late and body.task is not None:
                body.is_late = True
                body.task.cancel()


def at_once(receive: Receive) -> Message | None:
    """The next message if it is here already; None: it has to be waited for, by asking again.

    To run a coroutine up to where it waits takes a third of what it takes to be ready to wait.
    """
    waiting = receive()
    try:
        waiting.send(None)
    except StopIteration as done:
        message: Message = done.value
        return message
    waiting.close()
    return None
