"""The certificate that the admission port shows, and how it is exchanged without a restart.

The files are looked at every second, by content: a Secret volume exchanges them by a symbolic
link. What changed is first tried in a context of its own: it must parse, key and certificate
must belong together, and the certificate must be in its time. If so, that very context is put in
force, for new connections alone; if not, the old one stays, and the error is told.

How a context is exchanged: the listener's own context never changes. As a handshake begins,
OpenSSL asks it for another (`sni_callback`, called whether or not the client names a host), and
gets the one in force. Loading a new pair into the live context would do for the certificate; it
would not take away a client CA that is no longer trusted, and it would read the files a second
time, after they were tried.

Where the certificate is made by the service itself, the first start may come before the first
certificate: until there is one, every handshake is refused.
"""

import hashlib
import ssl
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from msgspec import Struct

from webhook.trust.shown import NoCertificate, read_shown

# TLS 1.2 with forward secrecy and authenticated encryption only; TLS 1.3 has nothing else.
CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20"


class TlsFiles(Struct, frozen=True):
    certificate: Path
    key: Path
    client_ca: Path | None = None  # who may connect; None: anyone

    def paths(self) -> tuple[Path, ...]:
        every = (self.certificate, self.key, self.client_ca)
        return tuple(path for path in every if path is not None)


class Credentials(Struct, frozen=True):
    """A certificate that can be served."""

    context: ssl.SSLContext
    expires: datetime
    der: bytes  # the certificate as a peer sees it


class BadCredentials(Exception):
    """The files cannot be served; the message names the file and says what to do."""


def load_credentials(files: TlsFiles, now: datetime) -> Credentials:
    """Read and try the files. Raises BadCredentials."""
    pem = _read(files.certificate)
    try:
        shown = read_shown(pem)
    except NoCertificate as error:
        raise BadCredentials(
            f"{files.certificate}: {error}; name the file of the certificate and its chain"
        ) from error
    expires = shown.ends
    if expires <= now:
        raise BadCredentials(f"{files.certificate}: expired on {expires:%Y-%m-%d}: renew it")
    context = _context()
    _load_pair(context, files)
    if files.client_ca is not None:
        _load_client_ca(context, files.client_ca)
    return Credentials(context, expires, shown.der)


class LiveCredentials:
    """What is served now. `context` is what a listener is given, for good."""

    def __init__(
        self, files: TlsFiles, clock: Callable[[], datetime], *, may_wait: bool = False
    ) -> None:
        """`may_wait`: somebody else will bring a pair. Raises BadCredentials."""
        self._files = files
        self._clock = clock
        self._digest = _digest(files)
        self.current = _first(files, clock()) if may_wait else load_credentials(files, clock())
        self.context = _front(self, files)

    def refresh(self) -> Credentials | None:
        """Serve what the files hold now; None if they have not changed. Raises BadCredentials.

        The same bad files are told once, not every second.
        """
        digest = _digest(self._files)
        if digest == self._digest:
            return None
        self._digest = digest
        fresh = load_credentials(self._files, self._clock())
        if _digest(self._files) != digest:
            self._digest = b""  # exchanged while they were read: look again
            return None
        self.current = fresh
        return fresh


def _first(files: TlsFiles, now: datetime) -> Credentials | None:
    """What is there already and can be served. Raises BadCredentials for the client CA alone."""
    if files.client_ca is not None:
        _load_client_ca(_context(), files.client_ca)
    try:
        return load_credentials(files, now)
    except BadCredentials:
        return None


def _front(live: LiveCredentials, files: TlsFiles) -> ssl.SSLContext:
    """A context that hands each handshake to the one in force."""

    def hand_over(
        handshake: ssl.SSLObject, _name: str | None, _context: ssl.SSLContext
    ) -> int | None:
        if live.current is None:
            return ssl.ALERT_DESCRIPTION_INTERNAL_ERROR
        handshake.context = live.current.context
        return None

    front = _context()
    # OpenSSL decides by the listener's own context whether it asks for a client certificate.
    front.verify_mode = ssl.CERT_NONE if files.client_ca is None else ssl.CERT_REQUIRED
    front.sni_callback = hand_over
    return front


def _context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(CIPHERS)
    context.set_alpn_protocols(["http/1.1"])
    # The API server resumes no session: tickets would be work for nothing.
    context.num_tickets = 0
    context.options |= ssl.OP_NO_TICKET | ssl.OP_NO_RENEGOTIATION
    return context


def _load_pair(context: ssl.SSLContext, files: TlsFiles) -> None:
    try:
        # A password must be given, or OpenSSL would ask for one on the terminal.
        context.load_cert_chain(files.certificate, files.key, password="")
    except ssl.SSLError as error:
        raise BadCredentials(f"{files.key}: {_reason(error)}") from error
    except OSError as error:
        raise _unreadable(files.key, error) from error


def _load_client_ca(context: ssl.SSLContext, client_ca: Path) -> None:
    try:
        context.load_verify_locations(cadata=_read(client_ca).decode("ascii", "replace"))
    except ssl.SSLError as error:
        raise _no_authority(client_ca) from error
    if not context.cert_store_stats()["x509_ca"]:
        raise _no_authority(client_ca)
    context.verify_mode = ssl.CERT_REQUIRED


def _no_authority(client_ca: Path) -> BadCredentials:
    return BadCredentials(
        f"{client_ca}: it holds no CA certificate in PEM; name the file of the CA that signs the "
        "API server's client certificate"
    )


def _reason(error: ssl.SSLError) -> str:
    if error.reason == "KEY_VALUES_MISMATCH":
        return "it is not the key of the certificate: take both from the same Secret"
    return (
        "it is no unencrypted private key in PEM, or the certificate's chain is broken: take both "
        "from the same Secret"
    )


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: OSError) -> BadCredentials:
    return BadCredentials(
        f"{path}: cannot be read: {error.strerror}; check its path, and that this user may read it"
    )


def _digest(files: TlsFiles) -> bytes:
    """Of the contents; a file that cannot be read counts as empty."""
    total = hashlib.sha256()
    for path in files.paths():
        try:
            content = path.read_bytes()
        except OSError:
            content = b""
        total.update(f"{len(content)} ".encode() + content)
    return total.digest()
