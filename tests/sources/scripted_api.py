"""An API server that answers as it is told: one reply a request, in order, over real HTTP.

For what a real API server does only after minutes (a bookmark) or never (nonsense).
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

Json = dict[str, Any]


@dataclass(frozen=True)
class Told:
    """One reply. `holds`: after its body the connection stays open and silent."""

    body: str
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    holds: bool = False


@dataclass
class ScriptedApi:
    """`asked` holds the query of each request."""

    kubeconfig: Path
    replies: list[Told] = field(default_factory=list)
    asked: list[dict[str, str]] = field(default_factory=list)
    is_over: threading.Event = field(default_factory=threading.Event)


def config_map(name: str, version: int, **data: str) -> Json:
    return {"metadata": {"name": name, "resourceVersion": str(version)}, "data": data}


def listed(version: int, *items: Json) -> Told:
    whole = {"metadata": {"resourceVersion": str(version)}, "items": items}
    return Told(json.dumps(whole))


def events(*given: tuple[str, Json], holds: bool = False) -> Told:
    lines = (json.dumps({"type": kind, "object": thing}) + "\n" for kind, thing in given)
    return Told("".join(lines), holds=holds)


def bookmark(version: int) -> tuple[str, Json]:
    return "BOOKMARK", {"kind": "ConfigMap", "metadata": {"resourceVersion": str(version)}}


def refused(status: int, message: str, **headers: str) -> Told:
    body = json.dumps({"kind": "Status", "status": "Failure", "message": message, "code": status})
    return Told(body, status, {key.replace("_", "-"): value for key, value in headers.items()})


@contextmanager
def scripted_api(folder: Path) -> Iterator[ScriptedApi]:
    """On a port of this machine, with a kubeconfig in `folder` that leads to it."""
    script = ScriptedApi(folder / "kubeconfig")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            script.asked.append(dict(parse_qsl(urlsplit(self.path).query)))
            told = script.replies.pop(0)
            self.send_response(told.status)
            for name, value in told.headers.items():
                self.send_header(name, value)
            self.send_header("transfer-encoding", "chunked")
            self.end_headers()
            body = told.body.encode()
            self.wfile.write(b"%x\r\n%s\r\n" % (len(body), body) if body else b"")
            if told.holds:
                script.is_over.wait()
            self.wfile.write(b"0\r\n\r\n")

        def log_message(self, *_: object) -> None:
            """Say nothing: pytest shows what fails."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        server.block_on_close = False
        script.kubeconfig.write_text(kubeconfig(f"http://127.0.0.1:{server.server_port}"))
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield script
        finally:
            script.is_over.set()
            server.shutdown()
            thread.join()


def kubeconfig(server: str) -> str:
    return json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "tests",
            "clusters": [{"name": "tests", "cluster": {"server": server}}],
            "users": [{"name": "tests", "user": {"token": "a-token"}}],
            "contexts": [{"name": "tests", "context": {"cluster": "tests", "user": "tests"}}],
        }
    )
