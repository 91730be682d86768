"""Pods of KubernetesPodOperators whose authors wrote nothing of where they run and who pays.

| in the DAG               | what comes of it                                         |
|--------------------------|----------------------------------------------------------|
| plain, mapped, decorated | a pod each; the task ends well when its pod does         |
| deferrable               | the same; the triggerer watches the pod                  |
| with an XCom sidecar     | the pod runs, and the task's own container ends          |

Left out, because a fake node has neither: logs of containers, and results through exec. The task
with the sidecar fails where Airflow asks for its result.
"""

import json

import pytest

from tests.airflow_real.deployment import Deployment, TaskInstance
from tests.airflow_real.place import NAMESPACE, Place
from tests.airflow_real.placement import FRAUD, PAYMENTS, index_of, pods_of, summary

pytestmark = [pytest.mark.airflow, pytest.mark.cluster]

PAYMENTS_TASKS = {"plain": [-1], "deferrable": [-1], "decorated": [-1], "mapped": [0, 1, 2]}


@pytest.mark.parametrize(
    ("task", "map_indexes"),
    [
        pytest.param(task, indexes, id=f"{task}, {len(indexes)} of it")
        for task, indexes in PAYMENTS_TASKS.items()
    ],
)
def test_a_pod_without_a_word_of_its_author_runs_on_its_teams_node(
    place: Place, pod_operators: Deployment, task: str, map_indexes: list[int]
) -> None:
    ended = pod_operators.until_done("payments_daily")
    assert [each for each in ended if each.task == task] == [
        TaskInstance(task, index, "success", 1) for index in map_indexes
    ], pod_operators.task_log("payments_daily", task, map_indexes[0])
    pods = pods_of(place, "payments_daily", task)
    assert [index_of(pod) for pod in pods] == map_indexes
    assert [summary(place, pod) for pod in pods] == [PAYMENTS] * len(map_indexes)


def test_a_team_whose_policy_gives_a_service_account_has_it(
    place: Place, pod_operators: Deployment
) -> None:
    assert pod_operators.until_done("fraud_hourly") == [TaskInstance("score", -1, "success", 1)]
    (pod,) = pods_of(place, "fraud_hourly", "score")
    assert summary(place, pod) == FRAUD


def test_a_deferred_task_was_watched_by_the_triggerer(pod_operators: Deployment) -> None:
    pod_operators.until_done("payments_daily")
    logs = "logs/dag_id=payments_daily/run_id=*/task_id=deferrable/attempt=1.log.trigger.*"
    (of_the_trigger,) = pod_operators.home.glob(logs)
    assert "Checking pod 'deferrable-" in of_the_trigger.read_text()


def test_a_pod_with_an_xcom_sidecar_is_placed_and_its_task_is_only_failed_by_the_exec(
    place: Place, pod_operators: Deployment
) -> None:
    (ended,) = pod_operators.until_done("payments_results")
    (pod,) = pods_of(place, "payments_results", "with_xcom")
    assert summary(place, pod) == PAYMENTS | {"phase": "Running"}
    states = {each["name"]: [*each["state"]] for each in pod["status"]["containerStatuses"]}
    assert states == {"base": ["terminated"], "airflow-xcom-sidecar": ["running"]}
    assert ended == TaskInstance("with_xcom", -1, "failed", 1)
    # The API server's answer to the exec: the node says of no kubelet where it could be reached.
    no_kubelet = "no preferred addresses found"
    assert no_kubelet in pod_operators.task_log("payments_results", "with_xcom")


def test_no_label_that_airflow_puts_on_its_pods_later_is_refused(
    place: Place, pod_operators: Deployment
) -> None:
    """A pod that is kept is labelled `already_checked`: an update of what Taxiway placed."""
    pod_operators.until_done("payments_daily")
    updates = [
        event["responseStatus"]["code"]
        for event in map(json.loads, place.control_plane.audit_log.read_text().splitlines())
        if event["verb"] == "patch" and event["objectRef"]["namespace"] == NAMESPACE
    ]
    pods = [pod for task in PAYMENTS_TASKS for pod in pods_of(place, "payments_daily", task)]
    assert {pod["metadata"]["labels"].get("already_checked") for pod in pods} == {"True"}
    assert set(updates) == {200}
    assert len(updates) >= len(pods)
