"""Certificates: made for development, and read for their dates. Here alone is `cryptography`.

`make_certificates` makes a certificate authority of one's own and a server certificate signed by
it, both ECDSA P-256 (a handshake costs half of what RSA-2048 costs). Private keys are created
with mode 0600: there is no moment in which another user could read one. What is there and still
good is kept, so that calling it again changes nothing.
"""

import os
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

DEVELOPMENT_HOSTS = ("localhost", "127.0.0.1", "::1")
AUTHORITY_DAYS = 365
SERVER_DAYS = 90
RENEW_DAYS = 30  # renewed when less than this is left, as ACME clients do with 90 days
# The clocks of this machine and of whoever connects differ by some minutes at most.
BACKDATED = timedelta(minutes=5)

Key = ec.EllipticCurvePrivateKey


class Paths(NamedTuple):
    """Where the certificates and their keys are."""

    authority: Path
    authority_key: Path
    certificate: Path
    key: Path

    def __str__(self) -> str:
        return "\n".join(map(str, self))


class Identity(NamedTuple):
    certificate: x509.Certificate
    key: Key


class BadCertificate(Exception):
    """Not a certificate in PEM; the message says what it is instead."""


def make_certificates(
    directory: Path, hosts: Sequence[str] = DEVELOPMENT_HOSTS, now: datetime | None = None
) -> Paths:
    """Make `ca.crt`, `ca.key`, `tls.crt` and `tls.key`, unless good ones are there already.

    `hosts` are the DNS names and IP addresses that the server certificate is for.
    Raises OSError, and ValueError for a host that cannot stand in a certificate.
    """
    now = now or datetime.now(UTC)
    directory.mkdir(parents=True, exist_ok=True)
    paths = Paths(*(directory / name for name in ("ca.crt", "ca.key", "tls.crt", "tls.key")))
    names = _names(hosts)
    authority = _there(paths.authority, paths.authority_key, now)
    if authority is None:
        authority = _authority(now)
        _write(authority, paths.authority, paths.authority_key)
    server = _there(paths.certificate, paths.key, now)
    if server is None or not _is_for(server.certificate, names, authority):
        _write(_server(authority, names, now), paths.certificate, paths.key)
    return paths


def expiry(pem: bytes) -> datetime:
    """When the first certificate of this file ends, in UTC. Raises BadCertificate."""
    return _first(pem).not_valid_after_utc


def fingerprint(pem: bytes) -> bytes:
    """The first certificate of this file in DER, as a peer sees it. Raises BadCertificate."""
    return _first(pem).public_bytes(serialization.Encoding.DER)


def _first(pem: bytes) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(pem)
    except ValueError as error:
        raise BadCertificate("it holds no certificate in PEM") from error


def _names(hosts: Sequence[str]) -> x509.SubjectAlternativeName:
    if not hosts:
        raise ValueError("a server certificate needs at least one host")
    return x509.SubjectAlternativeName([_name(host) for host in hosts])


def _name(host: str) -> x509.GeneralName:
    with suppress(ValueError):
        return x509.IPAddress(ip_address(host))
    try:
        name = host.encode("idna").decode()
    except UnicodeError:
        name = ""
    if not name:
        raise ValueError(f"{host!r} is neither a DNS name nor an IP address")
    return x509.DNSName(name)


def _authority(now: datetime) -> Identity:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Taxiway development CA")])
    certificate = (
        _draft(name, name, key, now, AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .sign(key, hashes.SHA256())
    )
    return Identity(certificate, key)


def _server(authority: Identity, names: x509.SubjectAlternativeName, now: datetime) -> Identity:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "taxiway")])
    issuer_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key())
    certificate = (
        _draft(name, authority.certificate.subject, key, now, SERVER_DAYS)
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(issuer_key, critical=False)
        .sign(authority.key, hashes.SHA256())
    )
    return Identity(certificate, key)


def _draft(
    subject: x509.Name, issuer: x509.Name, key: Key, now: datetime, days: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _usage(signs_certificates: bool) -> x509.KeyUsage:
    """An authority signs certificates and their revocation, a server signs handshakes."""
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _there(certificate: Path, key: Path, now: datetime) -> Identity | None:
    """The pair that is there, if it can be read, belongs together and lasts."""
    try:
        read = x509.load_pem_x509_certificate(certificate.read_bytes())
        private = serialization.load_pem_private_key(key.read_bytes(), password=None)
    except (FileNotFoundError, ValueError, TypeError):
        return None
    if not isinstance(private, Key) or read.public_key() != private.public_key():
        return None
    lasts = read.not_valid_after_utc - now > timedelta(days=RENEW_DAYS)
    return Identity(read, private) if lasts else None


def _is_for(
    certificate: x509.Certificate, names: x509.SubjectAlternativeName, authority: Identity
) -> bool:
    try:
        certificate.verify_directly_issued_by(authority.certificate)
        extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except (InvalidSignature, ValueError, TypeError, x509.ExtensionNotFound):
        return False
    return set(extension.value) == set(names)


def _write(identity: Identity, certificate: Path, key: Path) -> None:
    _replace(key, _pem(identity.key), 0o600)
    _replace(certificate, identity.certificate.public_bytes(serialization.Encoding.PEM), 0o644)


def _pem(key: Key) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _replace(path: Path, content: bytes, mode: int) -> None:
    """Put a file in place, complete and with its mode from its first moment."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)
    draft.replace(path)
