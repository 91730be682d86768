"""Every alert asks for metrics that a running replica has, by labels that they have.

The replica is one in trouble, because some metrics are only there then: one of its duties fails, a
plan does not compile, a pod was denied, and its loader was killed.
"""

import json
import os
import re
import signal
from collections.abc import Iterator

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.cluster import chart
from tests.cluster.api import Object
from tests.cluster.site import config_map, policy_of
from tests.cluster.storing import World, troubles
from tests.server.reviews import pod, review
from tests.serving import Server, until

pytestmark = pytest.mark.cluster

RULES: Object = {"prometheusRule": {"enabled": True}}
SELECTOR = re.compile(r"\b(taxiway_[a-z_]+)\{([^}]*)\}")
MATCHER = re.compile(r'([a-z_]+)(?:=~|!~|!=|=)"([^"]*)"')
TARGET = {"namespace"}  # what Prometheus adds to whatever it scrapes
PLAN = config_map("plan", label="shadow", plan_yaml="nonsense")

Metrics = dict[str, list[dict[str, str]]]  # labels of each series, by the sample's name


def rules(values: Object) -> list[Object]:
    found = chart.one(chart.rendered(values), "PrometheusRule")
    (group,) = found["spec"]["groups"]
    listed: list[Object] = group["rules"]
    return listed


def selectors(expression: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Each metric that is asked for, and what its labels must be like."""
    for name, matchers in SELECTOR.findall(expression):
        yield name, dict(MATCHER.findall(matchers))


@pytest.fixture
def metrics(world: World) -> Iterator[Metrics]:
    with world.replicas(1) as (place,):
        place.service.review("/validate", review(pod({"team": "nobody"})))
        loader = place.service.loader()
        os.kill(loader, signal.SIGKILL)
        until("another loader", lambda: restarted(place.service))
        world.api.delete(config_map("taxiway-status")).made()
        world.put(PLAN)
        world.put(config_map("growth", teams_yaml=policy_of("growth")))
        until("a duty fails", lambda: "status" in troubles(place))
        until("the plan fails", lambda: place.service.ready()["shadow"])
        place.wait("it says how old its view is", lambda each: each.policy["source"]["age_seconds"])
        yield of(place.service)


def restarted(service: Server) -> bool:
    return service.metric('taxiway_policy_loader_restarts_total{reason="ended"}') == 1


def of(service: Server) -> Metrics:
    """What is there; a family without series yet is there by the name of its samples."""
    suffixes = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count")}
    found: Metrics = {}
    for family in text_string_to_metric_families(service.get("/metrics").body.decode()):
        for suffix in suffixes.get(family.type, ("",)):
            found[family.name + suffix] = []
        for sample in family.samples:
            found[sample.name].append(sample.labels)
    return found


def test_every_metric_that_an_alert_asks_for_is_there_with_its_labels(metrics: Metrics) -> None:
    wrong = []
    for rule in rules(RULES):
        for name, labels in selectors(rule["expr"]):
            series = metrics.get(name)
            wanted = labels.keys() - TARGET
            if series is None or (series and not any(wanted <= each.keys() for each in series)):
                wrong.append((rule["alert"], name, sorted(wanted)))
    assert wrong == []
    asked = {name for rule in rules(RULES) for name, _ in selectors(rule["expr"])}
    never_seen = {name for name in asked if not metrics[name]}
    # A bug, a flood and a certificate that is none are brought about in tests of their own.
    assert never_seen == {"taxiway_refused_requests_total", "taxiway_certificate_loads_total"}


def test_nothing_is_asked_for_outside_of_the_release_s_namespace() -> None:
    for rule in rules(RULES):
        named = re.findall(r"\btaxiway_[a-z_]+", rule["expr"])
        found = list(selectors(rule["expr"]))
        assert [name for name, _ in found] == named, rule["expr"]
        assert {labels.get("namespace") for _, labels in found} == {chart.NAMESPACE}
        for opening, closing in ("()", "{}", "[]"):
            assert rule["expr"].count(opening) == rule["expr"].count(closing)


REPLICAS: dict[str, tuple[Object, list[str]]] = {
    "as many as there should be": ({"replicas": 3}, ["3"]),
    "as few as autoscaling may leave": (
        {"autoscaling": {"enabled": True, "minReplicas": 4}},
        ["4"],
    ),
    "never of one, which TaxiwayNotReady is for": ({"replicas": 1}, []),
}


@pytest.mark.parametrize(("values", "least"), REPLICAS.values(), ids=REPLICAS)
def test_missing_replicas_are_told_of(values: Object, least: list[str]) -> None:
    given = [rule["expr"] for rule in rules(RULES | values) if "Missing" in rule["alert"]]
    assert [each.rpartition(" < ")[2] for each in given] == least


def test_what_is_for_prometheus_to_fill_in_is_left_as_it_is() -> None:
    (duty,) = (rule for rule in rules(RULES) if rule["alert"] == "TaxiwayDutyFails")
    said = "Taxiway cannot do its {{ $labels.duty }} duty; /readyz says why under cluster."
    assert duty["annotations"] == {"summary": said}
    assert json.dumps(rules(RULES)).count("{{") == 1
