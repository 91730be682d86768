"""PolicyReports: what they count, and that none grows too large to be stored."""

import json

from tests.engine.given import Json
from webhook.airflow.workload import Workload
from webhook.cli.audited import Thing
from webhook.cli.policy_report import LEFT_OUT, MOST_RESULTS, Reports
from webhook.engine import Decision, Violation

ETCD_BYTES = 1_500_000
MESSAGE = "x" * 2000


def found(*modes: str) -> Decision:
    violations = tuple(Violation("requirement", MESSAGE, "/metadata/labels/t", m) for m in modes)
    return Decision(
        workload=Workload("pod-operator"), team="t", revision="r", violations=violations
    )


def thing(number: int, namespace: str = "airflow") -> Thing:
    return Thing("v1", "Pod", namespace, f"{'n' * 240}-{number}")


def reported(*every: tuple[Thing, Decision], also: set[str] | None = None) -> list[Json]:
    reports = Reports()
    for one in every:
        reports.add(*one)
    return reports.all(also or set())


def summary(report: Json) -> Json:
    return {key: count for key, count in report["summary"].items() if count}


def test_pods_that_break_nothing_are_counted_and_not_listed() -> None:
    (report,) = reported((thing(1), found()), (thing(2), found("enforce", "warn", "audit")))
    assert summary(report) == {"pass": 1, "fail": 1, "warn": 2}
    assert [(each["result"], each["scored"]) for each in report["results"]] == [
        ("fail", True),
        ("warn", False),
        ("warn", False),
    ]


def test_there_is_one_a_namespace_and_an_empty_one_where_nothing_is_left() -> None:
    reports = reported((thing(1, "b"), found()), (thing(2, "a"), found()), also={"c", "a"})
    told = [(report["metadata"]["namespace"], summary(report)) for report in reports]
    assert told == [("a", {"pass": 1}), ("b", {"pass": 1}), ("c", {})]


def test_a_large_one_holds_failures_first_and_can_be_stored() -> None:
    pods = [(thing(at), found("warn" if at % 2 else "enforce")) for at in range(1000)]
    (report,) = reported(*pods)
    assert summary(report) == {"fail": 500, "warn": 500}
    assert len(report["results"]) == MOST_RESULTS
    assert {each["result"] for each in report["results"]} == {"fail"}
    assert report["metadata"]["annotations"] == {LEFT_OUT: "600"}
    assert len(json.dumps(report)) < ETCD_BYTES
