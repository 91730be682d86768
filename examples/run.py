"""`make run`: the real service on this machine, and three real Airflow pods through it.

Makes certificates in `certs/`, starts `taxiway serve` on `examples/policies` over HTTPS, sends
each pod to its `/mutate` and what comes of it to its `/validate`, as an API server would, shows
the answers, and goes on serving until Ctrl-C. With `--once`, or where `CI` is set, it ends there.
"""

import base64
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException, HTTPSConnection
from pathlib import Path
from threading import Event, Thread
from types import FrameType
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from webhook.cli.documents import read_documents
from webhook.cli.objects import pods_in
from webhook.cli.show import ALLOWED, DENIED, fact, heading, patch_rows
from webhook.cli.subject import Defaults, Refusal, Subject
from webhook.cli.terminal import Terminal, row
from webhook.cli.verdict import patched
from webhook.server.certificates import Paths, make_certificates
from webhook.server.logs import FLUSH_SECONDS

ROOT = Path(__file__).resolve().parent.parent
POLICIES = Path("examples/policies")
PODS = Path("examples/pods")
# One that says nothing of its team, one made by the Job controller, one that wants too much.
SHOWN = ("pod-operator.json", "job-operator.json", "kubernetes-executor.json")
REVIEW = Path("examples/reviews/pod-operator.json")
CERTIFICATES = Path("certs")
PORT, OPS_PORT = 8443, 8080
READY_SECONDS = 30.0  # it takes about one; a busy machine some more
# Nobody withdraws endpoints here, so there is nothing to go on answering for.
DRAIN_SECONDS = "0"
ASKER = Defaults(user="system:serviceaccount:airflow:airflow-worker")

Json = dict[str, Any]


def main(arguments: list[str]) -> int:
    """The exit code: 0 when every pod got an answer."""
    os.chdir(ROOT)
    # Both: a shell that starts this in the background has it ignore SIGINT.
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGINT, _interrupt)
    terminal = Terminal()
    port, ops_port = _free_port(PORT, terminal), _free_port(OPS_PORT, terminal)
    try:
        certificates = make_certificates(CERTIFICATES)
        with _service(certificates, port, ops_port) as service:
            _show_pods(service, terminal)
            if "--once" in arguments or os.environ.get("CI"):
                return 0
            time.sleep(2 * FLUSH_SECONDS)  # until its log of these pods was kept back as well
            terminal.rows(_by_hand(service))
            service.tell()
            return service.process.wait()
    except _NotServing as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


class _NotServing(Exception):
    """The service did not start, or stopped; the message holds what it said last."""


class _Service:
    """A running `taxiway serve`. Its log is kept back until `tell` is called."""

    def __init__(
        self, process: "subprocess.Popen[str]", ca: Path, port: int, ops_port: int
    ) -> None:
        self.process = process
        self.ca = ca
        self.port = port
        self.ops_port = ops_port
        self._said: list[str] = []
        self._telling = Event()
        Thread(target=self._listen, daemon=True).start()

    def tell(self) -> None:
        """From now on, the log goes to standard output."""
        self._telling.set()

    def await_ready(self) -> None:
        """Raises _NotServing."""
        until = time.monotonic() + READY_SECONDS
        while not self._is_ready():
            if self.process.poll() is not None or time.monotonic() > until:
                raise _NotServing("taxiway serve did not become ready:\n" + "".join(self._said))
            time.sleep(0.05)

    def post(self, path: str, review: Json) -> Json:
        """The response to an AdmissionReview. The certificate is verified, host name included."""
        trust = ssl.create_default_context(cafile=self.ca)
        connection = HTTPSConnection("localhost", self.port, context=trust, timeout=10)
        try:
            headers = {"Content-Type": "application/json"}
            connection.request("POST", path, json.dumps(review), headers)
            answer = connection.getresponse()
            body = answer.read().decode()
        except (OSError, HTTPException) as error:
            raise _NotServing(f"no answer from {path}: {error}") from None
        finally:
            connection.close()
        if answer.status != 200:
            raise _NotServing(f"{path} answered {answer.status}: {body}")
        response: Json = json.loads(body)["response"]
        return response

    def _is_ready(self) -> bool:
        try:
            with urlopen(f"http://127.0.0.1:{self.ops_port}/readyz", timeout=5) as answer:
                return bool(answer.status == 200)
        except HTTPError as not_ready:  # it holds the answer open
            not_ready.close()
            return False
        except (URLError, OSError):
            return False

    def _listen(self) -> None:
        for line in self.process.stdout or ():
            if self._telling.is_set():
                print(line, end="", flush=True)
            else:
                self._said.append(line)


