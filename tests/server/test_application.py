"""The edge of the admission port: a bug of ours is answered, counted and logged without a value."""

import asyncio
import json
import os
from datetime import UTC, date, datetime
from typing import Any

import pytest

from tests.server.reviews import pod, review
from webhook.admission import Settings
from webhook.engine import Engine
from webhook.server.application import Application, Today
from webhook.server.bodies import Bodies
from webhook.server.denials import Denials
from webhook.server.logs import Log
from webhook.server.metrics import Metrics, rendered
from webhook.server.observer import Observer
from webhook.server.request_log import RequestLog

MARK = "s3cr3t"


class Broken:
    """Policy sets with a bug that has got hold of something secret."""

    @property
    def current(self) -> Engine | None:
        token = MARK
        raise KeyError(token)

    def find(self, revision: str) -> Engine | None:
        raise KeyError(revision, MARK)


async def post(application: Application, body: bytes) -> tuple[int, dict[bytes, bytes], bytes]:
    """The answer to one POST to /mutate."""
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    await application({"path": "/mutate", "method": "POST", "headers": []}, receive, send)
    start, end = sent
    return start["status"], dict(start["headers"]), end["body"]


@pytest.fixture
def pipe() -> tuple[int, Log]:
    reader, writer = os.pipe()
    return reader, Log(writer, lambda: "now")


def application(log: Log, metrics: Metrics) -> Application:
    observer = Observer(log, RequestLog(log), metrics, Denials())
    return Application(Broken(), Bodies(lambda: 0.0), observer, Settings())


def test_a_bug_is_500_logged_with_the_uid_and_the_places_and_no_value(
    pipe: tuple[int, Log],
) -> None:
    reader, log = pipe
    metrics = Metrics()
    body = json.dumps(review(pod(), uid="the-uid")).encode()
    status, _, said = asyncio.run(post(application(log, metrics), body))
    log.close()
    written = os.read(reader, 65536).decode()
    os.close(reader)
    assert (status, said) == (
        500,
        b"internal error; the log has the details under the request's uid\n",
    )
    line = json.loads(written)
    assert (line["event"], line["uid"], line["error"]) == ("bug", "the-uid", "KeyError")
    assert line["places"][-1].rpartition("/")[2].endswith(" current")
    assert MARK not in written
    text = b"".join(rendered(metrics)).decode()
    assert 'taxiway_refused_requests_total{status="500"} 1.0\n' in text


def test_during_the_drain_each_answer_closes_its_connection(pipe: tuple[int, Log]) -> None:
    reader, log = pipe
    draining = application(log, Metrics())
    body = json.dumps(review(pod({"kubernetes_pod_operator": None}))).encode()
    _, before, _ = asyncio.run(post(draining, body))
    draining.is_draining = True
    status, headers, _ = asyncio.run(post(draining, body))
    assert (b"connection" in before, status, headers[b"connection"]) == (False, 200, b"close")
    log.close()
    os.close(reader)


def test_past_the_drain_it_is_503_to_be_tried_again_at_once(pipe: tuple[int, Log]) -> None:
    reader, log = pipe
    over = application(log, Metrics())
    over.is_draining = over.is_over = True
    status, headers, _ = asyncio.run(post(over, json.dumps(review(pod())).encode()))
    assert (status, headers[b"retry-after"], headers[b"connection"]) == (503, b"0", b"close")
    log.close()
    os.close(reader)


DAYS = {
    "the last moment of a day": (
        datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC),
        date(2026, 12, 31),
    ),
    "the first of the next": (datetime(2027, 1, 1, tzinfo=UTC), date(2027, 1, 1)),
}


@pytest.mark.parametrize(("now", "today"), DAYS.values(), ids=DAYS.keys())
def test_today_is_the_day_in_utc(now: datetime, today: date) -> None:
    assert Today(now.timestamp)() == today


def test_a_day_ends_at_midnight() -> None:
    moments = [last for last, _ in DAYS.values()]
    today = Today(lambda: moments[0].timestamp())
    first = today()
    moments.pop(0)
    assert (first, today()) == (date(2026, 12, 31), date(2027, 1, 1))
