"""A proxy between Airflow and the API server that keeps what Airflow created, byte for byte.

It stands where the API server's address points to, so that an object is kept as it was sent, also
one that the API server then refuses (its own audit log holds nothing of a body that it cannot
decode). Each request goes on to the API server unchanged but for the token, and its answer goes
back; nothing of Taxiway is in the way.
"""

import http.client
import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.cluster.credentials import Credentials
from webhook.server.certificates import make_certificates

HOST = "127.0.0.1"
SECONDS = 40.0  # a request's own limit at the API server is 34 s; a watch is longer and ends here
CHUNK = 64 * 1024
HOP_HEADERS = {"connection", "transfer-encoding", "content-length", "host", "authorization"}


@dataclass(frozen=True)
class Place:
    """How Airflow finds the recorder: its port, whom to trust, and where it counts."""

    port: int
    authority: Path
    count: Path  # a byte for each creation that was recorded and answered


@dataclass(frozen=True)
class Creation:
    """A POST of a whole object, and the status that the API server gave it."""

    path: str
    body: dict[str, Any]
    status: int


class Recorder(ThreadingHTTPServer):
    """Keeps each creation in `creations`, in the order in which they were answered."""

    daemon_threads = True

    def __init__(self, credentials: Credentials, folder: Path) -> None:
        super().__init__((HOST, 0), _Handler)
        made = make_certificates(folder / "certificates")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(made.certificate, made.key)
        self.socket = context.wrap_socket(
            self.socket, server_side=True, do_handshake_on_connect=False
        )
        self.place = Place(self.server_address[1], made.authority, folder / "count")
        self.place.count.touch()
        self.creations: list[Creation] = []
        self._lock = threading.Lock()
        self._upstream = urlsplit(credentials.server)
        self._token = credentials.tokens["administrator"]
        self._trusting = ssl.create_default_context(cafile=str(credentials.ca))

    def connect(self) -> http.client.HTTPSConnection:
        host, port = self._upstream.hostname, self._upstream.port
        return http.client.HTTPSConnection(str(host), port, timeout=SECONDS, context=self._trusting)

    def headers(self, given: Message) -> dict[str, str]:
        """The caller's, with a token that the API server knows."""
        kept = {name: value for name, value in given.items() if name.lower() not in HOP_HEADERS}
        return kept | {"authorization": f"Bearer {self._token}"}

    def record(self, path: str, body: bytes, status: int) -> None:
        with self._lock:
            self.creations.append(Creation(urlsplit(path).path, json.loads(body), status))
            with self.place.count.open("ab") as count:
                count.write(b".")

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A task that has created its pod is ended, whatever it still asks for: no error."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Recorder

    def _pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        upstream = self.server.connect()
        try:
            upstream.request(self.command, self.path, body, self.server.headers(self.headers))
            self._answer(upstream.getresponse())
        finally:
            upstream.close()
        if self.command == "POST" and body[:1] == b"{":
            self.server.record(self.path, body, self._status)

    def _answer(self, answer: http.client.HTTPResponse) -> None:
        self._status = answer.status
        self.send_response_only(answer.status, answer.reason)
        for name, value in answer.getheaders():
            if name.lower() not in HOP_HEADERS:
                self.send_header(name, value)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        while piece := answer.read1(CHUNK):
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        self.wfile.write(b"0\r\n\r\n")

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _pass_on  # noqa: N815 - http.server's names

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - http.server's name
        """Nothing: what was sent is kept as data."""


@contextmanager
def recording(credentials: Credentials, folder: Path) -> Iterator[Recorder]:
    """A recorder in front of the API server of these credentials, until the block ends."""
    with Recorder(credentials, folder) as recorder:
        thread = threading.Thread(target=recorder.serve_forever, daemon=True)
        thread.start()
        try:
            yield recorder
        finally:
            recorder.shutdown()
            thread.join()
