"""Certificates for development: a CA of one's own and a server certificate, as four files.

Private keys are created with mode 0600: there is no moment in which another user could read one.
What is there and still good is kept, so that calling it again changes nothing. What somebody else
made is never written over: a Secret's files, put into a directory, have the very same names.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from webhook.trust.certificates import (
    BadCertificate,
    Pair,
    canonical,
    is_issued_by,
    issuer_of,
    made_authority,
    made_server,
    pem_of,
    read_pair,
)
from webhook.trust.files import put_in_place

DEVELOPMENT_HOSTS = ("localhost", "127.0.0.1", "::1")
AUTHORITY_DAYS = 365
SERVER_DAYS = 90
RENEW_DAYS = 30  # renewed when less than this is left, as ACME clients do with 90 days


_AUTHORITY = "Taxiway development CA"


class Foreign(Exception):
    """The directory holds certificates or keys that were not made here; the message says which."""


class Paths(NamedTuple):
    """Where the certificates and their keys are."""

    authority: Path
    authority_key: Path
    certificate: Path
    key: Path

    def __str__(self) -> str:
        return "\n".join(map(str, self))


def make_certificates(
    directory: Path, hosts: Sequence[str] = DEVELOPMENT_HOSTS, now: datetime | None = None
) -> Paths:
    """Make `ca.crt`, `ca.key`, `tls.crt` and `tls.key`, unless good ones are there already.

    `hosts` are the DNS names and IP addresses that the server certificate is for.
    Raises OSError, Foreign, and ValueError for a host that cannot stand in a certificate.
    """
    now = now or datetime.now(UTC)
    wanted = canonical(hosts)
    directory.mkdir(parents=True, exist_ok=True)
    paths = Paths(*(directory / name for name in ("ca.crt", "ca.key", "tls.crt", "tls.key")))
    _check_ours(paths)
    authority = _there(paths.authority, paths.authority_key, now)
    if authority is None:
        authority = made_authority(_AUTHORITY, now, timedelta(days=AUTHORITY_DAYS))
        _write(authority, paths.authority, paths.authority_key)
    server = _there(paths.certificate, paths.key, now)
    if server is None or not _is_for(server, wanted, authority):
        server = made_server(authority, hosts, now, timedelta(days=SERVER_DAYS))
        _write(server, paths.certificate, paths.key)
    return paths


def _check_ours(paths: Paths) -> None:
    """What is there is ours if one of its certificates is, and none is anybody else's."""
    there = [path for path in paths if path.exists()]
    shown = (paths.authority, paths.certificate)
    issuers = {path: issuer_of(path.read_bytes()) for path in there if path in shown}
    others = [path for path, issuer in issuers.items() if issuer not in (None, _AUTHORITY)]
    if there and _AUTHORITY not in issuers.values():
        others = others or there
    if others:
        raise Foreign(
            f"{others[0]} was not made by this command, and would be lost; name another directory, "
            "or move it away"
        )


def _there(certificate: Path, key: Path, now: datetime) -> Pair | None:
    """The pair that is there, if it can be read, belongs together and lasts."""
    try:
        pair = read_pair(certificate.read_bytes(), key.read_bytes())
    except (FileNotFoundError, BadCertificate):
        return None
    return pair if pair.certificate.left(now) > timedelta(days=RENEW_DAYS) else None


def _is_for(server: Pair, hosts: frozenset[str], authority: Pair) -> bool:
    shown = server.certificate
    return shown.hosts == hosts and is_issued_by(shown.der, authority.certificate)


def _write(pair: Pair, certificate: Path, key: Path) -> None:
    put_in_place(key, pair.key.pem, 0o600)
    put_in_place(certificate, pem_of([pair.certificate]), 0o644)
