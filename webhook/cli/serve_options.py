"""The options of `taxiway serve`, each stated once: by name, type, default and what it says.

Each can be given by an environment variable too, for a Deployment: `TAXIWAY_` and its name; an
option on the command line wins. `with_options` makes them known to typer.
"""

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Annotated

import typer

from webhook.cli import given_names as given
from webhook.cli.option import option
from webhook.cli.serve import CONFIGMAPS, DRAIN_SECONDS, ServeSettings
from webhook.cli.tls_options import TlsOptions

_LINES = "names, * and ? are wildcards, one a line"
_HIGHEST_PORT = 65535


@dataclass(frozen=True, kw_only=True)
class ServeOptions(TlsOptions):
    """As they are given; `settings` is what they mean."""

    policies: Annotated[
        Path,
        option(
            "POLICIES",
            "The directory of the policies; configmaps: the namespace's.",
            "DIR",
            parser=given.policies,
        ),
    ]
    client_ca: Annotated[
        Path | None,
        option("CLIENT_CA", "Only clients with a certificate of these may connect.", "FILE"),
    ] = None
    host: Annotated[
        str, option("HOST", "The address to listen on; empty: every one.", "ADDRESS")
    ] = ""
    port: Annotated[
        int, option("PORT", "Admission, HTTPS; 0: any free one.", most=_HIGHEST_PORT)
    ] = 8443
    ops_port: Annotated[
        int, option("OPS_PORT", "Probes, metrics and denials, HTTP.", most=_HIGHEST_PORT)
    ] = 8080
    namespace: Annotated[
        str | None, option("NAMESPACE", "The service's own, never touched.", "NAME")
    ] = None
    kubeconfig: Annotated[
        Path | None,
        option("KUBECONFIG", "The way to the API server; without it, that of a pod.", "FILE"),
    ] = None
    drain_seconds: Annotated[
        float, option("DRAIN_SECONDS", "How long to go on answering after SIGTERM.", most=3600)
    ] = DRAIN_SECONDS
    govern_users: Annotated[
        str, option("GOVERN_USERS", f"Who may set taxiway/govern on a namespace: {_LINES}.")
    ] = ""
    govern_groups: Annotated[str, option("GOVERN_GROUPS", f"The groups that may: {_LINES}.")] = (
        "system:masters"
    )
    govern_contact: Annotated[
        str | None, option("GOVERN_CONTACT", "Whom all others are told to ask.", "TEXT")
    ] = None
    guard_labels: Annotated[
        str | None,
        option("GUARD_LABELS", "The labels whose changes the API server asks about, by comma."),
    ] = None
    shadow_share: Annotated[
        float,
        option("SHADOW_SHARE", "Of the requests, also decided by planned policies.", most=1),
    ] = 1.0
    log_ignored: Annotated[
        bool, option("LOG_IGNORED", "A log line also for pods that are not governed.")
    ] = False

    def settings(self) -> ServeSettings:
        """Raises typer.BadParameter."""
        wanted = {field.name for field in fields(ServeSettings)}
        given = {each.name: getattr(self, each.name) for each in fields(self)}
        labels = self.guard_labels
        meant = ServeSettings(
            **{name: value for name, value in given.items() if name in wanted}
            | {
                "managed": self.managed(self.port, is_by_configmaps=self.policies == CONFIGMAPS),
                "govern_users": _globs(self.govern_users, "--govern-users"),
                "govern_groups": _globs(self.govern_groups, "--govern-groups"),
                "govern_contact": self.govern_contact or None,
                "guard_labels": None if labels is None else tuple(labels.split(",")),
            }
        )
        if meant.is_by_configmaps and self.namespace is None:
            raise typer.BadParameter(
                "is needed with --policies configmaps: it says whose", param_hint="--namespace"
            )
        return meant


def _globs(text: str, option: str) -> tuple[str, ...]:
    from webhook.cli.lines import globs  # and with it the language: for `serve` alone

    try:
        return globs(text)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint=option) from None
