"""Who may say that all pods of a namespace are governed: `/validate-namespace`, case by case."""

import json
from typing import Any

import pytest

from tests import contract
from webhook.admission import Answer, Governors, answer_namespace

Json = dict[str, Any]

UID = "705ab4f5-6393-11e8-b7cc-42010a800002"
ALL = {"taxiway/govern": "all"}
SRE = {"username": "jane", "groups": ["sre", "system:authenticated"]}
AUTHOR = {"username": "joe", "groups": ["dags", "system:authenticated"]}
CONTROLLER = "system:serviceaccount:argocd:argocd-application-controller"
GOVERNORS = Governors(
    users=("system:serviceaccount:argocd:*", "root"), groups=("sre",), contact="#platform"
)


def namespace(labels: Json | None = None) -> Json:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "data", "labels": labels}}


def review(labels: Json | None, before: Json | None = None, **request: Any) -> Json:
    """An update of a namespace from these labels to those, by an author."""
    every: Json = {
        "uid": UID,
        "kind": {"group": "", "version": "v1", "kind": "Namespace"},
        "operation": "UPDATE",
        "name": "data",
        "namespace": "data",
        "userInfo": AUTHOR,
        "object": namespace(labels),
        "oldObject": namespace(before),
        **request,
    }
    kept = {key: value for key, value in every.items() if value is not None}
    return {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": kept}


def asked(sent: Json, governors: Governors = GOVERNORS) -> tuple[Answer, Json]:
    given = answer_namespace(json.dumps(sent).encode(), governors)
    headers = {key.decode(): value.decode() for key, value in given.headers}
    response = contract.check("/validate-namespace", sent, given.status, headers, given.body)
    return given, response


ALLOWED: dict[str, tuple[Json, str]] = {
    "one of the groups sets it": (review(ALL, userInfo=SRE), "allowed"),
    "one of the groups removes it": (review(None, ALL, userInfo=SRE), "allowed"),
    "one of the users sets it at CREATE": (
        review(ALL, operation="CREATE", oldObject=None, userInfo={"username": "root"}),
        "allowed",
    ),
    "a user that a glob matches changes it": (
        review(
            {"taxiway/govern": "none"},
            ALL,
            userInfo={"username": CONTROLLER},
        ),
        "allowed",
    ),
    "anybody leaves it as it is": (review({**ALL, "owner": "joe"}, ALL), "allowed"),
    "anybody creates a namespace without it": (
        review({"owner": "joe"}, operation="CREATE", oldObject=None),
        "allowed",
    ),
    "a namespace is deleted": (review(None, ALL, operation="DELETE", object=None), "ignored"),
    "a namespace is finalized": (review(None, ALL, subResource="finalize"), "ignored"),
    "it is a pod": (review(None, ALL, kind={"version": "v1", "kind": "Pod"}), "ignored"),
}


@pytest.mark.parametrize(("sent", "decision"), ALLOWED.values(), ids=ALLOWED)
def test_is_allowed_when(sent: Json, decision: str) -> None:
    given, response = asked(sent)
    assert response == {"uid": UID, "allowed": True}
    assert given.record.decision == decision


MAY = "only users system:serviceaccount:argocd:*, root and group sre may"
NOT_YOURS = (
    f"namespace data: {MAY} set, change or remove its label taxiway/govern, and you are joe. "
    "Leave the label as it is, or ask #platform."
)
DENIED = {
    "an author sets it": review(ALL),
    "an author sets it to a value that means nothing": review({"taxiway/govern": ""}),
    "an author removes it": review({"owner": "joe"}, ALL),
    "an author removes all labels": review(None, ALL),
    "an author changes it": review({"taxiway/govern": "none"}, ALL),
    "an author creates a namespace with it": review(ALL, operation="CREATE", oldObject=None),
    "an author gives an old object at CREATE": review(
        ALL, operation="CREATE", oldObject=namespace(ALL)
    ),
}


@pytest.mark.parametrize("sent", DENIED.values(), ids=DENIED)
def test_is_denied_when(sent: Json) -> None:
    given, response = asked(sent)
    assert response["status"] == {
        "status": "Failure",
        "code": 400,
        "reason": "BadRequest",
        "message": NOT_YOURS,
    }
    assert (given.record.decision, given.record.message) == ("denied", NOT_YOURS)


WHOM = {
    "one of those who may, where no contact is given": (
        Governors(users=(), groups=("a", "b")),
        "only groups a, b may set, change or remove its label taxiway/govern, and you are joe. "
        "Leave the label as it is, or ask one of them.",
    ),
    "who installed the service, where nobody may": (
        Governors(users=(), groups=()),
        "nobody may set, change or remove its label taxiway/govern, and you are joe. "
        "Leave the label as it is, or ask who installed Taxiway.",
    ),
    "the contact, however many may": (
        Governors(users=tuple(f"user-{n}" for n in range(12)), groups=(), contact="#sre"),
        "only users user-0, user-1, user-2, user-3, user-4, user-5, user-6, user-7, user-8, "
        "user-9 and 2 more may set, change or remove its label taxiway/govern, and you are joe. "
        "Leave the label as it is, or ask #sre.",
    ),
}


@pytest.mark.parametrize(("governors", "said"), WHOM.values(), ids=WHOM)
def test_a_denial_says_to_ask(governors: Governors, said: str) -> None:
    _, response = asked(review(ALL), governors)
    assert response["status"]["message"] == f"namespace data: {said}"


def test_a_user_without_a_name_is_nobody() -> None:
    _, response = asked(review(ALL, userInfo=None))
    assert response["status"]["message"] == NOT_YOURS.replace("you are joe", "you are nobody")


def test_names_cannot_break_the_line() -> None:
    _, response = asked(review(ALL, userInfo={"username": "joe\n\x1b[2J" + "x" * 5000}))
    assert response["status"]["message"].isprintable()


BAD: dict[str, tuple[Json, str]] = {
    "no object": (
        review(None, object=None),
        "the request has no object; send a Namespace in it",
    ),
    "no old object": (
        review(ALL, oldObject=None),
        "the request has no oldObject; send a Namespace in it",
    ),
    "labels that are a list": (
        review(None, object={"metadata": {"labels": ["s3cr3t"]}}),
        "the object is no Namespace: "
        "Expected `object | null`, got `array` - at `$.request.object.metadata.labels`",
    ),
    "no uid": (
        review(ALL, uid=None),
        "the body is no AdmissionReview: Object missing required field `uid` - at `$.request`",
    ),
    "another version of the review": (
        review(ALL) | {"apiVersion": "admission.k8s.io/v1beta1"},
        "the body is no AdmissionReview of admission.k8s.io/v1; send one",
    ),
}


@pytest.mark.parametrize(("sent", "reason"), BAD.values(), ids=BAD)
def test_is_400_with(sent: Json, reason: str) -> None:
    given = answer_namespace(json.dumps(sent).encode(), GOVERNORS)
    assert (given.status, given.body.decode()) == (400, f"{reason}\n")
    assert (given.record.endpoint, given.record.decision) == ("validate-namespace", "bad-request")


@pytest.mark.parametrize("body", [b"", b"[", b"\xff", b"[" * 200_000, b"null"])
def test_what_is_no_json_is_400(body: bytes) -> None:
    given = answer_namespace(body, GOVERNORS)
    assert (given.status, given.body.decode().rstrip("\n").isprintable()) == (400, True)
