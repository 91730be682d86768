"""Somebody else's webhook: a small HTTPS server that answers each AdmissionReview with a patch.

It plays the other webhooks of a cluster. Its configuration's name says when it runs: those that
sort before `airflow-taxiway` come first.
"""

import base64
import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.cluster.api import Api, Object, Reply
from tests.cluster.webhooks import Endpoint, in_force
from webhook.server.certificates import make_certificates

Operations = list[Object]


@contextmanager
def another_webhook(
    api: Api, name: str, patch: Callable[[Object], Operations], folder: Path
) -> Iterator[None]:
    """A mutating webhook for all new pods, in force until the end."""
    asked: list[Object] = []

    def answer(review: Object) -> Object:
        pod = review["request"]["object"]
        asked.append(pod)
        response = {"uid": review["request"]["uid"], "allowed": True}
        if operations := patch(pod):
            encoded = base64.b64encode(json.dumps(operations).encode()).decode()
            response |= {"patch": encoded, "patchType": "JSONPatch"}
        return {"apiVersion": review["apiVersion"], "kind": review["kind"], "response": response}

    def was_asked(_: Reply) -> bool:
        seen = bool(asked)
        asked.clear()
        return seen

    with (
        answering(answer, folder) as endpoint,
        in_force(api, registration(name, endpoint), was_asked),
    ):
        yield


def registration(name: str, endpoint: Endpoint) -> Object:
    """Asked about every new pod."""
    every_new_pod = {
        "apiGroups": [""],
        "apiVersions": ["v1"],
        "resources": ["pods"],
        "operations": ["CREATE"],
    }
    entry = {
        "name": f"{name}.pods.test",
        "clientConfig": endpoint.client_config("/"),
        "admissionReviewVersions": ["v1"],
        "sideEffects": "None",
        "rules": [every_new_pod],
        "failurePolicy": "Fail",
        "timeoutSeconds": 5,
        "reinvocationPolicy": "IfNeeded",
    }
    return {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "MutatingWebhookConfiguration",
        "metadata": {"name": name},
        "webhooks": [entry],
    }


@contextmanager
def answering(answer: Callable[[Object], Object], folder: Path) -> Iterator[Endpoint]:
    """An HTTPS server of this machine that answers JSON with JSON."""
    certificates = make_certificates(folder, ("localhost",))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates.certificate, certificates.key)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            said = json.dumps(answer(json.loads(body))).encode()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: object) -> None:
            """Say nothing: pytest shows what fails."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield Endpoint(f"https://localhost:{server.server_port}", certificates.authority)
        server.shutdown()
