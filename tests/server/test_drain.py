"""The end of a replica: nothing that comes during the drain is lost."""

import http.client
import json
import signal
import threading
import time
from pathlib import Path

import pytest

from tests import contract
from tests.server.reviews import pod, review, write_policy
from tests.serving import HOST, Server, ask, running_server, until

SENT = review(pod())
BODY = json.dumps(SENT).encode()
CLIENTS = 4


class Client(threading.Thread):
    """As the API server: sends on one connection until it is told that it will be closed."""

    def __init__(self, server: Server, stop: threading.Event) -> None:
        super().__init__()
        self.answered = 0
        self.closed = 0
        self.lost: list[BaseException] = []
        self._server = server
        self._stop_asked = stop

    def run(self) -> None:
        connection = self._server.connect()
        while not self._stop_asked.is_set():
            try:
                reply = ask(connection, "POST", "/mutate", BODY)
                contract.check("/mutate", SENT, reply.status, reply.headers, reply.body)
            except (OSError, http.client.HTTPException, AssertionError) as error:
                self.lost.append(error)
                return
            self.answered += 1
            if reply.headers.get("connection") == "close":
                self.closed += 1
                connection.close()
                connection = self._server.connect()
            time.sleep(0.005)
        connection.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_drain_under_load_loses_no_request(tmp_path: Path, number: signal.Signals) -> None:
    policies = write_policy(tmp_path / "policies")
    stop = threading.Event()
    with running_server(policies, tmp_path, drain_seconds=1.5) as server:
        clients = [Client(server, stop) for _ in range(CLIENTS)]
        for client in clients:
            client.start()
        time.sleep(0.3)
        server.process.send_signal(number)
        until("not ready", lambda: server.get("/readyz").status == 503)
        assert server.ready()["reasons"] == ["draining: this replica is about to end"]
        time.sleep(0.5)  # as long as endpoints take to be withdrawn, less than the drain
        stop.set()
        for client in clients:
            client.join(10)
        assert server.process.wait(10) == 0
    assert [client.lost for client in clients] == [[]] * CLIENTS
    assert all(client.closed > 1 for client in clients)  # each answer of the drain closes
    decided = [line for line in server.lines("request") if line["decision"] == "patched"]
    assert len(decided) == sum(client.answered for client in clients)


def test_an_idle_connection_is_closed_at_the_end_and_not_waited_for(tmp_path: Path) -> None:
    policies = write_policy(tmp_path / "policies")
    with running_server(policies, tmp_path) as server, server.raw() as idle:
        started = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - started < 4
        assert idle.recv(1) == b""


def test_a_second_sigint_ends_it_at_once(tmp_path: Path) -> None:
    policies = write_policy(tmp_path / "policies")
    with running_server(policies, tmp_path, drain_seconds=60.0) as server:
        server.process.send_signal(signal.SIGTERM)
        until("draining", lambda: server.lines("draining"))
        assert server.stop(signal.SIGINT) == 130


def test_a_second_sigterm_does_not_cut_the_drain_short(tmp_path: Path) -> None:
    policies = write_policy(tmp_path / "policies")
    with running_server(policies, tmp_path, drain_seconds=1.0) as server:
        server.process.send_signal(signal.SIGTERM)
        until("draining", lambda: server.lines("draining"))
        server.process.send_signal(signal.SIGTERM)
        time.sleep(0.2)
        assert server.review("/mutate", SENT)["allowed"]
        assert server.process.wait(10) == 0


def test_what_is_wrong_with_a_start_is_said_with_exit_code_2(tmp_path: Path) -> None:
    policies = write_policy(tmp_path / "policies")
    with running_server(policies, tmp_path) as first:
        directory = tmp_path / "second"
        with pytest.raises(AssertionError), running_server(policies, directory, port=first.port):
            pass
        last = (directory / "output").read_text().splitlines()[-1]
        assert json.loads(last)["event"] == "cannot-start"
        assert json.loads(last)["reason"] == (
            "Address already in use (while attempting to bind on address "
            f"('{HOST}', {first.port})); choose another by --host, --port or --ops-port"
        )
