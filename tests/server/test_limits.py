"""Limits that keep one client from starving all others, over real connections."""

import contextlib
import json
import socket
import ssl
import time
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import pytest

from tests.server.reviews import pod, review, write_policy
from tests.serving import HOST, Server, running_server, until
from webhook.server.bodies import MOST_BODY_BYTES, MOST_UNFINISHED

MIB = 1024 * 1024
# Its words are other ones since Python 3.13.
TOO_LARGE = f"HTTP/1.1 413 {HTTPStatus(413).phrase}".encode()
REVIEW = json.dumps(review(pod())).encode()


def head(length: int | None, path: str = "/mutate") -> bytes:
    """The head of a POST; without a length its body comes in chunks."""
    size = "Transfer-Encoding: chunked" if length is None else f"Content-Length: {length}"
    return f"POST {path} HTTP/1.1\r\nHost: localhost\r\n{size}\r\n\r\n".encode()


def chunk(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


def answer(connection: ssl.SSLSocket) -> tuple[bytes, bytes]:
    """What comes until the end of the connection: its first line, and its headers."""
    return whole_answer(connection)[:2]


def whole_answer(connection: ssl.SSLSocket) -> tuple[bytes, bytes, bytes]:
    """The same, and the body."""
    received = b""
    with contextlib.suppress(ConnectionResetError, ssl.SSLError):
        while piece := connection.recv(65536):
            received += piece
    first, _, rest = received.partition(b"\r\n")
    headers, _, body = rest.partition(b"\r\n\r\n")
    return first, headers.lower(), body


@pytest.fixture
def connection(server: Server) -> Iterator[ssl.SSLSocket]:
    with server.raw() as opened:
        yield opened


def test_a_body_that_is_announced_as_over_7_mib_is_413_before_it_is_sent(
    connection: ssl.SSLSocket,
) -> None:
    started = time.monotonic()
    connection.sendall(head(MOST_BODY_BYTES + 1))
    first, headers = answer(connection)
    assert first == TOO_LARGE
    assert b"connection: close" in headers
    assert time.monotonic() - started < 1.0  # and so the 1 s for a body was not waited for


def test_reading_stops_where_a_body_in_chunks_passes_7_mib(connection: ssl.SSLSocket) -> None:
    connection.sendall(head(None))
    sent = 0
    with contextlib.suppress(OSError):
        while sent < 64 * MIB:
            connection.sendall(chunk(bytes(MIB)))
            sent += MIB
    assert sent < 32 * MIB  # 7, and what sockets and TLS hold on the way
    assert answer(connection)[0] == TOO_LARGE


def test_a_body_of_just_7_mib_is_read_whole(server: Server) -> None:
    reply = server.send("POST", "/mutate", b" " * (MOST_BODY_BYTES - len(REVIEW)) + REVIEW)
    assert reply.status == 200


def test_a_body_that_is_not_complete_after_a_second_is_408_and_closed(
    connection: ssl.SSLSocket,
) -> None:
    started = time.monotonic()
    connection.sendall(head(1000) + b"{")
    first, headers = answer(connection)
    assert first == b"HTTP/1.1 408 Request Timeout"
    assert b"connection: close" in headers
    assert 1.0 <= time.monotonic() - started < 3.0


def test_a_body_that_drips_in_is_408_all_the_same(connection: ssl.SSLSocket) -> None:
    connection.sendall(head(1000))
    started = time.monotonic()
    with contextlib.suppress(OSError):
        while time.monotonic() - started < 1.3:
            connection.sendall(b" ")
            time.sleep(0.1)
    assert answer(connection)[0] == b"HTTP/1.1 408 Request Timeout"


def test_a_body_in_two_pieces_is_read_whole(connection: ssl.SSLSocket) -> None:
    connection.sendall(head(len(REVIEW)) + REVIEW[:50])
    time.sleep(0.2)
    connection.sendall(REVIEW[50:])
    assert connection.recv(65536).startswith(b"HTTP/1.1 200 OK")


def test_a_client_that_goes_away_in_its_body_leaves_nothing_behind(server: Server) -> None:
    with server.raw() as connection:
        connection.sendall(head(1000) + b"{")
        until("it is read", lambda: server.metric("taxiway_unfinished_bodies") == 1)
    until("it is forgotten", lambda: server.metric("taxiway_unfinished_bodies") == 0)
    assert server.metric("taxiway_unfinished_body_bytes") == 0


@pytest.fixture
def crowd(tmp_path: Path) -> Iterator[tuple[Server, list[ssl.SSLSocket]]]:
    """A service of its own, with 256 open connections."""
    policies = write_policy(tmp_path / "policies")
    with running_server(policies, tmp_path) as server, contextlib.ExitStack() as stack:
        yield server, [stack.enter_context(server.raw()) for _ in range(MOST_UNFINISHED)]


def test_one_unfinished_body_too_many_is_429_and_a_complete_one_is_not(
    crowd: tuple[Server, list[ssl.SSLSocket]],
) -> None:
    server, connections = crowd
    with contextlib.ExitStack() as stack:
        # More than one too many: a busy machine may be so slow that the first have timed out.
        late = [stack.enter_context(server.raw()) for _ in range(40)]
        whole = stack.enter_context(server.raw())
        for connection in (*connections, *late):
            connection.sendall(head(1000) + b"{")
        whole.sendall(head(len(REVIEW)) + REVIEW)
        answers = [answer(connection) for connection in late]
        assert whole.recv(65536).startswith(b"HTTP/1.1 200 OK")
    refused = [headers for first, headers in answers if b" 429 Too Many Requests" in first]
    assert refused
    assert all(b"retry-after: 1" in headers for headers in refused)
    assert all(b"connection: close" in headers for headers in refused)
    counted = server.metric('taxiway_refused_requests_total{status="429"}')
    assert counted == len(refused)
    until("all are gone", lambda: server.metric("taxiway_unfinished_bodies") == 0, 5)
    assert server.send("POST", "/mutate", REVIEW).status == 200


def test_unfinished_bodies_of_more_than_32_mib_in_all_are_429(
    crowd: tuple[Server, list[ssl.SSLSocket]],
) -> None:
    server, connections = crowd
    body = head(7 * MIB) + bytes(6 * MIB)
    for connection in connections[:6]:
        with contextlib.suppress(OSError):
            connection.sendall(body)
    refused = 'taxiway_refused_requests_total{status="429"}'
    until("one is refused", lambda: server.metric(refused) >= 1, 5)
    until("all are gone", lambda: server.metric("taxiway_unfinished_body_bytes") == 0, 5)


def test_a_head_without_end_is_cut(server: Server, connection: ssl.SSLSocket) -> None:
    before = server.metric('taxiway_connections_cut_total{reason="head-too-large"}')
    with contextlib.suppress(OSError):
        connection.sendall(b"POST /mutate HTTP/1.1\r\n")
        for number in range(5000):
            connection.sendall(b"X-%d: %s\r\n" % (number, b"x" * 100))
    assert answer(connection)[0] == b""
    assert server.metric('taxiway_connections_cut_total{reason="head-too-large"}') == before + 1


def test_trailers_without_end_are_cut(server: Server, connection: ssl.SSLSocket) -> None:
    before = server.metric('taxiway_connections_cut_total{reason="head-too-large"}')
    with contextlib.suppress(OSError):
        connection.sendall(head(None) + chunk(b"{}") + b"0\r\n")
        for number in range(5000):
            connection.sendall(b"X-%d: %s\r\n" % (number, b"x" * 100))
    until(
        "it is cut",
        lambda: server.metric('taxiway_connections_cut_total{reason="head-too-large"}') > before,
    )


def test_a_head_that_drips_in_is_cut_after_6_s(server: Server, connection: ssl.SSLSocket) -> None:
    connection.settimeout(15)
    connection.sendall(b"POST /mutate HT")
    started = time.monotonic()
    assert answer(connection)[0] == b""
    assert 5.0 < time.monotonic() - started < 10.0
    assert server.metric('taxiway_connections_cut_total{reason="message-too-slow"}') >= 1


def test_who_does_not_shake_hands_is_let_go_after_5_s(server: Server) -> None:
    begun = 'taxiway_tls_handshakes_total{stage="begun"}'
    completed = 'taxiway_tls_handshakes_total{stage="completed"}'
    before = server.metric(begun) - server.metric(completed)
    with socket.create_connection((HOST, server.port), 15) as silent:
        started = time.monotonic()
        with contextlib.suppress(ConnectionResetError):
            assert silent.recv(1) == b""
        assert 4.0 < time.monotonic() - started < 9.0
    assert server.metric(begun) - server.metric(completed) == before + 1


@pytest.mark.parametrize(
    "nonsense",
    [
        b"hello\r\n\r\n",
        b"POST /mutate HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
        b"POST /mutate HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"POST /mutate HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"POST /mutate HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 2\r\n"
        b"\r\n{}",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ],
    ids=[
        "no HTTP",
        "a negative length",
        "two lengths",
        "no chunk",
        "another protocol asked for with a body",
        "HTTP/2 at once",
    ],
)
def test_what_is_no_http_is_400_and_closed(connection: ssl.SSLSocket, nonsense: bytes) -> None:
    connection.sendall(nonsense)
    first, headers, body = whole_answer(connection)
    assert first == b"HTTP/1.1 400 Bad Request"
    assert b"connection: close" in headers
    assert body == (
        b"this is no request that can be read here: send HTTP/1.1, the body by one length or in "
        b"chunks, and no Upgrade with it\n"
    )


def test_another_protocol_asked_for_without_a_body_is_not_spoken(server: Server) -> None:
    """As clients do that can speak HTTP/2: they go on in HTTP/1.1."""
    with socket.create_connection((HOST, server.ops_port), 10) as plain:
        wish = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAM\r\n"
        plain.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n" + wish + b"\r\n")
        assert plain.recv(15) == b"HTTP/1.1 200 OK"


def test_plain_http_gets_no_answer(server: Server) -> None:
    with socket.create_connection((HOST, server.port), 10) as plain:
        plain.sendall(head(2) + b"{}")
        with contextlib.suppress(ConnectionResetError):
            assert not plain.recv(65536).startswith(b"HTTP")


def test_a_client_that_does_not_trust_us_completes_no_handshake(server: Server) -> None:
    begun = 'taxiway_tls_handshakes_total{stage="begun"}'
    completed = 'taxiway_tls_handshakes_total{stage="completed"}'
    before = server.metric(begun) - server.metric(completed)
    with (
        socket.create_connection((HOST, server.port), 10) as plain,
        pytest.raises(ssl.SSLCertVerificationError),
    ):
        ssl.create_default_context().wrap_socket(plain, server_hostname="localhost")
    assert server.metric(begun) - server.metric(completed) == before + 1


def test_a_kept_connection_serves_many_requests(server: Server) -> None:
    connection = server.connect()
    connection.connect()
    opened = connection.sock
    for _ in range(50):
        connection.request("POST", "/mutate", REVIEW)
        assert connection.getresponse().read()
        assert connection.sock is opened
    connection.close()


def test_a_connection_that_waits_before_its_first_request_is_kept(
    connection: ssl.SSLSocket,
) -> None:
    time.sleep(6.5)  # longer than a message may take, and than uvicorn's own 5 s
    connection.sendall(head(len(REVIEW)) + REVIEW)
    assert connection.recv(65536).startswith(b"HTTP/1.1 200 OK")
