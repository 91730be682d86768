"""A certificate as a listener needs it: its bytes, and when it ends. Read without `cryptography`.

That package is 7 MiB of the serving process, for one date. A certificate in DER (X.690) is elements
in elements, each a tag, a length and its content. The date is the second of the validity:

    Certificate { tbsCertificate { [0] version?, serialNumber, signature, issuer, validity, … }, … }

The source of all of it is RFC 5280, 4.1; of the text around it RFC 7468. Whether the rest holds
together is for OpenSSL to say, which is given the same file.
"""

import re
from base64 import b64decode
from collections.abc import Iterator
from datetime import UTC, datetime

from msgspec import Struct

_PEM = re.compile(
    rb"-----BEGIN (?:X509 )?CERTIFICATE-----(.+?)-----END (?:X509 )?CERTIFICATE", re.S
)
_VERSION, _UTC_TIME, _GENERALIZED_TIME = 0xA0, 0x17, 0x18
_VALIDITY = 3  # what comes before it, without the version
_LONG = 0x80  # of a length: so many bytes of it follow
_TIME = re.compile(rb"(\d\d|\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z")
_PIVOT = 50  # of a UTCTime's two digits these and above are of the last century


class Shown(Struct, frozen=True):
    """`der` is as a peer sees it; `ends` is in UTC."""

    der: bytes
    ends: datetime


class NoCertificate(Exception):
    """The message says in one line what is wrong, and never quotes it."""


def read_shown(pem: bytes) -> Shown:
    """The first certificate in this text. Raises NoCertificate."""
    try:
        der = b64decode(_body(pem))
        return Shown(der, _ends(der))
    except (ValueError, IndexError, StopIteration) as error:
        raise NoCertificate("it holds no certificate in PEM") from error


def _body(pem: bytes) -> bytes:
    found = _PEM.search(pem)
    return found[1] if found else b""


def _ends(der: bytes) -> datetime:
    _, certificate = next(_elements(der))
    _, signed = next(_elements(certificate))
    parts = [part for part in _elements(signed) if part[0] != _VERSION]
    _, (tag, time) = _elements(parts[_VALIDITY][1])
    return _time(tag, time)


def _elements(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Tag and content of each element, one after the other."""
    at = 0
    while at < len(content):
        tag, length, at = content[at], content[at + 1], at + 2
        if length & _LONG:
            size = length - _LONG
            length = int.from_bytes(content[at : at + size], "big")
            at += size
        if at + length > len(content):
            raise ValueError("an element ends after what holds it")
        yield tag, content[at : at + length]
        at += length


def _time(tag: int, text: bytes) -> datetime:
    read = _TIME.fullmatch(text)
    if read is None or tag not in (_UTC_TIME, _GENERALIZED_TIME):
        raise ValueError("no time as certificates have it")
    year, month, day, hour, minute, second = map(int, read.groups())
    if tag == _UTC_TIME:
        year += 2000 if year < _PIVOT else 1900
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
