"""The admission port: six paths, POST alone, bytes in and bytes out.

A raw ASGI application, because anything more costs several times what a decision does; most
requests come without even that, by `at_once` (see `direct`). What a request is answered is
admission's business; here are the edges around it:

| case | answer |
|---|---|
| one of the six paths, by POST | what admission says |
| another path | 404 |
| another method | 405 with `Allow: POST` |
| a body that is too large, too slow, or one too many | 413, 408, 429 (see `bodies`), and closed |
| past the drain | 503, and closed |
| our own bug | 500, logged with the uid and where it happened |

The last is the one broad `except` of an answer. What it logs is the kind of error and the
lines of code that led there, never the error's text or a variable: both may hold a pod's secrets.
"""

import asyncio
import time
import traceback
from collections.abc import Awaitable, Callable, MutableMapping
from datetime import UTC, date, datetime
from typing import Any, Protocol

import msgspec
from msgspec import Struct

from webhook.admission import (
    GOVERNING,
    PATHS,
    POLICIES,
    Answer,
    Endpoint,
    PolicySets,
    Record,
    Settings,
    answer,
    answer_namespace,
    internal_error,
    not_ready,
)
from webhook.server.bodies import Bodies, Gone, Receive, Refused
from webhook.server.policy_reviews import PolicyReviews, unjudged

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]

CLOSE = (b"connection", b"close")
SECONDS_A_DAY = 86_400
# An answer to a body that was not read to its end would be lost if the connection were reset with
# unread bytes in it. So the sender gets a moment to read the answer; what it still sends meanwhile
# is thrown away, up to 256 KiB, which is what a connection has on its way at most.
LINGER_SECONDS = 0.5
LINGER_BYTES = 256 * 1024


# Told of a request when its answer was sent.
Afterwards = Callable[[Record], None]


class Observer(Protocol):
    """Who counts and logs."""

    def answered(self, answered: Answer, seconds: float) -> None: ...
    def broken(self, uid: str | None, error: str, places: list[str]) -> None: ...


class Application:
    """The ASGI application. A drain sets `is_draining` as it begins and `is_over` as it ends."""

    def __init__(
        self,
        sets: PolicySets,
        bodies: Bodies,
        observer: Observer,
        settings: Settings,
        reviews: PolicyReviews = unjudged,
    ) -> None:
        self.endpoints = PATHS
        self.is_draining = False
        self.is_over = False
        self.afterwards: Afterwards | None = None
        self._settings = settings
        self._sets = sets
        self._bodies = bodies
        self._observer = observer
        self._today = Today()
        self._reviews = reviews

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        endpoint = PATHS.get(scope["path"])
        if endpoint is None or scope["method"] != "POST":
            await send_all(send, *_not_here(endpoint))
            return
        started = time.perf_counter()
        try:
            body = await self._bodies.read(scope["headers"], receive)
        except Refused as refusal:
            refused = refusal.answer(endpoint.name)
            self._observer.answered(refused, time.perf_counter() - started)
            await _refuse(refused, receive, send)
            return
        except Gone:
            return
        answered = self._answered(endpoint, body, started)
        if answered is None:
            answered = await self._judged(endpoint, body, started)
        headers = answered.headers
        if self.is_draining and CLOSE not in headers:
            headers = (*headers, CLOSE)
        await send({"type": "http.response.start", "status": answered.status, "headers": headers})
        await send({"type": "http.response.body", "body": answered.body})
        self.was_sent(answered)

    def at_once(self, endpoint: Endpoint, body: bytes, began: float) -> Answer | None:
        """The answer to a request that is all here, counted and logged.

        None: it waits for another process, or its answer is to end its connection.
        """
        return None if self.is_draining else self._answered(endpoint, body, began)

    def was_sent(self, answered: Answer) -> None:
        """An answer is on its way, or waits for those of the same turn."""
        if self.afterwards is not None:
            self.afterwards(answered.record)

    def _answered(self, endpoint: Endpoint, body: bytes, started: float) -> Answer | None:
        """None: another process is to be asked, which takes its time."""
        try:
            answered = self._decided(endpoint, body)
        except Exception as error:  # noqa: BLE001  the edge: the API server gets an answer
            return self._broken(endpoint, body, error)
        if answered is not None:
            self._observer.answered(answered, time.perf_counter() - started)
        return answered

    async def _judged(self, endpoint: Endpoint, body: bytes, started: float) -> Answer:
        try:
            answered = await self._reviews(body)
        except Exception as error:  # noqa: BLE001  the edge, as above
            return self._broken(endpoint, body, error)
        self._observer.answered(answered, time.perf_counter() - started)
        return answered

    def _broken(self, endpoint: Endpoint, body: bytes, error: Exception) -> Answer:
        uid = _uid(body)
        self._observer.broken(uid, type(error).__name__, places(error))
        return internal_error(endpoint.name, uid)

    def _decided(self, endpoint: Endpoint, body: bytes) -> Answer | None:
        """None: another process is to be asked, which takes its time."""
        if self.is_over:
            return not_ready(endpoint.name)
        if endpoint is GOVERNING:
            return answer_namespace(body, self._settings.governors)
        if endpoint is POLICIES:
            return None
        return answer(endpoint, body, self._sets, self._today(), self._settings)


