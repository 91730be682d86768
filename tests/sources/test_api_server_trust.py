"""Which certificates of an API server are believed: those that kubectl believes, on any Python."""

import re
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import NamedTuple

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from urllib3.exceptions import InsecureRequestWarning

from webhook.sources.api_errors import Unreachable
from webhook.sources.connection import Connection, whole

ADDRESS = "127.0.0.1"
NOW = datetime.now(UTC)
HOUR = timedelta(hours=1)


class Pair(NamedTuple):
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)


def made(name: str, issuer: Pair | None, *extensions: x509.ExtensionType, ends: datetime) -> Pair:
    """With these extensions alone: no key identifiers and no key usage."""
    key, title = ec.generate_private_key(ec.SECP256R1()), titled(name)
    draft = x509.CertificateBuilder(
        issuer_name=issuer.certificate.subject if issuer else title,
        subject_name=title,
        public_key=key.public_key(),
        serial_number=x509.random_serial_number(),
        not_valid_before=NOW - 2 * HOUR,
        not_valid_after=ends,
    )
    for extension in extensions:
        draft = draft.add_extension(extension, critical=False)
    return Pair(draft.sign(issuer.key if issuer else key, hashes.SHA256()), key)


def titled(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def authority(name: str, issuer: Pair | None = None) -> Pair:
    return made(name, issuer, x509.BasicConstraints(ca=True, path_length=None), ends=NOW + HOUR)


def server(issuer: Pair, address: str = ADDRESS, ends: datetime = NOW + HOUR) -> Pair:
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))])
    return made("kube-apiserver", issuer, names, ends=ends)


ROOT, OTHER = authority("kubernetes"), authority("another")
BETWEEN = authority("between", ROOT)

BELIEVED = {
    "one without key identifiers, of a CA without key usage": (ROOT, server(ROOT)),
    "one of an intermediate CA that stands alone in the file": (BETWEEN, server(BETWEEN)),
}
REFUSED = {
    "another CA's": (ROOT, server(OTHER), "unable to get local issuer certificate"),
    "one for another address": (
        ROOT,
        server(ROOT, "127.0.0.2"),
        "IP address mismatch, certificate is not valid for '127.0.0.1'.",
    ),
    "one that has expired": (ROOT, server(ROOT, ends=NOW - HOUR), "certificate has expired"),
}


class Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  http.server's too
        """Nothing of it is to be shown."""


class Quiet(HTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """A handshake that the client ended is what some of the tests want."""


@contextmanager
def api_server(shown: Pair, folder: Path) -> Iterator[str]:
    """Its URL. It shows this certificate and no other beside it."""
    key = shown.key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (folder / "server.pem").write_bytes(shown.pem() + key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")
    with Quiet((ADDRESS, 0), Answers) as running:
        running.socket = context.wrap_socket(running.socket, server_side=True)
        threading.Thread(target=running.serve_forever, args=(0.02,), daemon=True).start()
        try:
            yield f"https://{ADDRESS}:{running.server_port}"
        finally:
            running.shutdown()


def asked(url: str, folder: Path, trust: str) -> bytes:
    """The answer. `trust`: the lines of the kubeconfig's cluster that say whom to believe."""
    (folder / "config").write_text(
        "current-context: c\n"
        "contexts: [{name: c, context: {cluster: k, user: u}}]\n"
        "users: [{name: u, user: {token: t}}]\n"
        f"clusters: [{{name: k, cluster: {{server: {url}, {trust}}}}}]\n"
    )
    connection = Connection(folder / "config")
    with connection.telling():
        return whole(connection.open("GET", "/api", (5, 5)))


def named(ca: Pair, folder: Path) -> str:
    (folder / "ca.pem").write_bytes(ca.pem())
    return f"certificate-authority: {folder / 'ca.pem'}"


@pytest.mark.parametrize(("ca", "shown"), BELIEVED.values(), ids=BELIEVED)
def test_is_believed(ca: Pair, shown: Pair, tmp_path: Path) -> None:
    with api_server(shown, tmp_path) as url:
        assert asked(url, tmp_path, named(ca, tmp_path)) == b"{}"


@pytest.mark.parametrize(("ca", "shown", "why"), REFUSED.values(), ids=REFUSED)
def test_is_refused(ca: Pair, shown: Pair, why: str, tmp_path: Path) -> None:
    with api_server(shown, tmp_path) as url, pytest.raises(Unreachable) as raised:
        asked(url, tmp_path, named(ca, tmp_path))
    assert re.sub(r" \(_ssl\.c:\d+\)$", "", str(raised.value)) == (
        "the API server cannot be reached: SSLError [SSL: CERTIFICATE_VERIFY_FAILED] "
        f"certificate verify failed: {why}"
    )


def test_without_a_ca_the_machines_own_are_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "roots.pem").write_bytes(ROOT.pem())
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "roots.pem"))
    with api_server(server(ROOT), tmp_path) as url:
        assert asked(url, tmp_path, "insecure-skip-tls-verify: false") == b"{}"


def test_a_kubeconfig_that_asks_for_no_check_gets_none(tmp_path: Path) -> None:
    unchecked = pytest.warns(InsecureRequestWarning)
    with api_server(server(OTHER, "127.0.0.2"), tmp_path) as url, unchecked:
        assert asked(url, tmp_path, "insecure-skip-tls-verify: true") == b"{}"
