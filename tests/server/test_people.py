"""The second port: what is answered without FastAPI, and what has it imported."""

import asyncio
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any

import msgspec
import pytest
from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from tests.server.reviews import write_policy
from tests.serving import running_server
from webhook.server import ops
from webhook.server.denials import Denials
from webhook.server.health import CertificateHealth, Health
from webhook.server.metrics import CONTENT_TYPE, Metrics, gauge
from webhook.server.monitoring import monitoring
from webhook.server.people import Asgi, People
from webhook.server.shadow_page import Page

Reply = tuple[int, dict[bytes, bytes], bytes]


def health(*, is_loaded: bool) -> Health:
    """Of a replica without a certificate, at the beginning of 1970."""
    made = Health(lambda: 0.0, CertificateHealth(None))
    if is_loaded:
        made.policy_loaded("0123456789", 1, ())
    return made


def people(told: Health, make: Callable[[], Asgi], metrics: Collector | None = None) -> People:
    return People(monitoring(told, metrics or Metrics()), make)


def whole() -> Asgi:
    return ops.application(Denials(), no_page)


def no_page() -> Page:
    raise AssertionError("nobody asks for it")


async def asked(
    application: Asgi, path: str, method: str = "GET", gone: asyncio.Event | None = None
) -> Reply:
    """What is answered to one request, its headers sorted out; it is `gone` when that is set."""
    sent: list[dict[str, Any]] = []
    events = iter([{"type": "http.request", "body": b"", "more_body": False}])

    async def receive() -> dict[str, Any]:
        for event in events:
            return event
        await (gone or asyncio.Event()).wait()
        return {"type": "http.disconnect"}

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


def headers(body: bytes, kind: bytes) -> dict[bytes, bytes]:
    return {b"content-length": b"%d" % len(body), b"content-type": kind}


def never() -> Asgi:
    raise AssertionError("probes and metrics need nothing of it")


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_healthz_needs_no_fastapi(method: str) -> None:
    """The body of HEAD is the server's to leave out."""
    answered = asyncio.run(asked(people(health(is_loaded=False), never), "/healthz", method))
    assert answered == (200, headers(b"ok\n", b"text/plain; charset=utf-8"), b"ok\n")


@pytest.mark.parametrize(
    ("is_listening", "status"), [(False, 503), (True, 200)], ids=["not ready", "ready"]
)
def test_readyz_needs_no_fastapi(is_listening: bool, status: int) -> None:
    told = health(is_loaded=True)
    told.certificate = CertificateHealth(datetime(1971, 1, 1, tzinfo=UTC))
    told.listener_answers = is_listening
    answered = asyncio.run(asked(people(told, never), "/readyz"))
    body = msgspec.json.format(msgspec.json.encode(told.detail()), indent=2) + b"\n"
    assert answered == (status, headers(body, b"application/json"), body)


class Numbers(Collector):
    """Gauges without end; `made` of them were asked for."""

    def __init__(self, most: int) -> None:
        self.made = 0
        self._most = most

    def collect(self) -> Iterator[Metric]:
        while self.made < self._most:
            self.made += 1
            yield gauge(f"number_{self.made}", "One of them.", self.made)


def test_metrics_need_no_fastapi() -> None:
    answered = asyncio.run(asked(people(health(is_loaded=True), never, Numbers(2)), "/metrics"))
    told = (
        b"# HELP number_1 One of them.\n# TYPE number_1 gauge\nnumber_1 1.0\n"
        b"# HELP number_2 One of them.\n# TYPE number_2 gauge\nnumber_2 2.0\n"
    )
    assert answered == (200, {b"content-type": CONTENT_TYPE.encode()}, told)


def test_probes_are_answered_between_two_slices_of_metrics() -> None:
    numbers = Numbers(1_000)
    both = people(health(is_loaded=True), never, numbers)

    async def probed() -> int:
        scrape = asyncio.create_task(asked(both, "/metrics"))
        while not numbers.made:
            await asyncio.sleep(0)
        await asked(both, "/healthz")
        made = numbers.made
        await scrape
        return made

    assert asyncio.run(probed()) < numbers.made == 1_000


def test_metrics_are_rendered_no_further_when_who_asked_has_gone() -> None:
    numbers = Numbers(1_000)

    async def cut() -> Reply:
        gone = asyncio.Event()
        scrape = asyncio.create_task(
            asked(people(health(is_loaded=True), never, numbers), "/metrics", gone=gone)
        )
        while not numbers.made:
            await asyncio.sleep(0)
        gone.set()
        return await scrape

    asyncio.run(cut())
    assert numbers.made < 10


@pytest.mark.parametrize(
    ("path", "method"), [("/denials", "GET"), ("/nothing", "GET"), ("/readyz", "POST")]
)
def test_all_else_waits_for_fastapi_while_probes_are_answered(path: str, method: str) -> None:
    told, may_go_on = health(is_loaded=True), Event()

    async def both() -> tuple[Reply, Reply]:
        both = people(told, partial(late, may_go_on, whole))
        waiting = asyncio.create_task(asked(both, path, method))
        probe = await asked(both, "/healthz")
        assert not waiting.done()
        may_go_on.set()
        return probe, await waiting

    probe, reply = asyncio.run(both())
    assert probe[0] == 200
    assert reply == asyncio.run(asked(whole(), path, method))


def late(may_go_on: Event, make: Callable[[], Asgi]) -> Asgi:
    assert may_go_on.wait(20)
    return make()


def test_it_is_made_once_and_python_switches_threads_as_before() -> None:
    made: list[Asgi] = []
    told, before = health(is_loaded=True), sys.getswitchinterval()

    def make() -> Asgi:
        made.append(whole())
        return made[-1]

    async def thrice() -> list[Reply]:
        port = people(told, make)
        return list(await asyncio.gather(*(asked(port, "/") for _ in range(3))))

    assert [reply[0] for reply in asyncio.run(thrice())] == [200, 200, 200]
    assert (len(made), sys.getswitchinterval()) == (1, before)


def test_what_a_cluster_asks_for_never_has_pydantic_loaded_and_a_person_does(
    tmp_path: Path,
) -> None:
    with running_server(write_policy(tmp_path / "policies"), tmp_path) as server:
        maps = Path(f"/proc/{server.process.pid}/maps")
        assert [server.get(path).status for path in ("/healthz", "/readyz", "/metrics")] == [
            200
        ] * 3
        assert "pydantic" not in maps.read_text()
        assert server.get("/docs").status == 200
        assert "pydantic" in maps.read_text()


@pytest.mark.parametrize(
    ("module", "without"),
    [
        ("webhook.cli.service", {"fastapi", "pydantic", "cryptography"}),
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
