"""kubectl, as an administrator of a test's cluster calls it."""

import os
import subprocess
from collections.abc import Iterable
from pathlib import Path

import yaml

from tests.cluster import binaries
from tests.cluster.api import Object
from tests.cluster.credentials import Credentials

KUBECTL_SECONDS = 60


class Kubectl:
    """`folder` is where it keeps its cache."""

    def __init__(self, credentials: Credentials, folder: Path) -> None:
        self._binary = binaries.locate(binaries.wanted_kubernetes())["kubectl"]
        self.environment = {
            "PATH": f"{self._binary.parent}:{os.environ['PATH']}",
            "KUBECONFIG": str(credentials.kubeconfig("administrator")),
            "HOME": str(folder),
        }

    def __call__(self, *arguments: str, given: str = "") -> tuple[int, str]:
        """Exit code, and all that is seen. `given` is its standard input."""
        return self.shell(["kubectl", *arguments], given)

    def shell(self, command: list[str], given: str = "") -> tuple[int, str]:
        """Another command that finds kubectl and the cluster."""
        done = subprocess.run(
            command,
            input=given,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=KUBECTL_SECONDS,
            check=False,
        )
        return done.returncode, done.stdout

    def apply(self, resources: Iterable[Object]) -> tuple[int, str]:
        """Server-side, and no field may be unknown to the API server."""
        text = yaml.safe_dump_all(resources)
        return self("apply", "--server-side", "--validate=strict", "--filename=-", given=text)