@contextmanager
def _service(certificates: Paths, port: int, ops_port: int) -> Iterator[_Service]:
    options = {
        "--policies": POLICIES,
        "--host": "127.0.0.1",
        "--port": port,
        "--ops-port": ops_port,
        "--tls-cert": certificates.certificate,
        "--tls-key": certificates.key,
        "--drain-seconds": DRAIN_SECONDS,
    }
    words = [str(word) for option in options.items() for word in option]
    process = subprocess.Popen(
        [sys.executable, "-m", "webhook", "serve", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        service = _Service(process, certificates.authority, port, ops_port)
        service.await_ready()
        yield service
    finally:
        process.terminate()
        process.wait()


def _free_port(wanted: int, terminal: Terminal) -> int:
    """`wanted`, or any other one when somebody else has it."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            found: int = probe.getsockname()[1]
        if found != wanted:
            terminal.rows([row(f"port {wanted} is taken; using {found}", "yellow")])
        return found
    raise _NotServing("no port is free on this machine")


def _show_pods(service: _Service, terminal: Terminal) -> None:
    url = f"https://localhost:{service.port}"
    terminal.rows([row(f"taxiway serves {POLICIES} at {url}", "bold"), row()])
    for file in (PODS / name for name in SHOWN):
        for _, value in read_documents(file.read_bytes()):
            for subject in pods_in(value, str(file), ASKER):
                if isinstance(subject, Refusal):
                    raise _NotServing(str(subject))
                _show(service, subject, terminal)


def _show(service: _Service, subject: Subject, terminal: Terminal) -> None:
    """One pod, as an API server creates it: first what is added, then whether that is let in."""
    mutated = service.post("/mutate", admission_review(subject, subject.raw))
    patch = json.loads(base64.b64decode(mutated.get("patch", "W10=")))  # W10= is []
    after = patched(subject.raw, patch)
    validated = service.post("/validate", admission_review(subject, after))
    known = mutated.get("auditAnnotations", {})
    message = validated.get("status", {}).get("message")
    width = terminal.wrap_at
    terminal.rows(
        [
            heading(
                ALLOWED if validated["allowed"] else DENIED,
                subject.name,
                subject.request.namespace,
            ),
            *fact("from", subject.origin, width),
            *fact("workload", known.get("workload", "none"), width),
            *fact("team", known.get("team", "none"), width),
            *patch_rows(subject.raw, after),
            *(fact("denial", message, width) if message else ()),
            row(),
        ]
    )


def admission_review(subject: Subject, pod: Json) -> Json:
    """What an API server sends when this pod is created."""
    asked = subject.request
    return {
        "apiVersion": "admission.k8s.io/v1",
        "kind": "AdmissionReview",
        "request": {
            "uid": f"example-{subject.name}",
            "kind": {"group": "", "version": "v1", "kind": "Pod"},
            "resource": {"group": "", "version": "v1", "resource": "pods"},
            "name": subject.name,
            "namespace": asked.namespace,
            "operation": asked.operation,
            "userInfo": {"username": asked.user},
            "object": pod,
            "oldObject": None,
            "dryRun": False,
        },
    }


def _by_hand(service: _Service) -> Iterator[tuple[tuple[str, str], ...]]:
    command = Path(sys.executable).with_name("taxiway")
    taxiway = command.relative_to(ROOT) if command.is_relative_to(ROOT) else "taxiway"
    url = f"https://localhost:{service.port}"
    tries = {
        "Ask it yourself": f"curl --cacert {service.ca} --data @{REVIEW} {url}/mutate",
        "The same without a server": f"{taxiway} review --policies {POLICIES} {PODS}/*.json",
        "What was denied": f"curl 'http://localhost:{service.ops_port}/denials?format=text'",
    }
    for what, line in tries.items():
        yield row(what, "bold")
        yield row(f"  {line}")
    yield row(f"Change a file in {POLICIES} and ask again. Ctrl-C ends. The log:", "bold")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
