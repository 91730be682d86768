"""Asking admission as the API server does: a review in, an answer out, held to its contract."""

import base64
import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from msgspec import Struct

from tests import contract
from tests.engine.given import TODAY, WORKER, Json, pod
from webhook.admission import ENDPOINTS, Answer, Settings, answer
from webhook.engine import Engine

SETTINGS = Settings(own_namespace="taxiway")
UID = "705ab4f5-6393-11e8-b7cc-42010a800002"


class Sets(Struct, frozen=True):
    """A replica with these sets; the first is the current one."""

    engines: Sequence[Engine] = ()

    @property
    def current(self) -> Engine | None:
        return self.engines[0] if self.engines else None

    def find(self, revision: str) -> Engine | None:
        return next((each for each in self.engines if each.revision == revision), None)


def review(body: Json, **request: Any) -> Json:
    """A review that creates this pod in namespace airflow; a part of None is left out."""
    every: Json = {
        "uid": UID,
        "kind": {"group": "", "version": "v1", "kind": "Pod"},
        "operation": "CREATE",
        "namespace": "airflow",
        "userInfo": {"username": WORKER},
        "object": body,
        **request,
    }
    kept = {key: value for key, value in every.items() if value is not None}
    return {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": kept}


def raw(path: str, sent: bytes, *engines: Engine, today: date = TODAY) -> Answer:
    """The answer to any bytes."""
    return answer(ENDPOINTS[path], sent, Sets(engines), today, SETTINGS)


def asked(path: str, sent: Json, *engines: Engine, today: date = TODAY) -> tuple[Answer, Json]:
    """The answer and its `response`, or an empty one where it is no AdmissionReview."""
    given = raw(path, json.dumps(sent).encode(), *engines, today=today)
    headers = {key.decode(): value.decode() for key, value in given.headers}
    if given.status != 200:
        assert headers["content-length"] == str(len(given.body))
        return given, {}
    return given, contract.check(path, sent, given.status, headers, given.body)


def patch_of(response: Json) -> list[Json]:
    patch: list[Json] = json.loads(base64.b64decode(response.get("patch", "W10=")))
    return patch


def admitted(body: Json, *engines: Engine, path: str = "/mutate", **request: Any) -> Json:
    """The pod as it stands after /mutate."""
    sent = review(body, **request)
    _, response = asked(path, sent, *engines)
    return contract.patched(sent, response)


__all__ = ["SETTINGS", "UID", "Sets", "admitted", "asked", "patch_of", "pod", "raw", "review"]
