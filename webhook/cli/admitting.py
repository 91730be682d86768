"""What an installation tells admission beside the policies, and whether the two agree."""

from collections.abc import Iterable

from prometheus_client.core import Metric

from webhook import names
from webhook.admission import Governors, Settings, unguarded
from webhook.cli.serve import ServeSettings
from webhook.policy.spec import LabelKeys
from webhook.server.logs import Log
from webhook.server.metrics import gauge


def admitting(settings: ServeSettings) -> Settings:
    governors = Governors(settings.govern_users, settings.govern_groups, settings.govern_contact)
    return Settings(settings.namespace, governors, settings.guard_labels)


class GuardReport:
    """Says by log and metric which labels of the policy in force nobody watches."""

    def __init__(self, log: Log, guarded: tuple[str, ...] | None) -> None:
        self._log = log
        self._guarded = guarded
        self._open: tuple[str, ...] = ()

    def compare(self, labels: LabelKeys) -> None:
        """After a good load; logged where it changed."""
        found = unguarded(labels, self._guarded)
        if found != self._open:
            self._open = found
            level = "warning" if found else "info"
            self._log.event(level, "guard-labels", guarded=self._guarded, warnings=found)

    def gauges(self) -> Iterable[Metric]:
        told = "Labels of the policy whose changes the API server does not ask about."
        yield gauge(names.METRIC_UNGUARDED_LABELS, told, len(self._open))
