"""Whatever is sent to admission, the answer keeps the API server's contract.

Never an exception, never a status but 200 and 400 (and the 503 of another policy set), a patch
that applies to what was sent and changes nothing the second time, and nothing of a container's
args or env in it. TAXIWAY_FUZZ_ADMISSION says how many requests are tried.
"""

import json
import os
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from msgspec import Struct

from tests import contract
from tests.admission.mutations import Json, Mutation, mutated
from tests.airflow import documents
from webhook.admission import ENDPOINTS, Answer, Settings, answer
from webhook.engine import Engine
from webhook.policy.compile import compile_policy
from webhook.policy.load import load

COUNT = int(os.environ.get("TAXIWAY_FUZZ_ADMISSION", "300"))
TODAY = date(2026, 1, 2)
SETTINGS = Settings(own_namespace="taxiway")
TOKEN_IN_ARGS = b"REDACTED.JWT.TOKEN"  # of the real pods
POLICY = Path(__file__).parent / "fuzz.yaml"
PATHS = sorted(ENDPOINTS)


class OneSet(Struct, frozen=True):
    """A replica that never had another set."""

    current: Engine

    def find(self, revision: str) -> Engine | None:
        return self.current if revision == self.current.revision else None


@cache
def sets() -> OneSet:
    return OneSet(Engine(compile_policy(load([(POLICY.name, POLICY.read_bytes())]).spec)))


def review(pod: Json, operation: str) -> Json:
    request = {
        "uid": "705ab4f5-6393-11e8-b7cc-42010a800002",
        "kind": {"group": "", "version": "v1", "kind": "Pod"},
        "resource": {"group": "", "version": "v1", "resource": "pods"},
        "namespace": "airflow",
        "operation": operation,
        "userInfo": {"username": "system:serviceaccount:airflow:airflow-scheduler"},
        "object": pod,
        "oldObject": pod if operation == "UPDATE" else None,
        "dryRun": False,
    }
    return {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": request}


@cache
def reviews() -> list[Json]:
    """CREATE and UPDATE of every real pod, as Airflow sends it and as our patch leaves it."""
    plain = [
        pod for name in documents.names() for pod in documents.bodies(documents.document(name))
    ]
    placed = [after(review(pod, "CREATE")) for pod in plain]
    return [review(pod, how) for pod in (*plain, *placed) for how in ("CREATE", "UPDATE")]


def after(created: Json) -> Json:
    answered = ask("/mutate", json.dumps(created).encode())
    return contract.patched(created, json.loads(answered.body)["response"])


NUMBER = st.integers(0, 4000)
MUTATIONS = st.lists(st.tuples(NUMBER, NUMBER, NUMBER), max_size=5)


def ask(path: str, body: bytes) -> Answer:
    return answer(ENDPOINTS[path], body, sets(), TODAY, SETTINGS)


def check(path: str, body: bytes) -> None:
    """The whole contract for one body."""
    answered = ask(path, body)
    assert TOKEN_IN_ARGS not in answered.body
    if answered.status == 200:
        check_decided(path, understood(body), answered)
    elif answered.status == 503:
        assert answered.record.decision == "another-set"
    else:
        check_refused(answered)


def understood(body: bytes) -> Json:
    """What another reader makes of a body. It may hold worse than JSON where nobody looks:
    bytes that are no UTF-8, and numbers longer than Python reads.
    """
    review: Json = json.loads(
        body.decode(errors="replace"), parse_int=lambda digits: int(digits[:400])
    )
    return review


def check_decided(path: str, sent: Json, answered: Answer) -> None:
    headers = {name.decode(): value.decode() for name, value in answered.headers}
    response = contract.check(path, sent, answered.status, headers, answered.body)
    if "patch" in response:
        again: Json = sent | {
            "request": sent["request"] | {"object": contract.patched(sent, response)}
        }
        second = json.loads(ask(path, json.dumps(again).encode()).body)["response"]
        assert "patch" not in second, "a second pass changes the pod again"


def check_refused(answered: Answer) -> None:
    assert answered.status == 400
    reason = answered.body.decode().removesuffix("\n")
    assert reason.isprintable()
    assert 0 < len(reason) < 500
    assert answered.record.decision == "bad-request"


@settings(max_examples=COUNT, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    path=st.sampled_from(PATHS),
    number=NUMBER,
    structure=MUTATIONS,
    text=st.one_of(st.just([]), MUTATIONS.map(lambda mutations: mutations[:2])),
)
@example(path="/mutate", number=0, structure=[], text=[])
@example(path="/validate", number=0, structure=[], text=[])
def test_fuzz_no_request_breaks_the_contract(
    path: str, number: int, structure: list[Mutation], text: list[Mutation]
) -> None:
    check(path, mutated(reviews()[number % len(reviews())], structure, text))


@settings(max_examples=max(COUNT // 10, 30), deadline=None)
@given(path=st.sampled_from(PATHS), body=st.binary(max_size=200))
def test_fuzz_no_bytes_are_more_than_a_bad_request(path: str, body: bytes) -> None:
    check_refused(ask(path, body))


def nested(opening: bytes, closing: bytes, depth: int) -> bytes:
    return opening * depth + closing * depth


# Python 3.11 gives up at 1,000 levels, 3.13 at 10,000, and 3.14 where the stack ends: at some
# 250,000 of the usual 8 MiB.
NESTED: dict[str, Any] = {
    "lists": nested(b"[", b"]", 1_000_000),
    "lists without end": b"[" * 1_000_000,
    "objects": nested(b'{"a":', b"}", 500_000).replace(b":}", b":0}"),
}


REVIEW = json.dumps(review(documents.document(documents.names()[0]), "CREATE")).encode()
PLACES = {
    "the body": b"%s",
    "the request": b'{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":%s}',
    "a field that nobody reads": REVIEW.replace(b'"restartPolicy"', b'"x":%s,"y"', 1),
    "the affinity": REVIEW.replace(b'"restartPolicy"', b'"affinity":%s,"y"', 1),
}


@pytest.mark.parametrize("inside", NESTED.values(), ids=NESTED.keys())
@pytest.mark.parametrize("around", PLACES.values(), ids=PLACES.keys())
@pytest.mark.parametrize("path", ["/mutate", "/validate"])
def test_depth_without_end_is_a_bad_request(path: str, around: bytes, inside: bytes) -> None:
    check_refused(ask(path, around.replace(b"%s", inside)))


WITHOUT = {
    name: REVIEW.replace(f'"{name}": {{'.encode(), f'"{name}s": {{'.encode(), 1)
    for name in ("metadata", "spec")
}


@pytest.mark.parametrize("body", WITHOUT.values(), ids=WITHOUT.keys())
@pytest.mark.parametrize("path", ["/mutate/all", "/validate/all"])
def test_a_pod_without_its_two_halves_is_a_bad_request(path: str, body: bytes) -> None:
    check_refused(ask(path, body))
