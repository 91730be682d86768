"""PolicyReports, put into a cluster by who asks: server-side apply, one for each namespace.

Nothing of a report is left that is not in the new one, and whoever else wrote to it gives way: its
name is ours. Source: Kubernetes API concepts, "Server-Side Apply".
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

from webhook.sources.api_errors import ApiError, Refused
from webhook.sources.connection import Connection, Query, whole
from webhook.sources.inventory import Named
from webhook.sources.listing import SECONDS, listed
from webhook.sources.objects import Kind

POLICY_REPORTS = Kind("apis/wgpolicyk8s.io/v1alpha2", "policyreports")
APPLY_PATCH = "application/apply-patch+yaml"  # JSON is YAML
OWNER: Query = [("fieldManager", "taxiway"), ("force", "true")]


class NoReports(ApiError):
    """The cluster does not know the kind."""


def apply_report(connection: Connection, report: dict[str, Any]) -> None:
    """Make a PolicyReport what this one says. Raises ApiError."""
    meta = report["metadata"]
    namespace, name = quote(meta["namespace"], safe=""), quote(meta["name"], safe="")
    path = f"/{POLICY_REPORTS.prefix}/namespaces/{namespace}/{POLICY_REPORTS.plural}/{name}"
    with _known(), connection.telling():
        content = APPLY_PATCH, report
        whole(connection.open("PATCH", path, SECONDS, query=OWNER, content=content))


def reported_namespaces(connection: Connection, labels: str) -> list[str]:
    """Where there are such reports already. Raises ApiError."""
    with _known():
        found = listed(connection, POLICY_REPORTS, Named, labels=labels)
        return [each.metadata.namespace for each in found]


@contextmanager
def _known() -> Iterator[None]:
    """Say it where the kind is not known."""
    try:
        yield
    except Refused as error:
        if not error.is_missing:
            raise
        raise NoReports(
            "the cluster has no PolicyReports: install the CustomResourceDefinition "
            "policyreports.wgpolicyk8s.io with version v1alpha2, or print them by -o report"
        ) from error
