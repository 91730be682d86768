"""How the loader process is started: early, and so that it outlives nobody.

This module imports next to nothing: `serve` starts the loader before it imports a web framework,
so that the first load and those imports take place side by side on two cores.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

# The loader goes on reading policies while the serving process is still importing: 2,000 teams fit.
# Linux gives anyone as much (`fs.pipe-max-size`).
PIPE_BYTES = 1 << 20

LoaderProcess = subprocess.Popen[bytes]


class Managed(NamedTuple):
    """The service's own CA and certificate: where they are kept, and what they are for."""

    secret: str  # its name, in the namespace of the ConfigMaps
    configuration: str  # the name of both webhook configurations
    hosts: tuple[str, ...]  # what the API server calls the service
    peers: tuple[str, ...]  # DNS names or addresses of all replicas, each with or without a port
    port: int  # of those without
    directory: str  # where the serving process finds the pair; in memory, of this replica alone
    life_seconds: float
    authority_life_seconds: float
    overlap_seconds: float

    @property
    def file(self) -> Path:
        """Certificate and key in one file, so that nobody finds half of a pair."""
        return Path(self.directory) / "tls.pem"


class Namespace(NamedTuple):
    """The ConfigMaps of one namespace. `kubeconfig`: None is the pod's own account."""

    name: str
    kubeconfig: Path | None = None
    managed: Managed | None = None  # None: the certificate is somebody else's


Origin = Path | Namespace  # where policies come from; a path is a directory's


def start_loader(origin: Origin) -> LoaderProcess:
    """Start the loader. It ends when its standard input, our end, is closed.

    A process group of its own, because Ctrl-C on a terminal goes to the whole group: the loader
    must not end before the drain does.
    """
    return subprocess.Popen(  # noqa: S603  our own module, by our own interpreter
        [sys.executable, "-m", "webhook.sources.loader", *_arguments(origin)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        pipesize=PIPE_BYTES,
        process_group=0,
    )


def end_loader(process: LoaderProcess) -> int:
    """Kill the loader if it still runs, and collect it. Returns its exit code.

    Its standard output is left to whoever reads it.
    """
    process.kill()
    if process.stdin is not None:
        process.stdin.close()
    return process.wait()


def _arguments(origin: Origin) -> list[str]:
    match origin:
        case Namespace(name, kubeconfig, managed):
            by = "" if kubeconfig is None else str(kubeconfig)
            made = [] if managed is None else [json.dumps(managed)]
            return ["configmaps", name, by, *made]
    return ["directory", str(origin)]
