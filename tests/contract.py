"""The API server's contract with an admission webhook, as one checker for every answer.

Source: Kubernetes `staging/src/k8s.io/apiserver/pkg/admission/plugin/webhook/request/
admissionreview.go` (uid, kind, patch and patchType), `.../mutating/dispatcher.go` (the patch),
`pkg/audit` (annotation keys), and Airflow's retries (status codes and texts).
"""

import base64
import json
import re
from typing import Any

import jsonpatch

AUDIT_KEY = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?")
LONGEST_MESSAGE = 2000
LONGEST_ON_A_TERMINAL = 8100
# Airflow's executor takes these texts for reasons to queue a task again.
FORBIDDEN_TEXTS = ("exceeded quota", "object has been modified")
DENIAL_CODES = {400: "BadRequest", 500: "InternalError"}

Json = dict[str, Any]


def check(path: str, sent: Json, status: int, headers: dict[str, str], body: bytes) -> Json:
    """Fails where the answer to an AdmissionReview breaks the contract. Returns its `response`."""
    assert status == 200, (status, body)
    assert headers["content-type"] == "application/json"
    assert headers["content-length"] == str(len(body))
    review = json.loads(body)
    assert set(review) == {"apiVersion", "kind", "response"}
    assert (review["apiVersion"], review["kind"]) == ("admission.k8s.io/v1", "AdmissionReview")
    response: Json = review["response"]
    assert response["uid"] == sent["request"]["uid"]
    assert isinstance(response["allowed"], bool)
    check_patch(path, sent, response)
    check_denial(path, response)
    check_notes(path, response)
    return response


def patched(sent: Json, response: Json) -> Json:
    """The request's object as the API server stores it. Fails if the patch does not apply."""
    obj: Json = sent["request"]["object"]
    if "patch" not in response:
        return obj
    operations = json.loads(base64.b64decode(response["patch"], validate=True))
    assert isinstance(operations, list)
    assert operations, "an empty patch makes the API server run every plugin again"
    result: Json = jsonpatch.JsonPatch(operations).apply(obj)
    return result


def check_patch(path: str, sent: Json, response: Json) -> None:
    assert ("patch" in response) == ("patchType" in response)
    if "patch" not in response:
        return
    assert path.startswith("/mutate")
    assert response["allowed"]
    assert response["patchType"] == "JSONPatch"
    assert patched(sent, response) != sent["request"]["object"], "a patch that changes nothing"


def check_denial(path: str, response: Json) -> None:
    if response["allowed"]:
        assert "status" not in response
        return
    assert path.startswith("/validate"), "/mutate never denies"
    status = response["status"]
    assert DENIAL_CODES[status["code"]] == status["reason"]
    message = status["message"]
    assert message
    if path == "/validate-policy":  # for a terminal, where an error a line is what is read
        assert all(line.isprintable() for line in message.split("\n"))
        assert len(message) <= LONGEST_ON_A_TERMINAL
        return
    assert message.isprintable(), "one line"
    assert len(message) <= LONGEST_MESSAGE
    assert not [text for text in FORBIDDEN_TEXTS if text in message]


def check_notes(path: str, response: Json) -> None:
    """Warnings are short lines; audit annotations have keys that the API server takes."""
    for warning in response.get("warnings", []):
        assert isinstance(warning, str)
        assert warning.isprintable()
    if path == "/validate-policy":  # beyond that the API server cuts
        assert all(len(warning) <= 256 for warning in response.get("warnings", []))
        assert sum(map(len, response.get("warnings", []))) <= 4096
    for key, value in response.get("auditAnnotations", {}).items():
        assert AUDIT_KEY.fullmatch(key), key
        assert isinstance(value, str)
