"""Pods that the job controller makes for Airflow's KubernetesJobOperator."""

import re

import pytest

from tests.cluster import pods
from tests.cluster.api import Api, Object
from tests.cluster.world import WORKER
from tests.serving import until

pytestmark = [pytest.mark.cluster, pytest.mark.usefixtures("taxiway")]

JOB = "af3.3.2_cncf10.25.0__job_operator.json"


def test_a_job_operators_pod_completes_on_its_teams_node(api: Api) -> None:
    job = api.create(pods.real(JOB), user=WORKER).made()

    def succeeded() -> Object:
        now = api.get("Job", job["metadata"]["name"], "data").made()
        return now if now["status"].get("succeeded") else {}

    until("the Job has succeeded", succeeded)
    (pod,) = api.list("Pod", "data", f"job-name={job['metadata']['name']}")
    assert pod["metadata"]["labels"]["cost-center"] == "CC-1001"
    assert (pod["spec"]["nodeName"], pod["spec"]["priority"]) == ("payments", 1000)


def test_a_job_whose_pod_is_refused_says_so_in_an_event(api: Api) -> None:
    """Airflow sees only that no pod runs: the event is where its author finds the reason."""
    unpaid = pods.real(JOB)
    unpaid["spec"]["template"]["metadata"]["labels"] |= {"team": "fraud", "dag_id": "fraud_hourly"}
    job = api.create(unpaid, user=WORKER).made()
    name = job["metadata"]["name"]

    def failures() -> list[str]:
        events = api.list("Event", "data")
        return [
            event["message"]
            for event in events
            if (event["reason"], event["involvedObject"]["name"]) == ("FailedCreate", name)
        ]

    message = until("the job controller says why", failures)[0]
    assert re.sub(rf"{name}-\w{{5}} ", "POD ", message) == (
        'Error creating: admission webhook "validate.pods.taxiway" denied the request: '
        "pod POD (dag fraud_hourly, task j) breaks 1 rule: [requirement] label cost-center is "
        'missing; team fraud may use CC-2001: add labels={"cost-center": "CC-2001"} to the '
        "KubernetesJobOperator. Ask #fraud. See https://wiki.example.com/airflow-pods"
    )
