"""The admission port's application and requests to it, for tests without the rest of a service."""

import asyncio
import json

from benchmarks.work import OneSet
from tests.server.reviews import POLICY, pod, review
from webhook.admission import Answer, Endpoint, Settings
from webhook.engine import Engine
from webhook.policy.compile import compile_policy
from webhook.policy.load import load
from webhook.server.application import Application
from webhook.server.bodies import Bodies

REVIEW = json.dumps(review(pod())).encode()


def request(
    body: bytes = REVIEW,
    path: str = "/validate?timeout=10s",
    method: str = "POST",
    version: str = "1.1",
    length: str | None = None,
    more: str = "",
) -> bytes:
    """As Go's client sends it."""
    head = (
        f"{method} {path} HTTP/{version}\r\nHost: taxiway.taxiway.svc:443\r\n"
        f"User-Agent: kube-apiserver-admission\r\n"
        f"Content-Length: {len(body) if length is None else length}\r\n"
        f"Accept: application/json, */*\r\n{more}\r\n"
    )
    return head.encode() + body


class Counting(Application):
    """Counts what is answered at once."""

    straight = 0

    def at_once(self, endpoint: Endpoint, body: bytes, began: float) -> Answer | None:
        answered = super().at_once(endpoint, body, began)
        self.straight += answered is not None
        return answered


class Nobody:
    """Counts nothing, logs nothing; knows how long the last answer took."""

    seconds = 0.0

    def answered(self, answered: Answer, seconds: float) -> None:  # noqa: ARG002  an observer's
        self.seconds = seconds

    def broken(self, uid: str | None, error: str, places: list[str]) -> None: ...
    def handshake(self, stage: str) -> None: ...
    def cut(self, reason: str) -> None: ...


def counting(loop: asyncio.AbstractEventLoop, observer: Nobody | None = None) -> Counting:
    """With the small policy."""
    sets = OneSet(Engine(compile_policy(load([("policy.yaml", POLICY.encode())]).spec)))
    return Counting(sets, Bodies(loop.time), observer or Nobody(), Settings())
