"""What a cluster asks the second port for by itself: probes, and metrics for Prometheus.

| path       | answer                                                                            |
|------------|-----------------------------------------------------------------------------------|
| `/healthz` | 200 while this process lives                                                      |
| `/readyz`  | 200 while this replica wants requests, else 503; the detail is the same           |
| `/metrics` | Prometheus' text; rendering ends when nobody waits for it any more                |

HEAD is answered as GET is, without the body.

Answered without FastAPI, which most replicas therefore never import: 15 MiB less of memory. A
scrape of thousands of series is rendered in slices of a millisecond, and requests for admission
come in between.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

import msgspec
from prometheus_client.registry import Collector

from webhook.server.application import Headers, Send, send_all
from webhook.server.bodies import Receive
from webhook.server.health import Health
from webhook.server.metrics import CONTENT_TYPE, rendered

JSON = "application/json"
PLAIN = "text/plain; charset=utf-8"
ALIVE = b"ok\n"

Answering = Callable[[Receive, Send], Awaitable[None]]


def monitoring(health: Health, metrics: Collector) -> Mapping[str, Answering]:
    """Who answers GET and HEAD, by path; the server leaves the body of HEAD out."""
    return {
        "/healthz": _alive,
        "/readyz": partial(_readiness, health),
        "/metrics": partial(_scrape, metrics),
    }


def as_json(content: Any) -> bytes:
    """For a person's eyes."""
    return msgspec.json.format(msgspec.json.encode(content), indent=2) + b"\n"


async def _alive(_receive: Receive, send: Send) -> None:
    await send_all(send, 200, _headers(ALIVE, PLAIN), ALIVE)


async def _readiness(health: Health, _receive: Receive, send: Send) -> None:
    body = as_json(health.detail())
    await send_all(send, 200 if health.is_ready else 503, _headers(body, JSON), body)


async def _scrape(metrics: Collector, receive: Receive, send: Send) -> None:
    leaving = asyncio.ensure_future(_left(receive))
    headers = ((b"content-type", CONTENT_TYPE.encode()),)
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    try:
        for piece in rendered(metrics):
            await send({"type": "http.response.body", "body": piece, "more_body": True})
            await asyncio.sleep(0)
            if leaving.done():
                return
    finally:
        leaving.cancel()
    await send({"type": "http.response.body", "body": b""})


async def _left(receive: Receive) -> None:
    """Who asked has gone away."""
    while (await receive())["type"] != "http.disconnect":
        pass


def _headers(body: bytes, kind: str) -> Headers:
    return (b"content-length", b"%d" % len(body)), (b"content-type", kind.encode())
