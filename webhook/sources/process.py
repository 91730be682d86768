"""How the loader process is started: early, and so that it outlives nobody.

This module imports next to nothing: `serve` starts the loader before it imports a web framework,
so that the first load and those imports take place side by side on two cores.
"""

import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

LoaderProcess = subprocess.Popen[bytes]


class Namespace(NamedTuple):
    """The ConfigMaps of one namespace. `kubeconfig`: None is the pod's own account."""

    name: str
    kubeconfig: Path | None = None


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
        case Namespace(name, None):
            return ["configmaps", name]
        case Namespace(name, kubeconfig):
            return ["configmaps", name, str(kubeconfig)]
    return ["directory", str(origin)]
