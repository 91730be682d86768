"""The whole benchmark with the smallest counts, and the load generator against what it must see."""

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks import __main__ as benchmarks
from benchmarks import asking, built, goals, page, pods, reviews
from benchmarks.asking import Load
from benchmarks.plan import SMOKE
from benchmarks.servers import Running, certificates

pytestmark = pytest.mark.cluster

UID = "705ab4f5-6393-11e8-b7cc-420100000000"
SLOW_SECONDS = 0.05


class Server:
    """Gives one answer to whatever comes, after a while."""

    def __init__(self, folder: Path) -> None:
        pair = certificates(folder)
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(pair.certificate, pair.key)
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.running = Running(self.socket.getsockname()[1], 0, pair.authority)
        self.answer = b""
        self.seconds = 0.0
        self.connections = 0

    def serve(self) -> None:
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return  # closed: the test is over
            self.connections += 1
            threading.Thread(target=self._talk, args=[connection], daemon=True).start()

    def _talk(self, plain: socket.socket) -> None:
        with self._context.wrap_socket(plain, server_side=True) as connection:
            while has_request(connection):
                time.sleep(self.seconds)
                connection.sendall(self.answer)


def has_request(connection: ssl.SSLSocket) -> bool:
    """Read one to its end; false when there is none any more. It may come in several pieces."""
    text = b""
    while not (head := text.partition(b"\r\n\r\n"))[1]:
        if not (more := connection.recv(65536)):
            return False
        text += more
    left = int(head[0].partition(b"Content-Length: ")[2].split()[0]) - len(head[2])
    while left > 0:
        left -= len(connection.recv(65536))
    return True


def answer(status: str, body: bytes) -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    made = Server(tmp_path)
    made.answer = answer("200 OK", b"")
    thread = threading.Thread(target=made.serve)
    thread.start()
    yield made
    made.socket.shutdown(socket.SHUT_RDWR)
    made.socket.close()
    thread.join()


@pytest.fixture
def bodies(tmp_path: Path) -> Path:
    path = tmp_path / "bodies"
    path.write_bytes(pods.body(pods.small()) + b"\n")
    return path


def ask(server: Server, bodies: Path, load: Load) -> asking.Outcome:
    return asking.ask(built.programs()["load"], server.running, bodies, load)


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        pytest.param(
            answer("503 Service Unavailable", b"not ready"),
            "load: 503 Service Unavailable: not ready",
            id="no 200",
        ),
        pytest.param(
            answer("200 OK", b"{}"),
            f"load: the answer to {UID} is of another request: {{}}",
            id="the uid of another request",
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 36\r\n\r\n" + UID.encode(),
            "load: the server closes a connection that is to be kept",
            id="a connection that is not kept",
        ),
    ],
)
def test_a_wrong_answer_ends_the_load(
    server: Server, bodies: Path, sent: bytes, message: str
) -> None:
    server.answer = sent
    with pytest.raises(RuntimeError) as error:
        ask(server, bodies, Load("/mutate", connections=1))
    assert str(error.value) == message


def test_it_sends_as_many_requests_as_it_is_told(server: Server, bodies: Path) -> None:
    outcome = ask(server, bodies, Load("/mutate", connections=3, requests=20, uid=False))
    assert (outcome.requests, server.connections) == (20, 3)


def test_each_may_have_a_connection_of_its_own(server: Server, bodies: Path) -> None:
    outcome = ask(server, bodies, Load("/mutate", 2, requests=10, fresh=True, uid=False))
    assert outcome.requests == 10
    assert server.connections == 10 + 2 * 2  # each of the two asks twice before it is measured


def test_it_ends_in_time(server: Server, bodies: Path) -> None:
    server.seconds = SLOW_SECONDS
    outcome = ask(server, bodies, Load("/mutate", 1, seconds=0.2, uid=False))
    assert 1 <= outcome.requests <= 4
    assert outcome.p50 >= SLOW_SECONDS * 1e6


def test_what_a_request_waits_from_when_it_is_due_counts(server: Server, bodies: Path) -> None:
    """Due every 10 ms and answered in 50: the tenth waits for nine others."""
    server.seconds = SLOW_SECONDS
    load = Load("/mutate", 1, requests=10, rate=100.0, uid=False)
    assert ask(server, bodies, load).most >= (10 * SLOW_SECONDS - 9 * 0.01) * 1e6


@pytest.mark.parametrize(
    ("pod", "least", "most"),
    [(pods.small(), 900, 1_400), (reviews.POD, 2_800, 3_300), (pods.large(), 57_000, 63_000)],
    ids=["1 KB", "3 KB", "60 KB"],
)
def test_a_pod_is_as_large_as_it_is_called(pod: pods.Pod, least: int, most: int) -> None:
    beside = len(pods.body({"metadata": {}})) - len(b'{"metadata":{}}')
    assert least <= len(pods.body(pod)) - beside <= most


def test_every_part_runs_and_every_goal_has_its_figure() -> None:
    run = benchmarks.run(SMOKE, tuple(benchmarks.PARTS))
    assert run.left_out == {}
    unmet = [each.goal.text for each in goals.outcomes(run.rows) if each.value is None]
    assert unmet == [goal.text for goal in goals.GOALS if goal.part not in benchmarks.PARTS]
    names = {path.name for path in page.files(run, run)}
    assert names >= {"performance.md", "cpu.svg", "cases.svg", "latency.svg"}
