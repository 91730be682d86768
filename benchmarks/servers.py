"""The servers that are compared, each a process of its own on a free port of this machine.

Each runs on the servers' core and shows the same certificate; the loader of the service runs on
the others.
"""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct

from benchmarks import cores, policies, processes
from webhook.server.certificates import Paths, make_certificates

START_SECONDS = 180.0  # 10,000 teams take 3 s, on a machine that does nothing else
STOP_SECONDS = 15.0
POLL_SECONDS = 0.02
TAXIWAY = "from webhook.cli.app import main; main()"


class Running(Struct, frozen=True):
    """A server that answers. `authority` is the file of the CA of its certificate."""

    port: int
    pid: int
    authority: Path


@contextmanager
def empty(directory: Path) -> Iterator[Running]:
    """uvicorn with an application that answers nothing."""
    with _uvicorn(directory, "empty") as running:
        yield running


@contextmanager
def empty_webhook(directory: Path, *patch: str) -> Iterator[Running]:
    """The same, with an answer that an API server takes: each pod is let through, or patched so.

    A patch is in base64.
    """
    with _uvicorn(directory, "empty_webhook", *patch) as running:
        yield running


@contextmanager
def fastapi(directory: Path, teams: int) -> Iterator[Running]:
    """A webhook in FastAPI's usual shape."""
    with _uvicorn(directory, "usual_fastapi", str(_flat(directory, teams))) as running:
        yield running


@contextmanager
def empty_go(directory: Path, program: Path) -> Iterator[Running]:
    """Go's own server, answering nothing."""
    pair, port = certificates(directory), free_port()
    options = {
        "-address": f"127.0.0.1:{port}",
        "-certificate": pair.certificate,
        "-key": pair.key,
    }
    with process([program, *words(options)], directory / "empty-go.log", port) as pid:
        yield Running(port, pid, pair.authority)


@contextmanager
def controller(directory: Path, program: Path, teams: int) -> Iterator[Running]:
    """A webhook in controller-runtime's usual shape."""
    pair, port = certificates(directory), free_port()
    options = {
        "-port": port,
        "-certificates": pair.certificate.parent,
        "-policy": _flat(directory, teams),
    }
    with process([program, *words(options)], directory / "controller.log", port) as pid:
        yield Running(port, pid, pair.authority)


@contextmanager
def service(
    directory: Path, size: tuple[int, int], start: Sequence[str] = ("-c", TAXIWAY)
) -> Iterator[Running]:
    """`taxiway serve` as it is shipped, its log in a file; `size` is teams and profiles.

    `start` is how Python is told to be it.
    """
    pair, port, ops = certificates(directory), free_port(), free_port()
    command = [sys.executable, *start, *serving(directory, size, pair, (port, ops))]
    name = f"service-{size[0]}.log"
    with process(command, directory / name, ops, "/readyz") as pid:
        cores.place(processes.child(pid), cores.OTHERS)
        yield Running(port, pid, pair.authority)


def serving(
    directory: Path, size: tuple[int, int], pair: Paths, ports: tuple[int, int]
) -> list[str]:
    """`serve` and its options, with policies of this size in a folder of their own."""
    folder = directory / f"policies-{size[0]}"
    folder.mkdir(exist_ok=True)
    for name, content in policies.files(*size):
        (folder / name).write_bytes(content)
    options = {
        "--policies": folder,
        "--port": ports[0],
        "--tls-cert": pair.certificate,
        "--tls-key": pair.key,
        "--ops-port": ports[1],
        "--drain-seconds": 0,  # nobody has to be told that it ends
    }
    return ["serve", *words(options)]


def certificates(directory: Path) -> Paths:
    return make_certificates(directory / "certs")


def words(options: dict[str, object]) -> list[str]:
    return [str(word) for option in options.items() for word in option]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    return port


@contextmanager
def process(
    command: Sequence[str | Path], log: Path, port: int, path: str | None = None
) -> Iterator[int]:
    """A process on the servers' core, from when it answers until the block ends.

    Raises RuntimeError.
    """
    with log.open("wb") as output, cores.on(cores.SERVER):
        started = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
    try:
        _wait(started, port, path, log)
        yield started.pid
    finally:
        started.terminate()
        try:
            started.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            started.kill()
            started.wait()


def answers(port: int, path: str | None) -> bool:
    """Whether the port accepts, or with a path whether the answer is a 200."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1.0) as connection:
            if path is None:
                return True
            request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
            connection.sendall(request.encode())
            return connection.recv(64).startswith(b"HTTP/1.1 200 ")
    except OSError:
        return False


@contextmanager
def _uvicorn(directory: Path, module: str, *more: str) -> Iterator[Running]:
    pair, port = certificates(directory), free_port()
    arguments = [f"benchmarks.{module}", str(pair.certificate), str(pair.key), str(port), *more]
    with process([sys.executable, "-m", *arguments], directory / f"{module}.log", port) as pid:
        yield Running(port, pid, pair.authority)


def _flat(directory: Path, teams: int) -> Path:
    path = directory / "teams.json"
    path.write_bytes(policies.flat(teams))
    return path


def _wait(started: subprocess.Popen[bytes], port: int, path: str | None, log: Path) -> None:
    """Raises RuntimeError."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and started.poll() is None:
        if answers(port, path):
            return
        time.sleep(POLL_SECONDS)
    raise RuntimeError(f"the server did not start:\n{log.read_text(errors='replace')[-2000:]}")
