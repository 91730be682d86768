"""The options of `taxiway serve` about its certificate: two files, or what `managed` needs."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from webhook.cli.option import option

if TYPE_CHECKING:
    from webhook.sources.process import Managed

DAY_SECONDS = 86_400
_MOST_LIFE = 10 * 365 * DAY_SECONDS


class Tls(StrEnum):
    files = "files"
    managed = "managed"


@dataclass(frozen=True, kw_only=True)
class TlsOptions:
    """As they are given. All but the first three belong to `managed`."""

    tls: Annotated[
        Tls, option("TLS", "Where the certificate is from: files, or the service's own CA.")
    ] = Tls.files
    tls_cert: Annotated[
        Path | None, option("TLS_CERT", "The server certificate, in PEM.", "FILE")
    ] = None
    tls_key: Annotated[Path | None, option("TLS_KEY", "Its private key.", "FILE")] = None
    tls_secret: Annotated[
        str | None, option("TLS_SECRET", "managed: the Secret of CA and certificate.", "NAME")
    ] = None
    tls_configuration: Annotated[
        str | None, option("TLS_CONFIGURATION", "managed: both webhook configurations.", "NAME")
    ] = None
    tls_host: Annotated[
        str | None, option("TLS_HOST", "managed: what the API server asks for.", "NAME")
    ] = None
    tls_peers: Annotated[
        str | None,
        option("TLS_PEERS", "managed: where all replicas are asked, by comma.", "HOST[:PORT]"),
    ] = None
    tls_dir: Annotated[
        Path | None, option("TLS_DIR", "managed: where the pair is put; in memory.", "DIR")
    ] = None
    # As ACME has it: renewal is exercised, not an event that nobody remembers.
    tls_life_seconds: Annotated[
        float, option("TLS_LIFE_SECONDS", "managed: of a certificate.", most=_MOST_LIFE)
    ] = 90 * DAY_SECONDS
    tls_ca_life_seconds: Annotated[
        float, option("TLS_CA_LIFE_SECONDS", "managed: of the CA.", most=_MOST_LIFE)
    ] = 365 * DAY_SECONDS
    # An API server has a changed configuration within a second, and one that was cut off from
    # etcd asks again within some 30.
    tls_overlap_seconds: Annotated[
        float,
        option("TLS_OVERLAP_SECONDS", "managed: of an old CA and a new one.", most=DAY_SECONDS),
    ] = 60

    def managed(self, port: int, *, is_by_configmaps: bool) -> "Managed | None":
        """How the service makes its own certificate, if it does. Raises typer.BadParameter."""
        if self.tls is Tls.files:
            _needed(self.tls_cert, "TLS_CERT")
            _needed(self.tls_key, "TLS_KEY")
            return None
        from webhook.cli.managed import Bad, managed  # for `managed` alone

        try:
            return managed(self, port, is_by_configmaps=is_by_configmaps)
        except Bad as error:
            raise typer.BadParameter(str(error), param_hint=error.option) from None


def _needed(file: Path | None, name: str) -> None:
    if file is None:
        says = f"is needed (env var: TAXIWAY_{name}), or --tls managed"
        raise typer.BadParameter(says, param_hint=f"--{name.lower().replace('_', '-')}")
