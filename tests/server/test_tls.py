"""Certificates of a running service: exchanged, refused, and asked of clients."""

import socket
import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.server.client_certificates import ClientAuthority
from tests.server.reviews import pod, review, write_policy
from tests.serving import Server, running_server, until
from webhook.server.certificates import Paths, make_certificates
from webhook.server.tls import BadCredentials, TlsFiles, load_credentials

SENT = review(pod())


@pytest.fixture
def policies(tmp_path: Path) -> Path:
    return write_policy(tmp_path / "policies")


@pytest.fixture
def server(tmp_path: Path, policies: Path) -> Iterator[Server]:
    with running_server(policies, tmp_path, certificates=tmp_path / "live") as running:
        yield running


def live(tmp_path: Path) -> Paths:
    return make_certificates(tmp_path / "live")


def shown(server: Server) -> bytes:
    """The certificate that a new connection is shown, whoever signed it."""
    return ssl.get_server_certificate(("127.0.0.1", server.port)).encode()


def put(source: Path, target: Path) -> None:
    """Replace a file as a whole."""
    draft = target.with_name(".draft")
    draft.write_bytes(source.read_bytes())
    draft.replace(target)


def pem(path: Path) -> bytes:
    return path.read_bytes()


def test_a_new_certificate_is_served_to_new_connections_while_old_ones_go_on(
    server: Server, tmp_path: Path
) -> None:
    old, new = live(tmp_path), make_certificates(tmp_path / "new")
    assert shown(server) == pem(old.certificate)
    before = server.connect()
    before.connect()
    opened = before.sock
    put(new.key, old.key)
    put(new.certificate, old.certificate)
    until("the new one", lambda: shown(server) == pem(new.certificate))
    before.request("GET", "/mutate")
    assert before.getresponse().read() == b"Only POST is answered here.\n"
    assert before.sock is opened
    before.close()
    server.ca = new.authority
    assert server.review("/mutate", SENT)["allowed"]
    assert server.get("/readyz").status == 200
    assert server.metric('taxiway_certificate_loads_total{result="good"}') == 1
    assert server.ready()["certificate"]["error"] is None


BROKEN = {
    "a key of another pair": ("key", "is not the key of the certificate"),
    "no certificate": ("certificate", "holds no certificate in PEM; name the file"),
    "no key": (
        "key",
        "is no unencrypted private key in PEM, or the certificate's chain is broken: take both",
    ),
}


