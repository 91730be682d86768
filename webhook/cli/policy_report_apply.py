"""PolicyReports put into the cluster with the rights of who asks, and what could not be."""

from webhook.cli.exits import complain
from webhook.cli.policy_report import MANAGED_BY, Reports
from webhook.sources.api_errors import Refused
from webhook.sources.connection import Connection
from webhook.sources.listing import right
from webhook.sources.policy_reports import (
    POLICY_REPORTS,
    NoReports,
    apply_report,
    reported_namespaces,
)


def applied(reports: Reports, connection: Connection, *, everywhere: bool) -> bool:
    """Whether all could be. `everywhere`: reports of namespaces without governed pods are emptied.

    Raises ApiError where the cluster cannot be asked.
    """
    try:
        stale = _stale(connection) if everywhere else set()
        every = reports.all(stale or set())
        done = [_one(connection, report) for report in every]
    except NoReports as error:
        complain(str(error))
        return False
    complain(f"{sum(done)} of {len(every)} PolicyReports applied")
    return all(done) and stale is not None


def _stale(connection: Connection) -> set[str] | None:
    """None: they may not be listed."""
    try:
        return set(reported_namespaces(connection, "=".join(MANAGED_BY)))
    except Refused as error:
        if not error.is_forbidden:
            raise
        complain(f"reports that have nothing to say any more stay: {right(POLICY_REPORTS)}")
        return None


def _one(connection: Connection, report: dict[str, dict[str, str]]) -> bool:
    try:
        apply_report(connection, report)
    except Refused as error:
        if not error.is_forbidden:
            raise
        namespace = report["metadata"]["namespace"]
        complain(
            f"you may not apply the PolicyReport of namespace {namespace}; ask its administrators "
            f"for a Role there with the verbs create and patch on policyreports.wgpolicyk8s.io"
        )
        return False
    return True
