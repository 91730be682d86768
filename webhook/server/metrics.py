"""What Prometheus may ask: counted on the answer's path in well under a microsecond.

Cardinality is bounded by what is counted: endpoints, workloads, decisions, rules and modes are
closed lists, teams are those of the policy, at most 1,000 of them by name and all others as
`other`. A pod's own words are never a label.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeVar

from prometheus_client import CollectorRegistry
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

from webhook import names
from webhook.admission import Record
from webhook.server.denials import DENIALS
from webhook.server.request_log import broken_rules

CONTENT_TYPE = CONTENT_TYPE_LATEST
# A decision takes some 25 µs, a request with its body a few 100, one that waits for its body 1 s.
BUCKETS = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 1.0)
BUCKET_NAMES = (*map(str, BUCKETS), "+Inf")
# 5 rules of 1,000 teams are 5,000 series, 0.5 MiB a scrape: as much as one metric should be.
MOST_TEAMS = 1000
SAMPLES_A_SLICE = 100  # about 1 ms of rendering
TALLIES_A_SLICE = 7  # of 14 samples each

Gauges = Callable[[], Iterable[Metric]]
EventKey = tuple[str, str]  # a metric of EVENTS, and the value of its one label


class Metrics(Collector):
    """Counts; `gauges` are asked for what is only known when someone scrapes."""

    def __init__(self) -> None:
        self.gauges: list[Gauges] = []
        self.events: Counter[EventKey] = Counter()
        self._requests: dict[tuple[str, str, str], Tally] = {}
        self._denials: Counter[tuple[str, str]] = Counter()
        self._violations: Counter[tuple[str, str]] = Counter()
        self._teams: set[str] = set()

    def know_teams(self, teams: Iterable[str]) -> None:
        """Teams that may be a label from now on, as long as they are no more than 1,000."""
        for team in teams:
            if len(self._teams) >= MOST_TEAMS:
                return
            self._teams.add(team)

    def count(self, record: Record, seconds: float) -> None:
        """One decided request and how long it took, its body included."""
        made_by = record.made_by
        key = (record.endpoint, "" if made_by is None else made_by.kind, record.decision)
        tally = self._requests.get(key)
        if tally is None:
            tally = self._requests[key] = Tally()
        tally.add(seconds)
        if record.violations:
            self._count_violations(record)

    def _count_violations(self, record: Record) -> None:
        for violation in record.violations:
            self._violations[violation.rule, violation.mode] += 1
        if record.decision in DENIALS:
            team = self.team_label(record.team)
            for rule in broken_rules(record):
                self._denials[rule, team] += 1

    def team_label(self, team: str | None) -> str:
        """A team as a label's value: by its name if it is one of those known, else `other`."""
        if team is None:
            return ""
        return team if team in self._teams else "other"

    def collect(self) -> Iterator[Metric]:
        """Families; a large one comes in several pieces, one after the other."""
        yield from self._request_families()
        yield from counters(names.METRIC_DENIALS, DENIALS_HELP, ("rule", "team"), self._denials)
        violations = self._violations
        yield from counters(names.METRIC_VIOLATIONS, VIOLATIONS_HELP, ("rule", "mode"), violations)
        for metric, (help_, label) in EVENTS.items():
            counted = {(of,): n for (name, of), n in self.events.items() if name == metric}
            yield from counters(metric, help_, (label,), counted)
        for ask in self.gauges:
            yield from ask()

    def _request_families(self) -> Iterator[Metric]:
        labels = ("endpoint", "workload", "decision")
        totals = {key: tally.total for key, tally in self._requests.items()}
        yield from counters(names.METRIC_REQUESTS, REQUESTS_HELP, labels, totals)
        for piece in _pieces(self._requests, TALLIES_A_SLICE):
            durations = HistogramMetricFamily(names.METRIC_DURATION, DURATION_HELP, labels=labels)
            for key, tally in piece:
                durations.add_metric(key, tally.buckets(), tally.sum)
            yield durations


class Tally:
    """One series of a histogram: how many took how long."""

    __slots__ = ("_counts", "sum", "total")

    def __init__(self) -> None:
        self._counts = [0] * len(BUCKET_NAMES)
        self.sum = 0.0
        self.total = 0

    def add(self, seconds: float) -> None:
        self._counts[bisect_left(BUCKETS, seconds)] += 1
        self.sum += seconds
        self.total += 1

    def buckets(self) -> list[tuple[str, float]]:
        """As Prometheus wants them: each with all below it."""
        so_far = 0
        named = []
        for name, count in zip(BUCKET_NAMES, self._counts, strict=True):
            so_far += count
            named.append((name, float(so_far)))
        return named


REQUESTS_HELP = "Decided requests; pods that are not Airflow's have no workload."
DURATION_HELP = "From a request's head to its answer, the wait for its body included."
DENIALS_HELP = "Denied requests by each rule that was broken and by team."
VIOLATIONS_HELP = "Violations found, by rule and by the mode in force: only enforce denies."
EVENTS = {
    names.METRIC_REFUSALS: ("Requests that were not decided, by status.", "status"),
    names.METRIC_CONNECTIONS_CUT: ("Connections that were closed on a client.", "reason"),
    names.METRIC_HANDSHAKES: ("TLS handshakes; what began and was not completed failed.", "stage"),
    names.METRIC_POLICY_LOADS: ("Loads of the policy set, good and bad.", "result"),
    names.METRIC_LOADER_RESTARTS: ("Loader processes that had to be replaced.", "reason"),
    names.METRIC_CERTIFICATE_LOADS: ("Changes of the certificate, good and bad.", "result"),
}


K = TypeVar("K", bound=tuple[str, ...])
V = TypeVar("V")


def counters(
    name: str, help_: str, labels: tuple[str, ...], counted: Mapping[K, int]
) -> Iterator[Metric]:
    """One family of counters, in pieces of 100."""
    for piece in _pieces(counted, SAMPLES_A_SLICE):
        family = CounterMetricFamily(name, help_, labels=labels)
        for key, count in piece:
            family.add_metric(key, count)
        yield family


def _pieces(counted: Mapping[K, V], size: int) -> Iterator[list[tuple[K, V]]]:
    """As it is now, in pieces; one empty piece of nothing, so that the family is told of."""
    items = list(counted.items())
    yield items[:size]
    for start in range(size, len(items), size):
        yield items[start : start + size]


def gauge(name: str, help_: str, value: float, **labels: str) -> Metric:
    """One gauge with one value."""
    family = GaugeMetricFamily(name, help_, labels=tuple(labels))
    family.add_metric(tuple(labels.values()), value)
    return family


def rendered(metrics: Collector) -> Iterator[bytes]:
    """The exposition, in slices of about a millisecond: requests come in between."""
    last = ""
    for family in metrics.collect():
        text = generate_latest(_One(family))
        yield _without_head(text) if family.name == last else text
        last = family.name


class _One(CollectorRegistry):
    """A registry of one family."""

    def __init__(self, family: Metric) -> None:
        super().__init__()
        self._family = family

    def collect(self) -> Iterator[Metric]:
        yield self._family


def _without_head(text: bytes) -> bytes:
    """Without the lines `# HELP` and `# TYPE`, which stand once in a family."""
    return text.split(b"\n", 2)[2]
