"""What replicas are found to serve, asked over real sockets; those that say nothing cost 2 s."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from webhook.server.certificates import Paths, make_certificates
from webhook.sources import peers
from webhook.sources.peers import Peers


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Paths:
    return make_certificates(tmp_path_factory.mktemp("certificates"))


@contextmanager
def listening(context: ssl.SSLContext | None) -> Iterator[int]:
    """One that completes one handshake; without a context it accepts and says nothing."""

    def serve() -> None:
        plain, _ = listener.accept()
        with plain:
            if context is None:
                plain.recv(1)
                over.wait(10)
                return
            try:
                context.wrap_socket(plain, server_side=True).close()
            except OSError:
                return

    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield int(listener.getsockname()[1])
        finally:
            over.set()
            thread.join(10)


def context_of(made: Paths, client_ca: Path | None = None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made.certificate, made.key)
    if client_ca is not None:
        context.load_verify_locations(client_ca)
        context.verify_mode = ssl.CERT_REQUIRED
    return context


@pytest.mark.parametrize("asks_for_ours", [False, True], ids=["of anybody", "of who shows its own"])
def test_a_replica_shows_its_certificate(made: Paths, asks_for_ours: bool) -> None:
    context = context_of(made, made.authority if asks_for_ours else None)
    with listening(context) as port:
        shown = Peers(["127.0.0.1"], port).served()
    assert shown == (ssl.PEM_cert_to_DER_cert(made.certificate.read_text()),)


def test_one_that_does_not_answer_or_cannot_be_found_is_none(
    made: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(peers, "ANSWER_SECONDS", 0.2)
    with listening(None) as silent, listening(context_of(made)) as port:
        with socket.create_server(("127.0.0.1", 0)) as gone:
            closed = gone.getsockname()[1]
        given = [f"127.0.0.1:{silent}", f"127.0.0.1:{closed}", "a" * 64, f"127.0.0.1:{port}"]
        shown = Peers(given, 1).served()
    assert [each is not None for each in shown] == [False, False, False, True]
