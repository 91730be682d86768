"""One replica of the real service, that can be stopped, started again and given other policies."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.cluster.webhooks import Endpoint
from tests.serving import Server, running_server, until


class Replica:
    """Keeps its ports and its certificate over a restart, as the API server's configuration does.

    `policies` is its directory of policy files.
    """

    def __init__(self, policies: Path, folder: Path) -> None:
        self.policies = shutil.copytree(policies, folder / "policies")
        self._folder = folder
        self._running = ExitStack()
        self._server = self._start(0, 0)

    @property
    def endpoint(self) -> Endpoint:
        return Endpoint(f"https://localhost:{self._server.port}", self._server.ca)

    def stop(self) -> None:
        """Nobody listens on its ports any more."""
        self._running.close()

    @contextmanager
    def stopped(self) -> Iterator[None]:
        self.stop()
        try:
            yield
        finally:
            self._server = self._start(self._server.port, self._server.ops_port)

    def revision(self) -> str:
        """Of the policy set in force."""
        return str(self._server.ready()["policy"]["revision"])

    def give(self, policy: str) -> None:
        """Change its policies, and wait until it decides by them."""
        before = self.revision()
        self.write(policy)
        until("the new policies are in force", lambda: self.revision() != before)

    def write(self, policy: str) -> None:
        (self.policies / "teams.yaml").write_text(policy)

    def _start(self, port: int, ops_port: int) -> Server:
        return self._running.enter_context(
            running_server(
                self.policies,
                self._folder,
                certificates=self._folder / "certificates",
                port=port,
                ops_port=ops_port,
                namespace="taxiway",
            )
        )


@contextmanager
def running_replica(policies: Path, folder: Path) -> Iterator[Replica]:
    """A replica with a copy of these policies, ready."""
    replica = Replica(policies, folder)
    try:
        yield replica
    finally:
        replica.stop()
