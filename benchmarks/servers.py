"""The two servers that are compared, each a process of its own on a free port of this machine."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct

from benchmarks import policies
from webhook.server.certificates import Paths, make_certificates

START_SECONDS = 30.0  # a set of 10,000 teams takes some seconds to load
STOP_SECONDS = 15.0
TAXIWAY = "from webhook.cli.app import main; main()"


class Running(Struct, frozen=True):
    port: int
    pid: int


@contextmanager
def empty(directory: Path) -> Iterator[Running]:
    """uvicorn with an application that answers nothing."""
    pair, port = _certificates(directory), _free_port()
    arguments = ["-m", "benchmarks.empty", str(pair.certificate), str(pair.key), str(port)]
    with _process(arguments, directory / "empty.log", port) as pid:
        yield Running(port, pid)


@contextmanager
def service(directory: Path, size: tuple[int, int]) -> Iterator[Running]:
    """`taxiway serve` as it is shipped, its log in a file; `size` is teams and profiles."""
    pair, port, ops = _certificates(directory), _free_port(), _free_port()
    folder = directory / "policies"
    folder.mkdir()
    for name, content in policies.files(*size):
        (folder / name).write_bytes(content)
    options = {
        "--policies": folder,
        "--port": port,
        "--tls-cert": pair.certificate,
        "--tls-key": pair.key,
        "--ops-port": ops,
    }
    flat = [str(word) for pair_ in options.items() for word in pair_]
    log = directory / "service.log"
    with _process(["-c", TAXIWAY, "serve", *flat], log, ops, "/readyz") as pid:
        yield Running(port, pid)


def _certificates(directory: Path) -> Paths:
    return make_certificates(directory / "certs")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    return port


@contextmanager
def _process(arguments: list[str], log: Path, port: int, path: str | None = None) -> Iterator[int]:
    """A Python process from when it answers until the block ends."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, *arguments], stdout=output, stderr=subprocess.STDOUT
        )
    try:
        _wait(process, port, path, log)
        yield process.pid
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(process: subprocess.Popen[bytes], port: int, path: str | None, log: Path) -> None:
    """Until the port accepts, or until the path there is a 200. Raises RuntimeError."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        if _answers(port, path):
            return
        time.sleep(0.05)
    raise RuntimeError(f"the server did not start:\n{log.read_text(errors='replace')[-2000:]}")


def _answers(port: int, path: str | None) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1.0) as connection:
            if path is None:
                return True
            request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
            connection.sendall(request.encode())
            return connection.recv(64).startswith(b"HTTP/1.1 200 ")
    except OSError:
        return False
