"""Development certificates: what is in them, who may read them, and when they are made anew."""

import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID

from webhook.server.certificates import Foreign, Paths, make_certificates
from webhook.trust.certificates import made_authority, made_server, pem_of

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LIFE = timedelta(days=9)
HOSTS = ("taxiway.airflow.svc", "localhost", "127.0.0.1", "::1")


@pytest.fixture
def made(tmp_path: Path) -> Paths:
    return make_certificates(tmp_path / "certs", HOSTS, NOW)


def certificate(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def contents(paths: Paths) -> list[bytes]:
    return [path.read_bytes() for path in paths]


def test_the_server_certificate_is_for_its_hosts_and_for_serving_alone(made: Paths) -> None:
    server = certificate(made.certificate)
    names = server.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["taxiway.airflow.svc", "localhost"]
    addresses = [ip_address("127.0.0.1"), ip_address("::1")]
    assert names.get_values_for_type(x509.IPAddress) == addresses
    usage = server.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usage) == [ExtendedKeyUsageOID.SERVER_AUTH]
    constraints = server.extensions.get_extension_for_class(x509.BasicConstraints).value
    assert not constraints.ca
    assert server.not_valid_after_utc - NOW == timedelta(days=90)


def test_the_authority_signs_certificates_alone(made: Paths) -> None:
    authority = certificate(made.authority)
    constraints = authority.extensions.get_extension_for_class(x509.BasicConstraints)
    assert (constraints.critical, constraints.value.ca, constraints.value.path_length) == (
        True,
        True,
        0,
    )
    usage = authority.extensions.get_extension_for_class(x509.KeyUsage).value
    assert (usage.key_cert_sign, usage.digital_signature) == (True, False)
    assert authority.not_valid_after_utc - NOW == timedelta(days=365)
    certificate(made.certificate).verify_directly_issued_by(authority)


def test_keys_are_p256_and_readable_by_their_owner_alone(made: Paths) -> None:
    for path in (made.authority, made.certificate):
        key = certificate(path).public_key()
        assert isinstance(key, ec.EllipticCurvePublicKey)
        assert isinstance(key.curve, ec.SECP256R1)
    modes = [oct(path.stat().st_mode & 0o777) for path in (made.authority_key, made.key)]
    assert modes == ["0o600", "0o600"]
    assert sorted(path.name for path in made.key.parent.iterdir()) == [
        "ca.crt",
        "ca.key",
        "tls.crt",
        "tls.key",
    ]


def test_openssl_takes_the_pair(made: Paths) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made.certificate, made.key)
    assert ssl.create_default_context(cafile=str(made.authority)).cert_store_stats()["x509_ca"] == 1


def again(made: Paths, days: float = 0, hosts: tuple[str, ...] = HOSTS) -> list[bool]:
    """Make them again, later: which of ca.crt, ca.key, tls.crt and tls.key stayed as they were."""
    before = contents(made)
    make_certificates(made.authority.parent, hosts, NOW + timedelta(days=days))
    return [old == new for old, new in zip(before, contents(made), strict=True)]


KEPT, NEW_SERVER, ALL_NEW = [True] * 4, [True, True, False, False], [False] * 4
AGAIN: dict[str, tuple[Callable[[Paths], object], list[bool]]] = {
    "at once: all are kept": (lambda made: again(made), KEPT),
    "hosts in another order: all are kept": (lambda made: again(made, hosts=HOSTS[::-1]), KEPT),
    "31 days before the end: all are kept": (lambda made: again(made, 59), KEPT),
    "29 days before the end: a new server": (lambda made: again(made, 61), NEW_SERVER),
    "29 days before the CA's end: all new": (lambda made: again(made, 336), ALL_NEW),
    "another host: a new server": (lambda made: again(made, hosts=("other",)), NEW_SERVER),
}


@pytest.mark.parametrize(("make", "stayed"), AGAIN.values(), ids=AGAIN.keys())
def test_made_again(made: Paths, make: Callable[[Paths], list[bool]], stayed: list[bool]) -> None:
    assert make(made) == stayed


@pytest.mark.parametrize("broken", ["ca.crt", "ca.key", "tls.crt", "tls.key"])
def test_what_is_broken_is_made_anew(made: Paths, broken: str) -> None:
    (made.authority.parent / broken).write_text("nonsense")
    make_certificates(made.authority.parent, HOSTS, NOW)
    certificate(made.certificate).verify_directly_issued_by(certificate(made.authority))
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(made.certificate, made.key)


def _of_another_authority(made: Paths) -> Path:
    """As `kubectl get secret` of a certificate from elsewhere leaves them."""
    pair = made_server(made_authority("Example CA", NOW, timedelta(days=9)), HOSTS, NOW, LIFE)
    made.certificate.write_bytes(pem_of([pair.certificate]))
    made.key.write_bytes(pair.key.pem)
    return made.certificate


def _of_another_authority_alone(made: Paths) -> Path:
    made.authority.unlink()
    made.authority_key.unlink()
    return _of_another_authority(made)


def _a_key_alone(made: Paths) -> Path:
    for path in (made.authority, made.authority_key, made.certificate):
        path.unlink()
    return made.key


def _what_is_no_certificate(made: Paths) -> Path:
    made.authority.write_text("nonsense")
    made.certificate.write_text("nonsense")
    return made.authority


OTHERS = {
    "a server certificate of another CA": _of_another_authority,
    "a server certificate of another CA, and no CA": _of_another_authority_alone,
    "a key whose certificate is not there": _a_key_alone,
    "keys whose certificates cannot be read": _what_is_no_certificate,
}


@pytest.mark.parametrize("put", OTHERS.values(), ids=OTHERS.keys())
def test_what_somebody_else_made_is_not_written_over(
    made: Paths, put: Callable[[Paths], Path]
) -> None:
    first = put(made)
    before = {path: path.read_bytes() for path in made if path.exists()}
    with pytest.raises(Foreign) as refused:
        make_certificates(made.authority.parent, HOSTS, NOW)
    assert str(refused.value) == (
        f"{first} was not made by this command, and would be lost; name another directory, or move "
        "it away"
    )
    assert {path: path.read_bytes() for path in made if path.exists()} == before


@pytest.mark.parametrize(
    "hosts", [(), ("",), ("a" * 70 + ".example",)], ids=["none", "empty", "long"]
)
def test_a_host_that_cannot_stand_in_a_certificate(tmp_path: Path, hosts: tuple[str, ...]) -> None:
    with pytest.raises(ValueError):
        make_certificates(tmp_path, hosts, NOW)
