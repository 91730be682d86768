"""What `/shadow` says, word for word, and what Prometheus is told."""

from prometheus_client.core import Metric

from tests.engine.given import engine, pod
from tests.server.test_shadow import STRICT, World, named, record
from webhook.server.metrics import Metrics
from webhook.server.shadow_health import ShadowHealth
from webhook.server.shadow_metrics import ShadowMetrics
from webhook.server.shadow_page import Counted, as_text, page_of

MOVED = {"tolerations": [{"key": "spot", "operator": "Exists"}], "nodeSelector": {"pool": "new"}}
PLANNED = engine(
    docs="https://wiki.example.com/airflow-pods",
    requirements=[{"label": "data-class"}],
    teams={"payments": {"contact": "#payments-data", "apply": MOVED}},
)
GOOD = ShadowHealth("rev", 1, (), ("next/a.yaml:3:1: x: is odd",))


def filled() -> World:
    world = World()
    world.plan(PLANNED)
    world.answered(named("daily-load-x7k2", "daily"))
    world.answered(named("daily-load-9bb1", "daily"))
    world.answered(record(sent=pod({"data-class": "x"})))
    world.run()
    return world


def test_the_page_as_text() -> None:
    world = filled()
    live = world.current.revision if world.current else ""
    assert (
        as_text(page_of(world.shadow, GOOD))
        == f"""\
Planned set {PLANNED.revision} beside the live set {live}, since 2026-06-01T00:00:01.000Z: \
3 requests decided by both, 3 differ; 0 dropped for lack of time, 0 failed. Counted by this \
replica alone, and anew when the planned or the live set changes.
warning: next/a.yaml:3:1: x: is odd

KIND              RULE         TEAM      REQUESTS
newly-denied      requirement  payments  2
placed-elsewhere  -            payments  1

2026-06-01T00:00:04.000Z  placed-elsewhere
  CREATE airflow/daily-load-x7k2 (pod-operator, dag daily, task load)
  live     allowed, team payments
  planned  allowed, team payments
           add /spec/tolerations/- {{"key":"spot","operator":"Exists"}}
           add /spec/nodeSelector/pool "new"

2026-06-01T00:00:02.000Z  newly-denied; 2 like it, until 2026-06-01T00:00:03.000Z
  CREATE airflow/daily-load-x7k2 (pod-operator, dag daily, task load)
  live     allowed, team payments
  planned  denied, team payments
           pod daily-load-x7k2 (dag daily, task load) breaks 1 rule: [requirement] label \
data-class is missing: add labels={{"data-class": "..."}} to the KubernetesPodOperator. Ask \
#payments-data. See https://wiki.example.com/airflow-pods
           add /spec/tolerations/- {{"key":"spot","operator":"Exists"}}
           add /spec/nodeSelector/pool "new"
"""
    )


def test_counts_are_ranked() -> None:
    page = page_of(filled().shadow, GOOD)
    assert page.counts == (
        Counted("newly-denied", "requirement", "payments", 2),
        Counted("placed-elsewhere", None, "payments", 1),
    )
    assert page.counts_left_out == 0


def test_what_is_planned_and_bad_is_its_errors() -> None:
    world = World()
    bad = ShadowHealth(errors=("next/a.yaml:1:1: x: y", "next: z"))
    assert as_text(page_of(world.shadow, bad)) == (
        "What is planned is not good, for 2 errors.\nerror: next/a.yaml:1:1: x: y\nerror: next: z\n"
    )


def test_what_a_terminal_would_obey_is_not_shown() -> None:
    world = World()
    world.plan()
    world.answered(named("x\x1b[2J", "daily\nfaked"))
    world.run()
    text = as_text(page_of(world.shadow, GOOD))
    assert "\x1b" not in text
    assert "CREATE airflow/x?[2J (pod-operator, dag daily?faked, task load)\n" in text


def series(found: Metric) -> dict[tuple[str, ...], float]:
    return {tuple(sample.labels.values()): sample.value for sample in found.samples}


def test_counters_go_on_when_the_sets_are_others() -> None:
    metrics = Metrics()
    metrics.know_teams(["payments"])
    told = ShadowMetrics(metrics)
    first = filled().shadow.tally
    told.ended(first)
    results, differences, good, info = told.series(filled().shadow.tally, GOOD)
    assert series(results) == {("same",): 0, ("differs",): 6, ("dropped",): 0, ("failed",): 0}
    assert series(differences) == {
        ("newly-denied", "requirement", "payments"): 4,
        ("placed-elsewhere", "", "payments"): 2,
    }
    assert (series(good), series(info)) == ({(): 1}, {("rev",): 1})


def test_teams_that_are_not_known_are_one() -> None:
    world = World()
    world.plan(STRICT)
    world.answered(record())
    world.run()
    _, differences = ShadowMetrics(Metrics()).series(world.shadow.tally, ShadowHealth())
    assert series(differences) == {("newly-denied", "requirement", "other"): 1}