@pytest.mark.parametrize(("part", "says"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_pair_is_refused_and_the_old_one_kept(
    server: Server, tmp_path: Path, part: str, says: str
) -> None:
    paths = live(tmp_path)
    old = pem(paths.certificate)
    other = make_certificates(tmp_path / "other")
    broken = pem(other.key) if "another pair" in says or "not the key" in says else b"nonsense"
    (paths.key if part == "key" else paths.certificate).write_bytes(broken)
    (line,) = until("a refusal", lambda: server.lines("certificate-refused"))
    assert says in line["reason"]
    assert shown(server) == old
    detail = server.ready()
    assert (detail["ready"], detail["certificate"]["error"]) == (True, line["reason"])
    assert server.metric('taxiway_certificate_loads_total{result="bad"}') == 1


def directory(file: Path) -> None:
    file.unlink()
    file.mkdir()


UNREADABLE: dict[str, tuple[Callable[[Path], object], str]] = {
    "it is missing": (Path.unlink, "No such file or directory"),
    "it is a directory": (directory, "Is a directory"),
}


@pytest.mark.parametrize("part", ["certificate", "key", "client_ca"])
@pytest.mark.parametrize(("spoil", "why"), UNREADABLE.values(), ids=UNREADABLE)
def test_a_file_that_cannot_be_read_is_named_with_what_to_do(
    tmp_path: Path, part: str, spoil: Callable[[Path], object], why: str
) -> None:
    made = make_certificates(tmp_path / "certificates")
    files = TlsFiles(made.certificate, made.key, made.authority)
    spoil(getattr(files, part))
    with pytest.raises(BadCredentials) as raised:
        load_credentials(files, datetime.now(UTC))
    assert str(raised.value) == (
        f"{getattr(files, part)}: cannot be read: {why}; check its path, and that this user may "
        "read it"
    )


def test_a_pair_that_is_exchanged_piece_by_piece_is_served_when_it_is_whole(
    server: Server, tmp_path: Path
) -> None:
    old, new = live(tmp_path), make_certificates(tmp_path / "new")
    put(new.certificate, old.certificate)
    until("a refusal", lambda: server.lines("certificate-refused"))
    put(new.key, old.key)
    until("the new one", lambda: shown(server) == pem(new.certificate))


def test_an_expired_certificate_is_refused(server: Server, tmp_path: Path) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=200)
    paths = live(tmp_path)
    old = pem(paths.certificate)
    expired = make_certificates(tmp_path / "expired", now=long_ago)
    put(expired.key, paths.key)
    put(expired.certificate, paths.certificate)
    line = until("a refusal", lambda: [x for x in server.lines() if "expired on" in str(x)])[0]
    assert line["event"] == "certificate-refused"
    assert shown(server) == old


def test_every_connection_during_many_exchanges_is_served(server: Server, tmp_path: Path) -> None:
    paths = live(tmp_path)
    other = make_certificates(tmp_path / "other")
    pairs = [(pem(each.certificate), pem(each.key)) for each in (other, paths)]
    both = tmp_path / "both.crt"
    both.write_bytes(pem(paths.authority) + pem(other.authority))
    server.ca = both
    for certificate, key in pairs * 2:
        paths.key.write_bytes(key)
        paths.certificate.write_bytes(certificate)
        served = False
        while not served:
            assert server.review("/mutate", SENT)["allowed"]
            served = shown(server) == certificate


def test_tls_1_1_is_not_spoken(server: Server) -> None:
    context = server.context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("AES256-SHA")  # no forward secrecy
    with pytest.raises(ssl.SSLError):
        handshake(server, context)
    context.set_ciphers("ECDHE+AESGCM")
    assert handshake(server, context) == "TLSv1.2"


def test_no_session_tickets_are_given(server: Server) -> None:
    with server.raw() as connection:
        connection.sendall(b"GET /mutate HTTP/1.1\r\nHost: x\r\n\r\n")
        assert connection.recv(65536)
        assert connection.session is None or not connection.session.has_ticket


def handshake(server: Server, context: ssl.SSLContext) -> str | None:
    with (
        socket.create_connection(("127.0.0.1", server.port), 10) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as connection,
    ):
        return connection.version()


def is_let_in(server: Server, client: tuple[Path, Path] | None) -> bool:
    server.client = client
    try:
        return bool(server.review("/mutate", SENT)["allowed"])
    except (OSError, ssl.SSLError):
        return False


def test_with_a_client_ca_only_its_clients_are_let_in_and_it_can_be_exchanged(
    tmp_path: Path, policies: Path
) -> None:
    trusted, other = ClientAuthority(tmp_path / "trusted"), ClientAuthority(tmp_path / "other")
    client_ca = tmp_path / "client-ca.crt"
    put(trusted.certificate, client_ca)
    with running_server(policies, tmp_path, client_ca=client_ca) as server:
        assert is_let_in(server, trusted.client)
        assert not is_let_in(server, other.client)
        assert not is_let_in(server, None)
        put(other.certificate, client_ca)
        until("the other is let in", lambda: is_let_in(server, other.client))
        assert not is_let_in(server, trusted.client)
        assert server.get("/readyz").status == 200
        client_ca.write_text("nonsense")
        (line,) = until("a refusal", lambda: server.lines("certificate-refused"))
        assert line["reason"] == (
            f"{client_ca}: it holds no CA certificate in PEM; name the file of the CA that signs "
            "the API server's client certificate"
        )
        assert is_let_in(server, other.client)
