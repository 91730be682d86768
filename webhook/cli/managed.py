"""What `--tls managed` needs beside it, checked before anything is started."""

import re
from pathlib import Path
from typing import Protocol

from webhook.sources.process import Managed

# A third of a life must hold a turn of 2.5 s, a failed one with its pause, and a reload.
LEAST_LIFE_SECONDS = 15.0
CLUSTER_DOMAIN = ".cluster.local"
MOST_CHARACTERS = 200  # a DNS name's 253, with room for the cluster's domain
_LABEL = "[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?"  # RFC 1123, as Kubernetes has it
_DNS_NAME = re.compile(rf"{_LABEL}(\.{_LABEL})*")


class Bad(ValueError):
    """An option that is missing or cannot be; `option` is its name."""

    def __init__(self, option: str, message: str) -> None:
        super().__init__(message)
        self.option = option


class Given(Protocol):
    """The options as they were given."""

    @property
    def tls_secret(self) -> str | None: ...
    @property
    def tls_configuration(self) -> str | None: ...
    @property
    def tls_host(self) -> str | None: ...
    @property
    def tls_peers(self) -> str | None: ...
    @property
    def tls_dir(self) -> Path | None: ...
    @property
    def tls_life_seconds(self) -> float: ...
    @property
    def tls_ca_life_seconds(self) -> float: ...
    @property
    def tls_overlap_seconds(self) -> float: ...


def managed(given: Given, port: int, *, is_by_configmaps: bool) -> Managed:
    """How the service makes its own certificate. `port`: that of admission. Raises Bad."""
    if not is_by_configmaps:
        raise Bad(
            "--tls",
            "managed needs --policies configmaps: the process that reads them is the one that "
            "may write the Secret; with a directory give --tls-cert and --tls-key",
        )
    _check_times(given)
    secret = _there(given.tls_secret, "--tls-secret", "where CA and certificate are kept")
    both = _there(
        given.tls_configuration, "--tls-configuration", "the name of both webhook configurations"
    )
    host = _there(given.tls_host, "--tls-host", "what the API server calls the service")
    peers = _there(given.tls_peers, "--tls-peers", "where all replicas are asked")
    folder = _there(given.tls_dir, "--tls-dir", "a directory in memory, of this replica alone")
    return Managed(
        secret=secret,
        configuration=both,
        hosts=_hosts(host),
        peers=_peers(peers),
        port=port,
        directory=folder,
        life_seconds=given.tls_life_seconds,
        authority_life_seconds=given.tls_ca_life_seconds,
        overlap_seconds=given.tls_overlap_seconds,
    )


def _there(value: str | Path | None, option: str, what: str) -> str:
    if value is None or not str(value):
        raise Bad(option, f"is needed with --tls managed: {what}")
    return str(value)


def _hosts(host: str) -> tuple[str, ...]:
    """A Service's name with the cluster's domain as well, for whoever asks by that."""
    if not _DNS_NAME.fullmatch(host) or len(host) > MOST_CHARACTERS:
        raise Bad("--tls-host", f"{host!r} is no DNS name, in lower case")
    return (host, f"{host}{CLUSTER_DOMAIN}") if host.endswith(".svc") else (host,)


def _peers(text: str) -> tuple[str, ...]:
    every = tuple(each.strip() for each in text.split(",") if each.strip())
    for each in every:
        host, colon, port = each.partition(":")
        if not host or (colon and not (port.isdecimal() and 0 < int(port) < 65536)):
            raise Bad("--tls-peers", f"{each!r} is no DNS name or address, with or without a port")
    return every


def _check_times(given: Given) -> None:
    if given.tls_life_seconds < LEAST_LIFE_SECONDS:
        raise Bad("--tls-life-seconds", f"is at least {LEAST_LIFE_SECONDS:.0f}")
    # A third of the CA's life is left when it is replaced, and that takes the overlap twice.
    least = max(given.tls_life_seconds, 9 * given.tls_overlap_seconds)
    if given.tls_ca_life_seconds < least:
        raise Bad(
            "--tls-ca-life-seconds",
            f"is at least {least:.0f}: the life of a certificate, and nine times the overlap, so "
            "that a third of it is enough to replace the CA",
        )
