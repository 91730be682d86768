"""Planned policies on a real API server: what they would do is counted, and nothing is done."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests import contract
from tests.cluster import binaries
from tests.cluster.creations import creating
from tests.cluster.lone_api_server import LoneApiServer, lone_api_server
from tests.cluster.pods import pod_operator
from tests.cluster.site import (
    BASE,
    LIVE_SECONDS,
    NAMESPACE,
    Place,
    Site,
    config_map,
    policy_of,
)
from tests.cluster.test_configmaps import ROOT, SHELL, kubectl
from tests.cluster.webhooks import Endpoint, registered
from tests.cluster.world import of
from tests.server.reviews import pod, review
from tests.serving import until
from webhook.names import APPLIED

pytestmark = pytest.mark.cluster

STRICT = policy_of("payments") + "requirements: [{label: team}, {label: data-class}]\n"
PLACED = """\
apiVersion: taxiway/v1
requirements: [{label: team}]
teams:
  payments:
    costCenters: [CC-1]
    apply: {nodeSelector: {pool: new}}
"""
MISTAKEN = STRICT.replace("label: data-class", "lable: data-class")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LoneApiServer]:
    found = binaries.locate(binaries.wanted_kubernetes())
    with lone_api_server(found, tmp_path_factory.mktemp("api-server")) as running:
        running.api.create(of("v1", "Namespace", "data")).made()
        for namespace in ("data", "default"):  # no controller is here that would make these
            running.api.create(of("v1", "ServiceAccount", "default", namespace=namespace)).made()
        yield running


@pytest.fixture
def replica(both: Site) -> Place:
    """One of them, with the base policy in force and nothing planned."""
    both.rest()
    both.places[0].wait("nothing is planned", lambda each: page(each)["revision"] is None)
    return both.places[0]


def page(place: Place) -> Any:
    return place.service.get("/shadow").json()


def planned(both: Site, replica: Place, text: str) -> None:
    """Plan this in place of the live file, and wait until it is decided by."""
    shadow = config_map("next", label="shadow", teams_yaml=text)
    shadow["metadata"]["annotations"] = {"taxiway/shadows": "base"}
    both.put(shadow)
    replica.wait("it is planned", lambda each: page(each)["revision"], LIVE_SECONDS)


def admitted(replica: Place, name: str) -> Any:
    """Send a pod through both webhooks, as the API server does. Returns it as it is stored."""
    sent = review(pod(name=name))
    patched = contract.patched(sent, replica.service.review("/mutate", sent))
    assert replica.service.review("/validate", review(patched))["allowed"]
    return patched


def decided(replica: Place, count: int) -> Any:
    replica.wait(f"{count} requests", lambda each: page(each)["decided"] >= count)
    return page(replica)


def test_what_would_be_denied_is_counted_and_admitted(both: Site, replica: Place) -> None:
    before = admitted(replica, "daily-load-before")
    planned(both, replica, STRICT)
    after = admitted(replica, "daily-load-before")
    assert after == before
    found = decided(replica, 1)
    assert (found["decided"], found["differing"], found["kinds"]) == (1, 1, {"newly-denied": 1})
    assert found["counts"] == [
        {"kind": "newly-denied", "rule": "requirement", "team": "payments", "requests": 1}
    ]
    (example,) = found["examples"]
    assert (example["pod"], example["namespace"]) == ("daily-load-before", "airflow")
    assert (example["live"]["outcome"], example["planned"]["outcome"]) == ("allowed", "denied")
    assert example["planned"]["messages"] == [
        "pod daily-load-before (dag daily, task load) breaks 1 rule: [requirement] label "
        'data-class is missing: add labels={"data-class": "..."} to the KubernetesPodOperator.'
    ]
    series = (
        'taxiway_shadow_differences_total{kind="newly-denied",rule="requirement",team="payments"}'
    )
    assert replica.service.metric(series) == 1


def test_pods_of_the_api_server_are_created_as_before_and_counted_once_each(
    both: Site, replica: Place
) -> None:
    """Through both webhooks, 50 a second: none is slower than it may be, none is denied."""
    applied = f"payments@{replica.revision()}"
    endpoint = Endpoint(f"https://localhost:{replica.service.port}", replica.service.ca)
    credentials = both.server.credentials
    with registered(both.api, endpoint):
        planned(both, replica, STRICT)
        with creating(credentials, lambda: pod_operator("daily", team="payments"), 50) as creations:
            time.sleep(2)
        count = len(creations.each)
        found = decided(replica, count)
    assert creations.failures() == []
    assert {each.body["metadata"]["annotations"][APPLIED] for each in creations.each} == {applied}
    assert (found["decided"], found["dropped"]) == (count, 0)
    assert found["kinds"] == {"newly-denied": count}


def test_what_would_be_placed_elsewhere_is_told_by_the_patch(both: Site, replica: Place) -> None:
    planned(both, replica, PLACED)
    admitted(replica, "daily-load")
    (example,) = decided(replica, 1)["examples"]
    assert example["kinds"] == ["placed-elsewhere"]
    assert example["planned"]["patch"] == ['add /spec/nodeSelector/pool "new"']
    assert example["live"]["patch"] == []


def test_a_replica_tells_the_others_what_it_plans(both: Site, replica: Place) -> None:
    planned(both, replica, STRICT)
    revision = page(replica)["revision"]
    until("it is told", lambda: revision in told(both))
    both.api.delete(config_map("next")).made()
    until("it is told that there is none", lambda: told(both) == {None})


def told(both: Site) -> set[str | None]:
    """What the entries of `taxiway-status` say is planned."""
    found = both.api.get("ConfigMap", "taxiway-status", NAMESPACE).made().get("data", {})
    return {json.loads(entry)["shadow"] for entry in found.values()}


def test_a_planned_mistake_is_named_and_concerns_nothing_live(both: Site, replica: Place) -> None:
    live = replica.revision()
    both.put(config_map("next", label="shadow", teams_yaml=MISTAKEN))
    said = replica.wait("it is said", lambda each: page(each)["errors"], LIVE_SECONDS)
    assert said == [
        "next/teams.yaml:4:31: requirements[1]: `label` is missing: the label's key",
        "next/teams.yaml:4:32: requirements[1].lable: unknown key; did you mean `label`?",
    ]
    detail = replica.service.ready()
    assert (detail["ready"], detail["policy"]["last_load"]["errors"]) == (True, [])
    assert detail["shadow"] == {"revision": None, "teams": 0, "errors": said, "off": None}
    assert replica.revision() == live
    assert replica.service.metric("taxiway_shadow_last_load_good") == 0
    assert replica.service.metric("taxiway_policy_last_load_good") == 1


def test_a_live_change_is_live_beside_a_plan_and_begins_the_count_anew(
    both: Site, replica: Place
) -> None:
    planned(both, replica, STRICT)
    admitted(replica, "daily-load")
    decided(replica, 1)
    first = page(replica)["revision"]
    both.put(config_map("growth", teams_yaml=policy_of("growth")))
    both.teams_are(2, LIVE_SECONDS)
    replica.wait("it is planned anew", lambda each: page(each)["revision"] != first)
    found = page(replica)
    assert (found["live_revision"], found["decided"]) == (replica.revision(), 0)
    admitted(replica, "daily-load")
    assert decided(replica, 1)["differing"] == 1


def test_the_guides_own_command_plans_a_set(both: Site, replica: Place) -> None:
    guide = (ROOT / "docs/policies.md").read_text()
    (command,) = (block for block in SHELL.findall(guide) if "policy=shadow" in block)
    kubectl(both, command)
    replica.wait("it is planned", lambda each: page(each)["revision"], LIVE_SECONDS)
    assert replica.service.ready()["shadow"]["teams"] == 3
    both.api.delete(config_map("teams-next")).made()


def test_a_plan_that_is_deleted_is_over(both: Site, replica: Place) -> None:
    planned(both, replica, STRICT)
    both.api.delete(config_map("next")).made()
    replica.wait("nothing is planned", lambda each: page(each)["revision"] is None, LIVE_SECONDS)
    admitted(replica, "daily-load")
    assert page(replica)["decided"] == 0
    assert replica.service.lines("shadow-gone")


def test_a_plan_that_is_given_the_live_label_is_live(both: Site, replica: Place) -> None:
    planned(both, replica, BASE + "mode: warn\n")
    revision = page(replica)["revision"]
    both.put(config_map("base", label=None, teams_yaml=BASE))
    both.put(config_map("next", teams_yaml=BASE + "mode: warn\n"))
    replica.wait("it is live", lambda each: each.revision() == revision, LIVE_SECONDS)
    replica.wait("nothing is planned", lambda each: page(each)["revision"] is None, LIVE_SECONDS)
