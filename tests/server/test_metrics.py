"""Counting within bounds, and rendering in slices."""

import time

from prometheus_client.parser import text_string_to_metric_families

from webhook.admission import Record
from webhook.airflow.workload import Workload
from webhook.engine import Violation
from webhook.server.metrics import MOST_TEAMS, Metrics, Tally, rendered


def denial(team: str | None, *rules: str) -> Record:
    violations = tuple(Violation(rule, f"breaks {rule}") for rule in rules)
    return Record(
        endpoint="validate",
        decision="denied",
        made_by=Workload("pod-operator"),
        team=team,
        violations=violations,
    )


def denials(metrics: Metrics) -> dict[tuple[str, str], float]:
    text = b"".join(rendered(metrics)).decode()
    (family,) = (f for f in text_string_to_metric_families(text) if f.name == "taxiway_denials")
    return {(s.labels["rule"], s.labels["team"]): s.value for s in family.samples}


def test_a_denial_counts_once_for_each_rule() -> None:
    metrics = Metrics()
    metrics.know_teams(["payments"])
    metrics.count(denial("payments", "requirement", "requirement", "reserved"), 0.001)
    assert denials(metrics) == {("requirement", "payments"): 1, ("reserved", "payments"): 1}


def test_only_teams_of_the_policy_have_a_name_and_at_most_1000_of_them() -> None:
    metrics = Metrics()
    metrics.know_teams(f"team-{number}" for number in range(MOST_TEAMS + 500))
    for team in ("team-0", f"team-{MOST_TEAMS - 1}", f"team-{MOST_TEAMS}", "made-up", None):
        metrics.count(denial(team, "requirement"), 0.001)
    assert denials(metrics) == {
        ("requirement", "team-0"): 1,
        ("requirement", f"team-{MOST_TEAMS - 1}"): 1,
        ("requirement", "other"): 2,
        ("requirement", ""): 1,
    }


def test_what_is_admitted_is_no_denial() -> None:
    metrics = Metrics()
    warned = Violation("requirement", "breaks it", None, "warn")
    metrics.count(Record(endpoint="validate", decision="warned", violations=(warned,)), 0.001)
    assert denials(metrics) == {}
    text = b"".join(rendered(metrics)).decode()
    assert 'taxiway_violations_total{mode="warn",rule="requirement"} 1.0\n' in text


def test_buckets_hold_all_below_them() -> None:
    tally = Tally()
    for seconds in (0.00005, 0.0001, 0.003, 2.0):
        tally.add(seconds)
    named = dict(tally.buckets())
    assert [named[le] for le in ("0.0001", "0.0025", "0.005", "1.0", "+Inf")] == [2, 2, 3, 3, 4]
    assert (tally.total, round(tally.sum, 5)) == (4, 2.00315)


def crowded() -> Metrics:
    metrics = Metrics()
    metrics.know_teams(f"team-{number}" for number in range(MOST_TEAMS))
    rules = ("requirement", "membership", "reserved", "conflict", "not-applied")
    for number in range(MOST_TEAMS):
        metrics.count(denial(f"team-{number}", *rules), 0.001)
    return metrics


def test_slices_make_one_family_with_one_head() -> None:
    text = b"".join(rendered(crowded())).decode()
    heads = [line for line in text.splitlines() if line.startswith("# TYPE ")]
    assert sorted(heads) == sorted(set(heads))
    assert text.count("\ntaxiway_denials_total{") == 5 * MOST_TEAMS
    for head in heads:
        name = head.split()[2]
        whole = text[text.index(head) :].partition("# HELP ")[0]
        assert text.count(f"\n{name}{{") == whole.count(f"\n{name}{{")


def test_the_most_there_can_be_comes_in_slices_that_hold_up_no_request() -> None:
    """By their size, not by the clock: 100 samples take about a millisecond."""
    pieces = list(rendered(crowded()))
    assert len(pieces) > 5 * MOST_TEAMS / 100
    assert max(piece.count(b"\n") for piece in pieces) <= 100 + 2


def measure() -> None:
    """For a person: how long the longest slice of the largest scrape takes."""
    slowest, total = 0.0, 0.0
    pieces = rendered(crowded())
    while True:
        started = time.perf_counter()
        if next(pieces, None) is None:
            break
        took = time.perf_counter() - started
        slowest, total = max(slowest, took), total + took
    print(f"the whole {total * 1000:.1f} ms, the slowest slice {slowest * 1000:.1f} ms")


if __name__ == "__main__":
    measure()
