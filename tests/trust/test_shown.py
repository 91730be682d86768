"""What a listener reads of the certificate that it shows, held against `cryptography`."""

from base64 import b64encode
from datetime import UTC, datetime, timedelta

import pytest

from webhook.trust.certificates import Pair, made_authority, made_server, pem_of
from webhook.trust.shown import NoCertificate, Shown, read_shown

NOW = datetime(2026, 3, 1, 12, 34, 56, tzinfo=UTC)
DAY = timedelta(days=1)
CA = made_authority("Taxiway CA", NOW, 100_000 * DAY)
SERVER = made_server(CA, ("taxiway.airflow.svc",), NOW, 3 * DAY)
BEGIN, END = b"-----BEGIN CERTIFICATE-----\n", b"-----END CERTIFICATE-----\n"


def pem(*pairs: Pair) -> bytes:
    return pem_of(pair.certificate for pair in pairs)


READ = {
    "of this century": (pem(SERVER), SERVER),
    "of a date that needs four digits of its year": (pem(CA), CA),
    "the first of a chain": (pem(SERVER, CA), SERVER),
    "after what is none": (b"# ours\n" + SERVER.key.pem + pem(SERVER), SERVER),
    "by its old name": (pem(SERVER).replace(b" CERT", b" X509 CERT"), SERVER),
    "with the line ends of Windows": (pem(SERVER).replace(b"\n", b"\r\n"), SERVER),
}


@pytest.mark.parametrize(("text", "pair"), READ.values(), ids=READ)
def test_a_certificate(text: bytes, pair: Pair) -> None:
    assert read_shown(text) == Shown(pair.certificate.der, pair.certificate.ends)


@pytest.mark.parametrize(("year", "meant"), [(b"49", 2049), (b"50", 1950), (b"99", 1999)])
def test_two_digits_of_a_year_are_of_either_century(year: bytes, meant: int) -> None:
    ends = f"{SERVER.certificate.ends:%y%m%d%H%M%SZ}".encode()
    der = SERVER.certificate.der.replace(ends, year + ends[2:])
    changed = BEGIN + b64encode(der) + b"\n" + END
    assert read_shown(changed).ends == SERVER.certificate.ends.replace(year=meant)


def test_no_part_of_a_certificate_is_one_and_none_breaks_the_reader() -> None:
    der = SERVER.certificate.der
    for size in range(len(der)):
        with pytest.raises(NoCertificate, match=r"^it holds no certificate in PEM$"):
            read_shown(BEGIN + b64encode(der[:size]) + b"\n" + END)


NONE = {
    "nothing": b"",
    "nonsense": b"nonsense",
    "a key": CA.key.pem,
    "without an end": pem(CA).replace(END, b""),
    "a number": BEGIN + b"AgEB\n" + END,
    "no base64": BEGIN + b"A\n" + END,
    "a date that is none": BEGIN
    + b64encode(SERVER.certificate.der.replace(b"260304", b"261304"))
    + END,
}


@pytest.mark.parametrize("text", NONE.values(), ids=NONE)
def test_no_certificate(text: bytes) -> None:
    with pytest.raises(NoCertificate, match=r"^it holds no certificate in PEM$"):
        read_shown(text)
