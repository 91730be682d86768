"""What the caller gets, always: each row of the table, from the real service over TLS."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests import contract
from tests.server.reviews import NOTHING_TO_ADD, pod, review, write_policy
from tests.serving import Reply, Server, running_server, until

APPLIED = "taxiway/applied"
NOT_READY = b"not ready: no policy is loaded yet, or this replica is shutting down; try another\n"


def applied(server: Server) -> str:
    revision = server.ready()["policy"]["revision"]
    return f"payments@{revision}"


def test_a_governed_pod_is_patched(server: Server) -> None:
    sent = review(pod())
    response = server.review("/mutate", sent)
    made = contract.patched(sent, response)
    assert made["spec"]["tolerations"] == [
        {"key": "dedicated", "operator": "Equal", "value": "payments", "effect": "NoSchedule"}
    ]
    assert made["metadata"]["annotations"] == {APPLIED: applied(server)}


def test_the_patched_pod_is_allowed_and_a_second_pass_adds_nothing(server: Server) -> None:
    sent = review(pod())
    again = review(contract.patched(sent, server.review("/mutate", sent)))
    assert "patch" not in server.review("/mutate", again)
    assert server.review("/validate", again)["allowed"]


def test_a_pod_that_breaks_a_rule_is_denied_with_code_400(server: Server) -> None:
    sent = review(pod({"cost-center": None}))
    done = review(contract.patched(sent, server.review("/mutate", sent)))
    response = server.review("/validate", done)
    assert not response["allowed"]
    assert response["status"]["code"] == 400
    assert response["auditAnnotations"]["decision"] == "denied"


def test_a_pod_that_the_mutating_call_missed_is_our_fault(server: Server) -> None:
    response = server.review("/validate", review(pod()))
    assert (response["allowed"], response["status"]["code"]) == (False, 500)


UNTOUCHED: dict[str, dict[str, Any]] = {
    "a pod that is not Airflow's": review(pod({"kubernetes_pod_operator": None})),
    "a deletion": review(pod(), operation="DELETE"),
    "another kind": review(
        {"kind": "Secret"}, kind={"group": "", "version": "v1", "kind": "Secret"}
    ),
    "a subresource": review(pod(), subResource="status"),
    "a pod in kube-system": review(pod(), namespace="kube-system"),
}


@pytest.mark.parametrize("path", ["/mutate", "/validate"])
@pytest.mark.parametrize("sent", UNTOUCHED.values(), ids=UNTOUCHED.keys())
def test_what_is_not_ours_is_allowed_untouched(server: Server, path: str, sent: Any) -> None:
    response = server.review(path, sent)
    assert response == {"uid": sent["request"]["uid"], "allowed": True}


@pytest.mark.parametrize("path", ["/mutate", "/validate"])
def test_any_pod_of_a_governed_namespace_is_governed(server: Server, path: str) -> None:
    sent = review(pod({"kubernetes_pod_operator": None}))
    response = server.review(f"{path}/all", sent)
    assert response["auditAnnotations"]["workload"] == "other"


BAD: dict[str, tuple[bytes, bytes]] = {
    "nothing": (b"", b"the body is no AdmissionReview: it is not valid JSON\n"),
    "no JSON": (b"hello", b"the body is no AdmissionReview: it is not valid JSON\n"),
    "not UTF-8": (
        json.dumps(review(pod())).encode().replace(b"payments", b"\xff\xfe"),
        b"the object is no Pod: it is not UTF-8\n",
    ),
    "no AdmissionReview": (
        b'{"apiVersion": "v1", "kind": "Pod"}',
        b"the body is no AdmissionReview of admission.k8s.io/v1; send one\n",
    ),
    "an AdmissionReview of v1beta1": (
        json.dumps(review(pod()) | {"apiVersion": "admission.k8s.io/v1beta1"}).encode(),
        b"the body is no AdmissionReview of admission.k8s.io/v1; send one\n",
    ),
    "no Pod where one must be": (
        json.dumps(review(pod() | {"kind": "Secret"})).encode(),
        b"the object is no Pod of v1; send one\n",
    ),
    "no object": (
        json.dumps(
            review(pod()) | {"request": {**review(pod())["request"], "object": None}}
        ).encode(),
        b"the request has no object; send a Pod in it\n",
    ),
    "JSON nested beyond all measure": (b"[" * 200_000, b""),
}


@pytest.mark.parametrize(("body", "reason"), BAD.values(), ids=BAD.keys())
def test_bad_input_is_400_with_a_one_line_reason(
    server: Server, body: bytes, reason: bytes
) -> None:
    reply = server.send("POST", "/mutate", body)
    assert reply.status == 400, reply
    assert reply.body.decode().rstrip("\n").isprintable()
    assert reason in (b"", reply.body)


def test_another_path_is_404(server: Server) -> None:
    reply = server.send("POST", "/metrics", b"{}")
    listed = (
        b"/mutate, /mutate/all, /validate, /validate-namespace, /validate-policy, /validate/all"
    )
    assert reply.body == b"There is nothing at this path. Here are: " + listed + b".\n"
    assert reply.status == 404


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "HEAD", "OPTIONS"])
def test_another_method_is_405(server: Server, method: str) -> None:
    reply = server.send(method, "/mutate")
    assert (reply.status, reply.headers["allow"]) == (405, "POST")


def is_closed_and_retried(reply: Reply, after: str) -> bool:
    return (reply.headers["retry-after"], reply.headers["connection"]) == (after, "close")


def test_a_denial_by_another_set_than_the_annotation_names_is_503(server: Server) -> None:
    sent = review(pod({"cost-center": None}, annotations={APPLIED: "payments@0000000000"}))
    reply = server.send("POST", "/validate", json.dumps(sent).encode())
    assert (reply.status, is_closed_and_retried(reply, "1")) == (503, True)


def test_without_policy_it_is_503_and_not_ready_and_then_it_is(tmp_path: Path) -> None:
    policies = tmp_path / "policies"
    policies.mkdir()
    with running_server(policies, tmp_path, wait=False) as server:
        reply = server.send("POST", "/mutate", json.dumps(review(pod())).encode())
        assert (reply.status, reply.body) == (503, NOT_READY)
        assert is_closed_and_retried(reply, "0")
        assert server.get("/readyz").status == 503
        assert "no policy set has been loaded yet" in server.ready()["reasons"]
        write_policy(policies, NOTHING_TO_ADD)
        until("ready", lambda: server.get("/readyz").status == 200)
        response = server.review("/mutate", review(pod()))
        assert response["auditAnnotations"]["decision"] == "patched"
