"""An API server and its etcd alone, which can be stopped and started and told to forget.

For tests of how the service outlives the API server: those of the whole control plane share one.
"""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx

from tests.cluster.api import Api
from tests.cluster.control_plane import etcd_options, server_options
from tests.cluster.credentials import make_credentials
from tests.cluster.processes import Program, free_port
from tests.serving import until

START_SECONDS = 180.0  # 4 s on an idle machine of two cores; a busy one took over 60


class LoneApiServer:
    """Keeps its port, its certificate and what is stored over a restart."""

    def __init__(self, binaries: Mapping[str, Path], folder: Path, audit_level: str) -> None:
        self._binary = binaries["kube-apiserver"]
        self._logs = folder / "logs"
        self._logs.mkdir()
        self.port, self._etcd_port = free_port(), free_port()
        self.credentials = make_credentials(
            folder / "credentials", f"https://127.0.0.1:{self.port}"
        )
        ports = self.port, self._etcd_port
        self._options = server_options(folder, self.credentials, *ports, audit_level)
        self.audit_log = folder / "audit.log"
        options = etcd_options(folder, self._etcd_port)
        self._etcd = Program("etcd", (binaries["etcd"], *options), self._logs)
        self._server = self._started()
        until("a certificate", self._has_certificate, START_SECONDS)
        self.api = Api(self.credentials)
        self._wait()

    @property
    def pid(self) -> int:
        """Of the API server itself."""
        return self._server.pid

    @contextmanager
    def down(self, *, politely: bool = False) -> Iterator[None]:
        """Nobody listens; afterwards it is ready again. `politely`: it is told to end."""
        if politely:
            self._server.stop()
        else:
            self._server.kill()
        try:
            yield
        finally:
            self._server = self._started()
            self._wait()

    def forget(self) -> None:
        """Compact etcd up to now: no version from before can be had any more."""
        with httpx.Client(base_url=f"http://127.0.0.1:{self._etcd_port}", trust_env=False) as etcd:
            now = etcd.post("/v3/kv/range", json={"key": "AA=="}).json()["header"]["revision"]
            body = {"revision": now, "physical": True}
            etcd.post("/v3/kv/compaction", json=body).raise_for_status()

    def end(self) -> None:
        self.api.close()
        self._server.kill()
        self._etcd.stop()

    def _wait(self) -> None:
        until("the API server is ready", self.api.is_ready, START_SECONDS)

    def _started(self) -> Program:
        return Program("kube-apiserver", (self._binary, *self._options), self._logs)

    def _has_certificate(self) -> bool:
        """The API server makes it when it is started for the first time."""
        self._server.check()
        return self.credentials.ca.exists() and bool(self.credentials.ca.read_bytes())


@contextmanager
def lone_api_server(
    binaries: Mapping[str, Path], folder: Path, audit_level: str = "Metadata"
) -> Iterator[LoneApiServer]:
    """`audit_level`: how much its audit log tells of pods."""
    with ExitStack() as stack:
        server = LoneApiServer(binaries, folder, audit_level)
        stack.callback(server.end)
        yield server
