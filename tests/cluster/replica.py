"""One replica of the real service: a process that is started, stopped and given other policies."""

import json
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.cluster.processes import Program, free_port, until
from tests.cluster.webhooks import Endpoint
from webhook.server.certificates import make_certificates


class Replica:
    """`taxiway serve` on ports of its own. It keeps these and its certificate over a restart."""

    def __init__(self, name: str, folder: Path) -> None:
        self._name = name
        self._folder = folder
        self._certificates = make_certificates(folder / "certs", ("localhost",))
        self._port, self._ops_port = free_port(), free_port()
        self._program: Program | None = None
        self.policies = folder / "policies"
        self.policies.mkdir()

    @property
    def endpoint(self) -> Endpoint:
        return Endpoint(f"https://localhost:{self._port}", self._certificates.authority)

    def start(self) -> None:
        """Returns when it is ready."""
        command = [sys.executable, "-m", "webhook", "serve"]
        options = {
            "policies": self.policies,
            "tls-cert": self._certificates.certificate,
            "tls-key": self._certificates.key,
            "host": "127.0.0.1",
            "port": self._port,
            "ops-port": self._ops_port,
            "namespace": "taxiway",
            "drain-seconds": 0,
        }
        command += [f"--{option}={value}" for option, value in options.items()]
        self._program = Program(self._name, command, self._folder)
        until(f"{self._name} is ready", self._is_ready)

    def stop(self) -> None:
        if self._program is not None:
            self._program.stop()
            self._program = None

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Nobody listens on its ports; it is ready again afterwards."""
        self.stop()
        try:
            yield
        finally:
            self.start()

    def revision(self) -> str:
        """Of the policy set in force."""
        return str(self._detail()["policy"]["revision"])

    def give(self, policy: str) -> None:
        """Put this in place of its policies, and wait until it decides by them."""
        before = self.revision()
        self.write(policy)
        until(f"{self._name} took the new policies", lambda: self.revision() != before)

    def write(self, policy: str) -> None:
        (self.policies / "teams.yaml").write_text(policy)

    def _detail(self) -> dict[str, Any]:
        url = f"http://127.0.0.1:{self._ops_port}/readyz"
        detail: dict[str, Any] = json.loads(httpx.get(url, trust_env=False).content)
        return detail

    def _is_ready(self) -> bool:
        if self._program is not None:
            self._program.check()
        try:
            return bool(self._detail()["ready"])
        except httpx.TransportError:
            return False


@contextmanager
def running_replica(name: str, policies: Path, folder: Path) -> Iterator[Replica]:
    """A replica with a copy of these policies, ready."""
    replica = Replica(name, folder)
    shutil.copytree(policies, replica.policies, dirs_exist_ok=True)
    try:
        replica.start()
        yield replica
    finally:
        replica.stop()
