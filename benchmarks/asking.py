"""The load generator, run from here: one load on one server, and what came of it."""

import subprocess
from pathlib import Path

import msgspec
from msgspec import Struct

from benchmarks import cores
from benchmarks.servers import Running, words

# What may come on top of the seconds of a load: connections, and the last answers.
GRACE_SECONDS = 60.0


class Load(Struct, frozen=True):
    """What is asked: it ends at that many requests or that many seconds."""

    path: str
    connections: int = 8
    requests: int = 50_000
    seconds: float = 1.0
    rate: float = 0.0  # a second; 0 is a closed loop
    fresh: bool = False  # a new connection for each
    uid: bool = True  # whether each answer must hold its request's uid


class Outcome(Struct, frozen=True):
    """Microseconds, and requests a second. `cpu` is the server's, a request."""

    requests: int
    rate: float
    cpu: float
    p50: float
    p99: float
    p999: float
    most: float


def ask(program: Path, server: Running, bodies: Path, load: Load) -> Outcome:
    """Put a load on a server. Raises RuntimeError at the first answer that is wrong."""
    options = {
        "-address": f"127.0.0.1:{server.port}",
        "-ca": server.authority,
        "-bodies": bodies,
        "-path": load.path,
        "-connections": load.connections,
        "-requests": load.requests,
        "-seconds": load.seconds,
        "-rate": load.rate,
        "-pid": server.pid,
    }
    flags = [name for name, is_on in (("-new", load.fresh), ("-uid", load.uid)) if is_on]
    with cores.on(cores.OTHERS):
        done = subprocess.run(
            [program, *words(options), *flags],
            capture_output=True,
            timeout=load.seconds + GRACE_SECONDS,
            check=False,
        )
    if done.returncode:
        raise RuntimeError(done.stderr.decode(errors="replace").strip())
    return msgspec.json.decode(done.stdout, type=Outcome)
