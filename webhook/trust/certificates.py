"""X.509: certificate authorities and server certificates, made and read.

All keys are ECDSA P-256: a handshake costs half of what RSA-2048 costs. Certificates are compared
as whole values: two files that hold the same one in other line breaks are equal here.
"""

import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from ipaddress import ip_address

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from msgspec import Struct

# The clocks of who makes a certificate and of who reads it differ by some minutes at most.
BACKDATED = timedelta(minutes=5)
SERVER_NAME = "taxiway"
# RFC 1123, with the wildcard of RFC 6125 and the underscore that resolvers allow.
_DNS_NAME = re.compile(r"(?:\*\.)?(?!-)[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63})*")

Key = ec.EllipticCurvePrivateKey


class BadCertificate(Exception):
    """Not what it should be; the message says in one line what is wrong, and never quotes it."""


class Certificate(Struct, frozen=True):
    """What is read of a certificate. `der` is as a peer sees it; times are in UTC."""

    der: bytes
    issued: datetime  # when its life begins; it is dated back from there
    ends: datetime
    hosts: frozenset[str]

    def left(self, now: datetime) -> timedelta:
        return self.ends - now

    def needs_renewal(self, now: datetime) -> bool:
        """Whether a third of its life or less is left."""
        return self.left(now) * 3 <= self.ends - self.issued

    def is_over(self, now: datetime) -> bool:
        return self.ends <= now


class PrivateKey(Struct, frozen=True):
    """In PEM. It is not shown where it is printed by mistake."""

    pem: bytes

    def __repr__(self) -> str:
        return "PrivateKey(...)"


class Pair(Struct, frozen=True):
    """A certificate and its key."""

    certificate: Certificate
    key: PrivateKey


def made_authority(name: str, now: datetime, life: timedelta) -> Pair:
    """A certificate authority that may sign server certificates and nothing else."""
    key, title = ec.generate_private_key(ec.SECP256R1()), _title(name)
    draft = (
        _draft(title, title, key, now, now + life)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
    )
    return _pair(draft.sign(key, hashes.SHA256()), key)


def made_server(authority: Pair, hosts: Sequence[str], now: datetime, life: timedelta) -> Pair:
    """A server certificate for these hosts, which ends with its authority at the latest.

    Raises ValueError for a host that cannot stand in a certificate.
    """
    key, signer = ec.generate_private_key(ec.SECP256R1()), _key(authority.key.pem)
    issuer = x509.load_der_x509_certificate(authority.certificate.der)
    ends = min(now + life, authority.certificate.ends)
    by = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key())
    draft = (
        _draft(_title(SERVER_NAME), issuer.subject, key, now, ends)
        .add_extension(_names(hosts), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(by, critical=False)
    )
    return _pair(draft.sign(signer, hashes.SHA256()), key)


def read_certificate(pem: bytes) -> Certificate:
    """The first certificate in this text. Raises BadCertificate."""
    try:
        return _facts(x509.load_pem_x509_certificate(pem))
    except ValueError as error:
        raise BadCertificate("it holds no certificate in PEM") from error


def issuer_of(pem: bytes) -> str | None:
    """The common name of who signed the first certificate in this text; None where none tells."""
    try:
        issuer = x509.load_pem_x509_certificate(pem).issuer
    except ValueError:
        return None
    names = issuer.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if names else None


def read_pair(certificate: bytes, key: bytes) -> Pair:
    """A certificate and the key that belongs to it. Raises BadCertificate."""
    read, private = read_certificate(certificate), _key(key)
    public = x509.load_der_x509_certificate(read.der).public_key()
    if public != private.public_key():
        raise BadCertificate("the key is not that of the certificate")
    return Pair(read, PrivateKey(_pem_of_key(private)))


def read_authorities(pem: bytes) -> tuple[Certificate, ...]:
    """Every certificate in this text; none where one of them cannot be read."""
    try:
        return tuple(map(_facts, x509.load_pem_x509_certificates(pem)))
    except ValueError:
        return ()


def pem_of(certificates: Iterable[Certificate]) -> bytes:
    """As a bundle holds them."""
    every = (x509.load_der_x509_certificate(each.der) for each in certificates)
    return b"".join(each.public_bytes(serialization.Encoding.PEM) for each in every)


def is_issued_by(der: bytes, authority: Certificate) -> bool:
    """Whether the certificate, as a peer shows it, was signed by this authority."""
    signer = x509.load_der_x509_certificate(authority.der)
    try:
        x509.load_der_x509_certificate(der).verify_directly_issued_by(signer)
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True


def canonical(hosts: Iterable[str]) -> frozenset[str]:
    """These hosts as a certificate holds them. Raises ValueError."""
    return _texts(_names(tuple(hosts)))


def _facts(read: x509.Certificate) -> Certificate:
    try:
        found = read.extensions.get_extension_for_class(x509.SubjectAlternativeName)
        hosts = _texts(found.value)
    except x509.ExtensionNotFound:
        hosts = frozenset()
    return Certificate(
        der=read.public_bytes(serialization.Encoding.DER),
        issued=read.not_valid_before_utc + BACKDATED,
        ends=read.not_valid_after_utc,
        hosts=hosts,
    )


def _texts(names: x509.SubjectAlternativeName) -> frozenset[str]:
    dns = names.get_values_for_type(x509.DNSName)
    return frozenset([*dns, *map(str, names.get_values_for_type(x509.IPAddress))])


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
    if not _DNS_NAME.fullmatch(name):
        raise ValueError(
            f"{host!r} is neither a DNS name nor an IP address; write one such as "
            "taxiway.airflow.svc or 10.0.0.1"
        )
    return x509.DNSName(name)


def _title(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _draft(
    subject: x509.Name, issuer: x509.Name, key: Key, now: datetime, ends: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(ends)
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


def _pair(certificate: x509.Certificate, key: Key) -> Pair:
    return Pair(_facts(certificate), PrivateKey(_pem_of_key(key)))


def _key(pem: bytes) -> Key:
    try:
        read = serialization.load_pem_private_key(pem, password=None)
    except (ValueError, TypeError) as error:
        raise BadCertificate("it holds no unencrypted private key in PEM") from error
    if not isinstance(read, Key):
        raise BadCertificate("its private key is not of an elliptic curve")
    return read


def _pem_of_key(key: Key) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
