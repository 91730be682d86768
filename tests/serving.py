"""The real service, as a process of its own, for tests: real certificates, free ports, real TLS."""

import http.client
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from tests import contract
from webhook.server.certificates import make_certificates

HOST = "127.0.0.1"
PATIENCE_SECONDS = 20.0  # everything waited for takes under a second on an idle machine
STOP_SECONDS = 15.0
SERVE = """
import json, sys
from pathlib import Path
from webhook.cli.serve import ServeSettings, serve
from webhook.sources.process import Managed
given = json.loads(sys.argv[1])
paths = {name: Path(given.pop(name)) for name in given.pop("paths")}
if given.get("managed"):
    given["managed"] = Managed(*given["managed"])
sys.exit(serve(ServeSettings(**paths, **given)))
"""

Json = dict[str, Any]
T = TypeVar("T")


@dataclass(frozen=True)
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Server:
    """A running service. `output` is all that it wrote to standard output and error."""

    process: subprocess.Popen[bytes]
    output: Path
    ca: Path
    port: int = 0
    ops_port: int = 0
    client: tuple[Path, Path] | None = None  # a certificate and its key to show

    def context(self) -> ssl.SSLContext:
        """Trusts the server's CA, as the API server does by `caBundle`."""
        context = ssl.create_default_context(cafile=str(self.ca))
        if self.client:
            context.load_cert_chain(*self.client)
        return context

    def connect(self, timeout: float = 10.0) -> http.client.HTTPSConnection:
        return http.client.HTTPSConnection(HOST, self.port, timeout=timeout, context=self.context())

    def raw(self, timeout: float = 10.0) -> ssl.SSLSocket:
        """A TLS connection to write anything to."""
        plain = socket.create_connection((HOST, self.port), timeout)
        return self.context().wrap_socket(plain, server_hostname="localhost")

    def send(self, method: str, path: str, body: bytes | None = None) -> Reply:
        """One request to the admission port, on a connection of its own."""
        connection = self.connect()
        try:
            return ask(connection, method, path, body)
        finally:
            connection.close()

    def review(self, path: str, sent: Json) -> Json:
        """Send an AdmissionReview, hold the answer against the contract, return its `response`."""
        reply = self.send("POST", path, json.dumps(sent).encode())
        return contract.check(path, sent, reply.status, reply.headers, reply.body)

    def get(self, path: str, accept: str | None = None) -> Reply:
        """One request to the second port."""
        connection = http.client.HTTPConnection(HOST, self.ops_port, timeout=10)
        try:
            return ask(connection, "GET", path, None, {"accept": accept} if accept else {})
        finally:
            connection.close()

    def ready(self) -> Json:
        detail: Json = self.get("/readyz").json()
        return detail

    def metric(self, line: str) -> float:
        """The value of this series; 0 where there is none yet."""
        for each in self.get("/metrics").body.decode().splitlines():
            if each.startswith(line + " "):
                return float(each.rpartition(" ")[2])
        return 0.0

    def lines(self, event: str | None = None) -> list[Json]:
        """The log so far, or its lines of one event."""
        whole = self.output.read_text().rpartition("\n")[0].splitlines()
        lines: list[Json] = [json.loads(line) for line in whole]
        return [line for line in lines if event in (None, line["event"])]

    def loader(self) -> int:
        """The process id of the loader."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        (pid,) = map(int, children.read_text().split())
        return pid

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Ask the service to end, and wait until it has. Returns its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(STOP_SECONDS)


def ask(
    connection: http.client.HTTPConnection,
    method: str,
    path: str,
    body: bytes | None = None,
    headers: dict[str, str] | None = None,
) -> Reply:
    connection.request(method, path, body, headers or {})
    answer = connection.getresponse()
    fields = {name.lower(): value for name, value in answer.getheaders()}
    return Reply(answer.status, fields, answer.read())


@contextmanager
def running_server(
    policies: Path,
    directory: Path,
    *,
    certificates: Path | None = None,
    wait: bool = True,
    client: tuple[Path, Path] | None = None,
    drain_seconds: float = 0.0,
    stdout: int | None = None,
    environment: dict[str, str] | None = None,
    **settings: Any,
) -> Iterator[Server]:
    """`serve` on free ports until the block ends. What it writes goes to `directory`.

    `wait`: until it is ready, else until its ports are open. `settings` are ServeSettings'.
    """
    directory.mkdir(parents=True, exist_ok=True)
    made = make_certificates(certificates or directory / "certificates")
    given: Json = {
        "policies": str(policies),
        "tls_cert": str(made.certificate),
        "tls_key": str(made.key),
        "host": HOST,
        "port": 0,
        "ops_port": 0,
        "drain_seconds": drain_seconds,
        **{
            key: str(value) if isinstance(value, Path) else value for key, value in settings.items()
        },
    }
    paths = {"policies", "tls_cert", "tls_key", "client_ca", "kubeconfig"} & given.keys()
    output = directory / "output"
    with output.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-c", SERVE, json.dumps({**given, "paths": sorted(paths)})],
            stdin=subprocess.DEVNULL,
            stdout=file if stdout is None else stdout,
            stderr=subprocess.STDOUT if stdout is None else file,
            cwd=Path(__file__).parent.parent,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **(environment or {})},
        )
    server = Server(process, output, made.authority, client=client)
    try:
        if stdout is None:
            _learn_ports(server)
        if wait:
            until("ready", lambda: server.get("/readyz").status == 200)
        yield server
    finally:
        end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process that a test started."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _learn_ports(server: Server) -> None:
    def serving() -> list[Json]:
        assert server.process.poll() is None, server.output.read_text()
        return server.lines("serving")

    (line,) = until("serving", serving)
    server.port, server.ops_port = line["port"], line["ops_port"]


def until(what: str, happens: Callable[[], T], seconds: float = PATIENCE_SECONDS) -> T:
    """Ask until the answer is true, and return it. Fails with `what` was waited for."""
    deadline = time.monotonic() + seconds
    while not (answer := happens()):
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.02)
    return answer
