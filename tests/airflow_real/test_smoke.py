"""What every run of the tests has of a real Airflow: one pod that is placed, one that is refused.

`make test-airflow` has the rest, for both versions.
"""

from collections.abc import Iterator

import pytest

from tests.airflow_real import environments
from tests.airflow_real.deployment import Deployment, TaskInstance, running_deployment
from tests.airflow_real.place import HERE, Place
from tests.airflow_real.placement import PAYMENTS, pods_of, summary
from tests.airflow_real.refusals import refusals

pytestmark = [pytest.mark.airflow, pytest.mark.cluster]


@pytest.fixture(scope="module")
def airflow(place: Place, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    folder = tmp_path_factory.mktemp("smoke")
    dags = HERE / "dags/smoke"
    wanted = environments.wanted()
    given = place.connection()
    with running_deployment(wanted, dags, folder, given, without=("triggerer",)) as running:
        yield running


def test_a_dag_runs_its_pod_on_its_teams_node(place: Place, airflow: Deployment) -> None:
    assert airflow.until_done("payments_smoke") == [TaskInstance("load", -1, "success", 1)]
    (pod,) = pods_of(place, "payments_smoke", "load")
    assert summary(place, pod) == PAYMENTS


def test_a_dag_that_nobody_pays_for_says_so_in_its_tasks_log(
    place: Place, airflow: Deployment
) -> None:
    assert airflow.until_done("fraud_smoke") == [TaskInstance("score", -1, "failed", 1)]
    assert pods_of(place, "fraud_smoke", "score") == []
    assert refusals(airflow.task_log("fraud_smoke", "score")) == [
        "pod POD (dag fraud_smoke, task score) breaks 1 rule: [requirement] label cost-center is "
        'missing; team fraud may use CC-2001: add labels={"cost-center": "CC-2001"} to the '
        "KubernetesPodOperator. Ask #fraud. See https://wiki.example.com/airflow-pods"
    ]
