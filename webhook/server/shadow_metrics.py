"""What Prometheus may ask of the planned set: counters that go on when the sets are others.

Cardinality is bounded: 5 kinds, of which two have one of 5 rules and one may, by the teams that
have a name as a label's value.
"""

from collections import Counter
from collections.abc import Iterator

from prometheus_client.core import Metric

from webhook import names
from webhook.server.differences import Tally
from webhook.server.metrics import Metrics, counters, gauge
from webhook.server.shadow_health import ShadowHealth


class ShadowMetrics:
    """Keeps what was counted before; what is counted now is given when someone asks."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._results: Counter[tuple[str]] = Counter()
        self._differences: Counter[tuple[str, str, str]] = Counter()

    def ended(self, tally: Tally) -> None:
        """These counts are over."""
        self._results, self._differences = self._with(tally)

    def series(self, tally: Tally, health: ShadowHealth) -> Iterator[Metric]:
        """Those of the counts that are over, and of those that go on."""
        results, differences = self._with(tally)
        yield from counters(names.METRIC_SHADOW_REQUESTS, REQUESTS_HELP, ("result",), results)
        labels = ("kind", "rule", "team")
        yield from counters(names.METRIC_SHADOW_DIFFERENCES, DIFFERENCES_HELP, labels, differences)
        if health.detail() is not None:
            good = "1 if the last load of the planned set was good."
            yield gauge(names.METRIC_SHADOW_GOOD, good, not health.errors)
        if health.revision is not None:
            info = "The planned set."
            yield gauge(names.METRIC_SHADOW_INFO, info, 1, revision=health.revision)

    def _with(self, tally: Tally) -> tuple[Counter[tuple[str]], Counter[tuple[str, str, str]]]:
        results, differences = self._results.copy(), self._differences.copy()
        results.update({(result,): count for result, count in tally.results().items()})
        for (kind, rule, team), count in tally.counts.items():
            differences[kind, rule, self._metrics.team_label(team or None)] += count
        return results, differences


REQUESTS_HELP = "Requests that were to be decided by the planned set too, by what became of them."
DIFFERENCES_HELP = "What the planned set would do differently, a request once for each rule."
