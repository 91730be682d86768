"""`taxiway serve`: the service, from its settings to its exit code.

| code | when                                                                                |
|------|-------------------------------------------------------------------------------------|
| 0    | ended by SIGTERM or SIGINT, after the drain                                          |
| 2    | it cannot start: a port is taken, the certificate cannot be served                  |
| 130  | ended by a second signal, at once                                                   |

Policies that are bad or missing are no reason to end: the replica is not ready, says why, and
takes the first good set as soon as there is one.
"""

from dataclasses import dataclass
from pathlib import Path

from webhook.sources.process import Managed, Namespace, Origin, start_loader

# Endpoints are withdrawn within seconds of a failed readiness probe or a deletion; kube-proxy and
# cloud load balancers may take some more.
DRAIN_SECONDS = 15.0
# What `--policies` says in place of a directory; one of that name is given by its absolute path.
CONFIGMAPS = Path("configmaps")


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeSettings:
    """What `taxiway serve` is told, on its command line or by its environment."""

    policies: Path  # a directory of YAML, or CONFIGMAPS: those of the namespace
    # The pair to serve, or how the service makes its own: one of both.
    tls_cert: Path | None = None
    tls_key: Path | None = None
    managed: Managed | None = None
    client_ca: Path | None = None  # who may connect; None: anyone
    host: str = ""  # of both ports; empty: every address
    port: int = 8443  # 0: any that is free; the log says which
    ops_port: int = 8080
    namespace: str | None = None  # the service's own, never touched; that of the ConfigMaps
    kubeconfig: Path | None = None  # how to reach the API server; None: as a pod does
    drain_seconds: float = DRAIN_SECONDS
    govern_users: tuple[str, ...] = ()  # who may set `taxiway/govern` on a namespace; globs
    govern_groups: tuple[str, ...] = ("system:masters",)
    govern_contact: str | None = None  # whom others should ask
    guard_labels: tuple[str, ...] | None = None  # what updates of pods are sent for
    shadow_share: float = 1.0  # of the requests, those that the planned set decides as well
    log_ignored: bool = False  # a line also for pods that are none of our business

    @property
    def origin(self) -> Origin:
        """Where the policies come from."""
        if self.namespace is not None and self.is_by_configmaps:
            return Namespace(self.namespace, self.kubeconfig, self.managed)
        return self.policies

    @property
    def is_managed(self) -> bool:
        """Whether the certificate is the service's own: it is put where it is served from."""
        return self.managed is not None

    @property
    def tls_pair(self) -> tuple[Path, Path]:
        """Where the certificate and its key are. Raises ValueError where nobody says so."""
        if self.managed is not None:
            return self.managed.file, self.managed.file
        if self.tls_cert is None or self.tls_key is None:
            raise ValueError("a certificate and its key are needed")
        return self.tls_cert, self.tls_key

    @property
    def is_by_configmaps(self) -> bool:
        return self.policies == CONFIGMAPS


def serve(settings: ServeSettings) -> int:
    """Serve until a signal comes. Returns the exit code.

    The loader is started before the service is even imported: a web framework takes half a
    second, in which the first load can be done on another core.
    """
    loader = start_loader(settings.origin)
    from webhook.cli.service import run

    return run(settings, loader)