class Today:
    """The date in UTC, made once a day: exemptions end with their day, whatever the time zone."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._begins = self._ends = 0.0
        self._date = date.min

    def __call__(self) -> date:
        now = self._clock()
        if not self._begins <= now < self._ends:
            self._begins = now // SECONDS_A_DAY * SECONDS_A_DAY
            self._ends = self._begins + SECONDS_A_DAY
            self._date = datetime.fromtimestamp(self._begins, UTC).date()
        return self._date


Headers = tuple[tuple[bytes, bytes], ...]


async def send_all(send: Send, status: int, headers: Headers, body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _refuse(answered: Answer, receive: Receive, send: Send) -> None:
    """Send an answer before the request is read, and let its sender read it, before closing."""
    start = {
        "type": "http.response.start",
        "status": answered.status,
        "headers": answered.headers,
    }
    await send(start)
    await send({"type": "http.response.body", "body": answered.body, "more_body": True})
    try:
        async with asyncio.timeout(LINGER_SECONDS):
            await _discard(receive)
    except TimeoutError:
        pass
    await send({"type": "http.response.body", "body": b""})


async def _discard(receive: Receive) -> None:
    left = LINGER_BYTES
    while left > 0:
        message = await receive()
        if message["type"] != "http.request" or not message["more_body"]:
            return
        left -= len(message["body"])
    await asyncio.sleep(LINGER_SECONDS)


def _not_here(endpoint: Endpoint | None) -> tuple[int, Headers, bytes]:
    if endpoint is None:
        paths = ", ".join(sorted(PATHS))
        return _plain(404, f"There is nothing at this path. Here are: {paths}.")
    return _plain(405, "Only POST is answered here.", (b"allow", b"POST"))


def _plain(status: int, text: str, *more: tuple[bytes, bytes]) -> tuple[int, Headers, bytes]:
    body = text.encode() + b"\n"
    length = (b"content-length", str(len(body)).encode())
    return status, ((b"content-type", b"text/plain; charset=utf-8"), length, *more), body


class _Request(Struct):
    uid: str | None = None


class _Review(Struct):
    request: _Request | None = None


def _uid(body: bytes) -> str | None:
    """The request's uid, if so much of it can be read."""
    try:
        review = msgspec.json.decode(body, type=_Review)
    except (msgspec.MsgspecError, RecursionError):
        return None
    return review.request.uid if review.request else None


def places(error: BaseException) -> list[str]:
    """Where it happened, outermost call first: files, lines and functions, no values."""
    frames = traceback.extract_tb(error.__traceback__)
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
