"""Real Airflow pods reach their team's nodes through the API server and the scheduler."""

from typing import Any

import pytest

from tests.cluster import pods
from tests.cluster.api import Api, Object
from tests.cluster.replica import Replica
from tests.cluster.world import SCHEDULER, WORKER
from tests.serving import until

pytestmark = pytest.mark.cluster

CREATORS = {"airflow": SCHEDULER, "data": WORKER}
ROLE = "arn:aws:iam::111122223333:role/payments-etl"
PAYMENTS = {
    "team": "payments",
    "cost center": "CC-1001",
    "role": ROLE,
    "class": "payments-batch",
    "priority": 1000,
    "node": "payments",
}
PLATFORM = {
    "team": "platform",
    "cost center": "CC-9000",
    "role": None,
    "class": None,
    "priority": 0,
    "node": "platform",
}
# What the author wrote stays: a cost center that the team may use, the short name of the same
# role, and another class, since this team says `onConflict: keep`.
OVERRIDDEN = PAYMENTS | {
    "cost center": "cc-17",
    "role": "payments-etl",
    "class": "batch-high",
    "priority": 5000,
}
REAL_PODS = {
    "af2.10.5_cncf10.1.0__ke_basic": PAYMENTS,
    "af2.10.5_cncf10.1.0__kpo_basic": PAYMENTS,
    "af2.10.5_cncf10.1.0__kpo_long_unsafe_ids": PLATFORM,
    "af3.3.2_cncf10.25.0__ke_basic": PAYMENTS,
    "af3.3.2_cncf10.25.0__ke_mapped": PAYMENTS,
    "af3.3.2_cncf10.25.0__ke_pod_override": OVERRIDDEN,
    "af3.3.2_cncf10.25.0__kpo_basic": PAYMENTS,
    "legacy_af1.10.15__ke_basic": PAYMENTS,
    "legacy_af2.4.3__ke_basic": PAYMENTS,
}


@pytest.mark.parametrize(("file", "expected"), REAL_PODS.items(), ids=REAL_PODS)
def test_a_real_pod_is_stored_as_policy_says_and_runs_on_its_teams_node(
    taxiway: Replica, api: Api, file: str, expected: dict[str, Any]
) -> None:
    written = pods.real(f"{file}.json")
    stored = api.create(written, user=CREATORS[written["metadata"]["namespace"]]).made()
    running = until(f"{file} is running", lambda: in_phase(api, stored, "Running"))
    assert summary(running) == expected
    assert applied(running) == f"{expected['team']}@{taxiway.revision()}"
    assert lost(written, running) == []


@pytest.mark.parametrize("file", REAL_PODS)
def test_a_real_pod_is_pending_without_taxiway(api: Api, file: str) -> None:
    written = pods.real(f"{file}.json")
    stored = api.create(written, user=CREATORS[written["metadata"]["namespace"]]).made()
    pending = until(f"the scheduler has looked at {file}", lambda: unschedulable(api, stored))
    assert (pending["status"]["phase"], pending["spec"].get("nodeName")) == ("Pending", None)


def summary(pod: Object) -> dict[str, Any]:
    """What policy decides of a pod, and what the cluster made of that."""
    meta, spec = pod["metadata"], pod["spec"]
    return {
        "team": meta["labels"].get("team"),
        "cost center": meta["labels"].get("cost-center"),
        "role": meta["annotations"].get("iam.amazonaws.com/role"),
        "class": spec.get("priorityClassName"),
        "priority": spec["priority"],
        "node": spec["nodeName"],
    }


def applied(pod: Object) -> str:
    return str(pod["metadata"]["annotations"]["taxiway/applied"])


def lost(written: Object, stored: Object) -> list[str]:
    """Labels, annotations, arguments, variables and tolerations of the author's that are gone."""
    gone = [
        f"metadata.{part}.{key}"
        for part in ("labels", "annotations")
        for key, value in (written["metadata"].get(part) or {}).items()
        if stored["metadata"][part].get(key) != value
    ]
    containers = zip(written["spec"]["containers"], stored["spec"]["containers"], strict=True)
    for before, after in containers:
        gone += [part for part in ("args", "env") if (before.get(part) or None) != after.get(part)]
    tolerations = written["spec"].get("tolerations") or []
    return gone + [str(one) for one in tolerations if one not in stored["spec"]["tolerations"]]


def in_phase(api: Api, pod: Object, phase: str) -> Object:
    now = api.get("Pod", pod["metadata"]["name"], pod["metadata"]["namespace"]).made()
    return now if now["status"]["phase"] == phase else {}


def unschedulable(api: Api, pod: Object) -> Object:
    now = api.get("Pod", pod["metadata"]["name"], pod["metadata"]["namespace"]).made()
    reasons = [one.get("reason") for one in now["status"].get("conditions", [])]
    return now if "Unschedulable" in reasons else {}
