"""The second port, plain HTTP, for people and probes: FastAPI, because nothing here is hot.

It runs on the serving loop, once it is imported: `people` answers probes until then. What takes
long, a scrape of thousands of series, is rendered in slices of a millisecond, and requests for
admission come in between.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Annotated, Any, Literal

from fastapi import FastAPI, Query, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, Response, StreamingResponse
from prometheus_client.registry import Collector

from webhook import __version__
from webhook.server.denials import Denials, as_text
from webhook.server.health import Health
from webhook.server.metrics import CONTENT_TYPE, rendered
from webhook.server.people import ALIVE, JSON, as_json, readiness
from webhook.server.shadow_page import Page
from webhook.server.shadow_page import as_text as shadow_text

Format = Annotated[
    Literal["json", "text"] | None, Query(alias="format", description="Overrides `Accept`.")
]

INDEX = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Taxiway</title>
<style>body{font:16px/1.6 sans-serif;max-width:40em;margin:3em auto;padding:0 1em}</style>
<h1>Taxiway</h1>
<ul>
<li><a href="denials?format=text">/denials</a>: the last 200 pods that were denied, and why
<li><a href="shadow?format=text">/shadow</a>: what the planned policies would have done differently
<li><a href="readyz">/readyz</a>: whether this replica wants requests, its policy and certificate
<li><a href="healthz">/healthz</a>: whether this process lives
<li><a href="metrics">/metrics</a>: for Prometheus
<li><a href="docs">/docs</a>: this port's API
</ul>
</html>
"""


def application(
    health: Health, metrics: Collector, denials: Denials, shadow: Callable[[], Page]
) -> FastAPI:
    """The application of the second port."""
    app = FastAPI(
        title="Taxiway",
        version=__version__,
        description="Probes, metrics and denials of one replica.",
    )
    _add_probes(app, health)
    _add_metrics(app, metrics)
    _add_denials(app, denials)
    _add_shadow(app, shadow)
    _add_index(app)
    return app


def _add_probes(app: FastAPI, health: Health) -> None:
    @app.get("/healthz", summary="200 while this process lives", response_class=PlainTextResponse)
    async def healthz() -> str:
        return ALIVE

    @app.get(
        "/readyz",
        summary="200 while this replica wants requests, else 503; the detail is the same",
        responses={503: {"description": "Not ready; `reasons` says why."}},
    )
    async def readyz() -> Response:
        status, body = readiness(health)
        return Response(body, status, media_type=JSON)


def _add_metrics(app: FastAPI, metrics: Collector) -> None:
    @app.get("/metrics", summary="For Prometheus", response_class=PlainTextResponse)
    async def metrics_() -> Response:
        return StreamingResponse(_in_between(rendered(metrics)), media_type=CONTENT_TYPE)


def _add_denials(app: FastAPI, denials: Denials) -> None:
    @app.get("/denials", summary="The last 200 denials, newest first, as JSON or as text")
    async def denials_(request: Request, as_: Format = None) -> Response:
        newest = denials.newest_first()
        wanted = as_ or _wanted(request.headers.get("accept", ""))
        return PlainTextResponse(as_text(newest)) if wanted == "text" else _json(newest)


def _add_shadow(app: FastAPI, shadow: Callable[[], Page]) -> None:
    @app.get("/shadow", summary="What the planned policies would do differently: JSON or text")
    async def shadow_(request: Request, as_: Format = None) -> Response:
        page = shadow()
        wanted = as_ or _wanted(request.headers.get("accept", ""))
        return PlainTextResponse(shadow_text(page)) if wanted == "text" else _json(page)


def _add_index(app: FastAPI) -> None:
    @app.get("/", include_in_schema=False)
    async def index() -> HTMLResponse:
        return HTMLResponse(INDEX)


def _wanted(accept: str) -> str:
    """Text for who asks for text and not for JSON."""
    return "text" if "text/plain" in accept and JSON not in accept else "json"


def _json(content: Any) -> Response:
    return Response(as_json(content), media_type=JSON)


async def _in_between(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece
        await asyncio.sleep(0)
