"""The second port while FastAPI is not there yet, and once it is."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from threading import Event
from typing import Any

import pytest

from webhook.server import ops
from webhook.server.denials import Denials
from webhook.server.health import CertificateHealth, Health
from webhook.server.metrics import Metrics
from webhook.server.people import Asgi, People
from webhook.server.shadow_page import Page

Reply = tuple[int, dict[bytes, bytes], bytes]


def health(*, is_loaded: bool) -> Health:
    """Of a replica without a certificate, at the beginning of 1970."""
    made = Health(lambda: 0.0, CertificateHealth(None))
    if is_loaded:
        made.policy_loaded("0123456789", 1, ())
    return made


def whole(told: Health) -> Asgi:
    return ops.application(told, Metrics(), Denials(), no_page)


def no_page() -> Page:
    raise AssertionError("nobody asks for it")


async def asked(application: Asgi, path: str, method: str = "GET") -> Reply:
    """What is answered to one request, its headers sorted out."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "scheme": "http",
        "query_string": b"",
        "headers": [],
    }
    await application(scope, receive, send)
    start, *bodies = sent
    return start["status"], dict(start["headers"]), b"".join(each["body"] for each in bodies)


@pytest.mark.parametrize("is_loaded", [False, True], ids=["without a set", "with a set"])
@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_probes_are_answered_as_fastapi_will(path: str, is_loaded: bool) -> None:
    told = health(is_loaded=is_loaded)
    early = asyncio.run(asked(People(told, never), path))
    assert early == asyncio.run(asked(whole(told), path))


def never() -> Asgi:
    raise AssertionError("probes need nothing of it")


@pytest.mark.parametrize(
    ("path", "method"), [("/denials", "GET"), ("/nothing", "GET"), ("/readyz", "POST")]
)
def test_all_else_waits_for_fastapi_while_probes_are_answered(path: str, method: str) -> None:
    told, may_go_on = health(is_loaded=True), Event()

    async def both() -> tuple[Reply, Reply]:
        people = People(told, partial(late, may_go_on, lambda: whole(told)))
        waiting = asyncio.create_task(asked(people, path, method))
        probe = await asked(people, "/healthz")
        assert not waiting.done()
        may_go_on.set()
        return probe, await waiting

    probe, reply = asyncio.run(both())
    assert probe[0] == 200
    assert reply == asyncio.run(asked(whole(told), path, method))


def late(may_go_on: Event, make: Callable[[], Asgi]) -> Asgi:
    assert may_go_on.wait(20)
    return make()


def test_it_is_made_once_and_python_switches_threads_as_before() -> None:
    made: list[Asgi] = []
    told, before = health(is_loaded=True), sys.getswitchinterval()

    def make() -> Asgi:
        made.append(whole(told))
        return made[-1]

    async def thrice() -> list[Reply]:
        people = People(told, make)
        return list(await asyncio.gather(*(asked(people, "/") for _ in range(3))))

    assert [reply[0] for reply in asyncio.run(thrice())] == [200, 200, 200]
    assert (len(made), sys.getswitchinterval()) == (1, before)


def test_it_is_made_at_once_after_the_first_load() -> None:
    told = health(is_loaded=True)
    started = time.monotonic()
    asyncio.run(People(told, lambda: whole(told)).open())
    assert time.monotonic() - started < 2.0


@pytest.mark.parametrize(
    ("module", "without"),
    [
        ("webhook.cli.service", {"fastapi", "pydantic"}),
        ("webhook.sources.loader", {"asyncio", "webhook.engine"}),
    ],
    ids=["the service", "the loader"],
)
def test_a_start_does_not_wait_for_imports_that_it_does_not_need(
    module: str, without: set[str]
) -> None:
    code = f"import {module}, sys; print({without} & sys.modules.keys())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout == "set()\n"
