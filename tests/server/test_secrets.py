"""No value of a pod's args, env or body comes out anywhere: not in logs, answers, pages or metrics.

Every place of a pod that may hold a secret gets a string that occurs nowhere else; pods are sent
in all the ways there are to decide them, whole and malformed; then everything that the service
ever said is searched.
"""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.server.reviews import pod, review, write_policy
from tests.serving import Reply, Server, running_server

MARK = "s3cr3t"
PATHS = ("/mutate", "/validate", "/mutate/all", "/validate/all")
PAGES = (
    "/denials",
    "/denials?format=text",
    "/readyz",
    "/metrics",
    "/",
    "/healthz",
    "/openapi.json",
)

Json = dict[str, Any]


def secret(number: int) -> str:
    return f"{MARK}-{number}"


def loaded(**labels: str | None) -> Json:
    """A pod with a secret wherever an author may put one."""
    made = pod(dict(labels), annotations={"author/token": secret(1)})
    made["spec"] = {
        "containers": [
            {
                "name": "base",
                "image": "busybox",
                "command": ["run", secret(2)],
                "args": ["--json-string", json.dumps({"token": secret(3)})],
                "env": [
                    {"name": "PASSWORD", "value": secret(4)},
                    {"name": "POOL", "value": secret(5)},
                ],
                "lifecycle": {"postStart": {"exec": {"command": [secret(6)]}}},
            },
            {
                "name": "sidecar",
                "env": [{"name": "A", "value": secret(7)}],
                "envFrom": [{"prefix": secret(8), "secretRef": {"name": secret(9)}}],
            },
        ],
        "initContainers": [{"name": "init", "args": [secret(10)]}],
        "volumes": [{"name": "v", "configMap": {"name": secret(11)}}],
    }
    return made


def malformed() -> Iterator[bytes]:
    """Bodies that are wrong in different places, each with secrets before and after."""
    whole = json.dumps(review(loaded()))
    yield whole[:-30].encode()
    yield (whole + secret(12)).encode()
    yield secret(13).encode()
    for wrong in (secret(14), [secret(15)], {"k": secret(16)}, 17, None):
        for place in (("metadata",), ("metadata", "labels"), ("spec",), ("spec", "containers")):
            sent = review(loaded())
            at: Json = sent["request"]["object"]
            for key in place[:-1]:
                at = at[key]
            at[place[-1]] = wrong
            yield json.dumps(sent).encode()
    for key in ("uid", "operation", "namespace", "kind", "object", "userInfo", "dryRun"):
        for value in ([secret(18)], {"x": secret(19)}):
            sent = review(loaded())
            sent["request"][key] = value
            yield json.dumps(sent).encode()
    for env in (secret(20), [secret(21)], [{"value": secret(22)}]):
        sent = review(loaded())
        sent["request"]["object"]["spec"]["containers"][0]["env"] = env
        yield json.dumps(sent).encode()


def well_formed() -> Iterator[Json]:
    labels: list[dict[str, str | None]] = [
        {},
        {"cost-center": None},
        {"team": "nobody"},
        {"team": None, "cost-center": "wrong"},
        {"kubernetes_pod_operator": None},
    ]
    for each in labels:
        for namespace in ("airflow", "trial", "soft", "elsewhere"):
            for operation in ("CREATE", "UPDATE"):
                made = review(loaded(**each), namespace=namespace, operation=operation)
                made["request"]["oldObject"] = loaded()
                yield made


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, set[int], str]:
    """All that a service said to all of this: its answers, their statuses, and its output."""
    directory: Path = tmp_path_factory.mktemp("secrets")
    statuses: set[int] = set()
    answers = []
    policies = write_policy(directory / "policies")
    with running_server(policies, directory, log_ignored=True) as server:
        bodies = [*malformed(), *(json.dumps(sent).encode() for sent in well_formed())]
        for reply in (server.send("POST", path, body) for path in PATHS for body in bodies):
            statuses.add(reply.status)
            answers.append(str(reply.headers) + in_clear(reply))
        answers += [send_in_pieces(server), *(server.get(page).body.decode() for page in PAGES)]
    return "\n".join(answers), statuses, server.output.read_text()


def in_clear(reply: Reply) -> str:
    """The answer with its patch, if it has one, decoded."""
    if reply.status != 200:
        return reply.body.decode()
    patch = reply.json()["response"].get("patch", "")
    return reply.body.decode() + base64.b64decode(patch).decode()


def send_in_pieces(server: Server) -> str:
    """Secrets in a head, in a query, and in a body that never ends."""
    with server.raw() as connection:
        line = f"POST /mutate?{secret(23)} HTTP/1.1\r\nX-Token: {secret(24)}\r\n"
        connection.sendall(f"{line}Content-Length: 99\r\n\r\n{secret(25)}".encode())
        return connection.recv(65536).decode()


def test_bad_and_good_pods_were_sent_and_none_was_a_bug_of_ours(
    said: tuple[str, set[int], str],
) -> None:
    assert said[1] == {200, 400}


def test_no_answer_and_no_page_holds_a_secret(said: tuple[str, set[int], str]) -> None:
    assert MARK not in said[0]


def test_no_line_of_output_holds_a_secret(said: tuple[str, set[int], str]) -> None:
    lines = said[2].splitlines()
    assert [line for line in lines if MARK in line] == []
    decisions = {json.loads(line).get("decision") for line in lines}
    assert {"patched", "denied", "audited", "ignored", "bad-request", "not-applied"} <= decisions
