"""Changes of a pod: the way around admission is closed, and Airflow's own way stays open."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.cluster import pods
from tests.cluster.api import Api, Object
from tests.cluster.replica import Replica
from tests.cluster.world import WORKER
from tests.serving import until

pytestmark = pytest.mark.cluster

GUARD = 'admission webhook "guard.pods.taxiway" denied the request: '
FRAUDS_ROLE = "arn:aws:iam::111122223333:role/fraud-etl"


@pytest.fixture
def pending(taxiway: Replica, api: Api) -> Object:
    """A pod of team payments that no node can take."""
    written = pods.pod_operator("payments_daily")
    written["spec"]["nodeSelector"] = {"rack": "none-there-is"}
    return api.create(written, user=WORKER).made()


@pytest.fixture
def running(taxiway: Replica, api: Api) -> Object:
    """A pod of team payments on its team's node."""
    stored = api.create(pods.pod_operator("payments_daily"), user=WORKER).made()
    name = stored["metadata"]["name"]

    def now() -> Object:
        read = api.get("Pod", name, "data").made()
        return read if read["status"]["phase"] == "Running" else {}

    return until("the pod is running", now)


@pytest.fixture
def stopped(running: Object, taxiway: Replica) -> Iterator[Object]:
    """A running pod whose API server cannot reach Taxiway."""
    with taxiway.stopped():
        yield running


def test_a_pending_pod_is_not_given_another_teams_toleration(api: Api, pending: Object) -> None:
    wanted = {"spec": {"tolerations": [*pending["spec"]["tolerations"], pods.tolerating("fraud")]}}
    assert api.patch(pending, wanted, user=WORKER).refusal == (
        400,
        "BadRequest",
        f"{GUARD}pod {pending['metadata']['name']} (dag payments_daily, task load) breaks 1 rule: "
        "[reserved] toleration dedicated=fraud:NoSchedule belongs to team fraud: remove it. "
        "Ask #payments-data. See https://wiki.example.com/airflow-pods",
    )


def test_a_pending_pod_may_be_given_a_toleration_that_is_nobodys(api: Api, pending: Object) -> None:
    gpu = {"key": "gpu", "operator": "Exists", "effect": "NoSchedule"}
    wanted = {"spec": {"tolerations": [*pending["spec"]["tolerations"], gpu]}}
    assert gpu in api.patch(pending, wanted, user=WORKER).made()["spec"]["tolerations"]


def test_a_running_pod_is_not_given_another_teams_role(api: Api, running: Object) -> None:
    wanted = {"metadata": {"annotations": {"iam.amazonaws.com/role": FRAUDS_ROLE}}}
    assert api.patch(running, wanted, user=WORKER).refusal == (
        400,
        "BadRequest",
        f"{GUARD}pod {running['metadata']['name']} (dag payments_daily, task load) breaks 1 rule: "
        f"[reserved] IAM role {FRAUDS_ROLE} belongs to team fraud: remove it. "
        "Ask #payments-data. See https://wiki.example.com/airflow-pods",
    )


def test_a_running_pod_does_not_change_sides(api: Api, running: Object) -> None:
    wanted = {"metadata": {"labels": {"team": "fraud"}}}
    assert api.patch(running, wanted, user=WORKER).refusal[:2] == (400, "BadRequest")


def test_a_pod_does_not_slip_the_guard_by_losing_its_marker(api: Api, running: Object) -> None:
    wanted = {
        "metadata": {
            "labels": {"kubernetes_pod_operator": None},
            "annotations": {"iam.amazonaws.com/role": FRAUDS_ROLE},
        }
    }
    assert api.patch(running, wanted, user=WORKER).refusal[:2] == (400, "BadRequest")


# What Airflow itself does to its pods, and what the cluster does to end them.
AIRFLOWS_OWN: dict[str, dict[str, Any]] = {
    "KubernetesPodOperator marks it as checked": {"labels": {"already_checked": "True"}},
    "KubernetesExecutor marks it as done": {"labels": {"airflow_executor_done": "True"}},
    "a new scheduler adopts it": {"labels": {"airflow-worker": "43"}},
    "a finalizer is added": {"finalizers": ["example.com/kept"]},
}


@pytest.mark.parametrize("change", AIRFLOWS_OWN.values(), ids=AIRFLOWS_OWN)
def test_goes_through_with_the_service_stopped(
    api: Api, stopped: Object, change: dict[str, Any]
) -> None:
    api.patch(stopped, {"metadata": change}, user=WORKER).made()


def test_deletion_goes_through_with_the_service_stopped(api: Api, stopped: Object) -> None:
    api.patch(stopped, {"metadata": {"finalizers": ["example.com/kept"]}}).made()
    api.delete(stopped, user=WORKER).made()
    api.patch(stopped, {"metadata": {"finalizers": None}}).made()
    name = stopped["metadata"]["name"]
    until("the pod is gone", lambda: api.get("Pod", name, "data").code == 404)


def test_the_guard_fails_closed_with_the_service_stopped(api: Api, stopped: Object) -> None:
    wanted = {"metadata": {"annotations": {"iam.amazonaws.com/role": FRAUDS_ROLE}}}
    code, reason, message = api.patch(stopped, wanted, user=WORKER).refusal
    assert (code, reason) == (500, "InternalError")
    assert message.startswith(
        'Internal error occurred: failed calling webhook "guard.pods.taxiway": '
    )
