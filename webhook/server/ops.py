"""What the second port, plain HTTP, has for people: FastAPI, because nothing here is hot.

It runs on the serving loop, once somebody has asked for any of it: see `people`.
"""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from fastapi import FastAPI, Query, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, Response

from webhook import __version__
from webhook.server.denials import Denials, as_text
from webhook.server.monitoring import JSON, as_json
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


def application(denials: Denials, shadow: Callable[[], Page]) -> FastAPI:
    """The application of the second port, but for what `monitoring` answers."""
    app = FastAPI(
        title="Taxiway",
        version=__version__,
        description="Probes, metrics and denials of one replica.",
    )
    _tell_of_monitoring(app)
    _add_denials(app, denials)
    _add_shadow(app, shadow)
    _add_index(app)
    return app


def _tell_of_monitoring(app: FastAPI) -> None:
    """The paths that are answered before this is asked: `/docs` names them and their methods."""
    lives = "200 while this process lives"
    wants = "200 while this replica wants requests, else 503; the detail is the same"
    unready: dict[int | str, dict[str, Any]] = {
        503: {"description": "Not ready; `reasons` says why."}
    }
    plain, never = PlainTextResponse, _answered_before
    for add in (app.get, app.head):
        add("/healthz", name="healthz", summary=lives, response_class=plain)(never)
        add("/readyz", name="readyz", summary=wants, responses=unready)(never)
        add("/metrics", name="metrics_", summary="For Prometheus", response_class=plain)(never)


async def _answered_before() -> Response:
    raise AssertionError("monitoring answers this path: report this bug")


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
