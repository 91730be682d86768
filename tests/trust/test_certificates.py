"""What is read of certificates, and what a key shows of itself."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from webhook.trust.certificates import (
    BadCertificate,
    Pair,
    canonical,
    is_issued_by,
    made_authority,
    made_server,
    pem_of,
    read_authorities,
    read_certificate,
    read_pair,
)

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
HOSTS = ("taxiway.airflow.svc", "127.0.0.1")
CA = made_authority("Taxiway CA", NOW, 9 * DAY)
OTHER = made_authority("Taxiway CA", NOW, 9 * DAY)
SERVER = made_server(CA, HOSTS, NOW, 3 * DAY)


def pem(pair: Pair) -> bytes:
    return pem_of([pair.certificate])


def test_a_certificate_is_for_its_hosts_for_its_life() -> None:
    shown = SERVER.certificate
    assert (shown.issued, shown.ends, shown.hosts) == (NOW, NOW + 3 * DAY, frozenset(HOSTS))
    assert canonical(HOSTS) == shown.hosts


def test_a_client_that_is_strict_about_form_believes_it(tmp_path: Path) -> None:
    """As Python's are by default since 3.13: key identifiers and key usage have to be there."""
    now = datetime.now(UTC)
    authority = made_authority("Taxiway CA", now, DAY)
    shown = made_server(authority, HOSTS, now, DAY)
    (tmp_path / "pair").write_bytes(pem(shown) + shown.key.pem)
    theirs, ours = (
        ssl.SSLContext(kind) for kind in (ssl.PROTOCOL_TLS_CLIENT, ssl.PROTOCOL_TLS_SERVER)
    )
    theirs.verify_flags |= ssl.VERIFY_X509_STRICT
    theirs.load_verify_locations(cadata=pem(authority).decode())
    ours.load_cert_chain(tmp_path / "pair")
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = theirs.wrap_bio(to_client, to_server, server_hostname=HOSTS[0])
    server = ours.wrap_bio(to_server, to_client, server_side=True)
    for side in (client, server):
        with pytest.raises(ssl.SSLWantReadError):  # it has spoken, and waits for the other
            side.do_handshake()
    client.do_handshake()
    assert client.getpeercert(binary_form=True) == shown.certificate.der


def test_a_certificate_ends_with_its_ca() -> None:
    late = NOW + 8 * DAY
    assert made_server(CA, HOSTS, late, 3 * DAY).certificate.ends == NOW + 9 * DAY


RENEWAL = {
    "at once": (timedelta(0), False, False),
    "when more than a third is left": (2 * DAY - timedelta(seconds=1), False, False),
    "when a third is left": (2 * DAY, True, False),
    "in its last second": (3 * DAY - timedelta(seconds=1), True, False),
    "at its end": (3 * DAY, True, True),
}


@pytest.mark.parametrize(("later", "needs_renewal", "is_over"), RENEWAL.values(), ids=RENEWAL)
def test_a_certificate_is_to_be_renewed(
    later: timedelta, needs_renewal: bool, is_over: bool
) -> None:
    shown = SERVER.certificate
    assert shown.needs_renewal(NOW + later) is needs_renewal
    assert shown.is_over(NOW + later) is is_over


def test_a_ca_signed_what_it_signed_and_not_what_another_of_its_name_did() -> None:
    assert is_issued_by(SERVER.certificate.der, CA.certificate)
    assert not is_issued_by(SERVER.certificate.der, OTHER.certificate)
    assert not is_issued_by(b"garbage", CA.certificate)


def test_what_is_written_is_read_as_the_same() -> None:
    assert read_pair(pem(SERVER), SERVER.key.pem) == SERVER
    assert read_certificate(b"a comment\n" + pem(SERVER)) == SERVER.certificate
    both = pem_of([CA.certificate, OTHER.certificate])
    assert read_authorities(both) == (CA.certificate, OTHER.certificate)


BAD = {
    "no certificate": (b"", CA.key.pem, "it holds no certificate in PEM"),
    "a broken certificate": (
        b"-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n",
        CA.key.pem,
        "it holds no certificate in PEM",
    ),
    "no key": (pem(CA), b"garbage", "it holds no unencrypted private key in PEM"),
    "another's key": (pem(CA), OTHER.key.pem, "the key is not that of the certificate"),
}


@pytest.mark.parametrize(("certificate", "key", "said"), BAD.values(), ids=BAD)
def test_what_is_no_pair(certificate: bytes, key: bytes, said: str) -> None:
    with pytest.raises(BadCertificate) as caught:
        read_pair(certificate, key)
    assert str(caught.value) == said


@pytest.mark.parametrize("text", [b"", b"garbage", pem(CA)[:-40]], ids=["none", "no PEM", "cut"])
def test_a_bundle_that_cannot_be_read_believes_nobody(text: bytes) -> None:
    assert read_authorities(text) == ()


def test_a_key_is_not_shown_where_a_pair_is_printed() -> None:
    assert "PRIVATE KEY" not in f"{SERVER!r} {SERVER}"
    assert repr(SERVER.key) == "PrivateKey(...)"
