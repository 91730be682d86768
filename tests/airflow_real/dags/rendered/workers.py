"""Tasks that run in pods of the KubernetesExecutor."""

from datetime import UTC, datetime

from airflow.decorators import dag, task
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from kubernetes.client import models as k8s

try:
    from airflow.providers.standard.operators.empty import EmptyOperator
except ImportError:  # Airflow 2
    from airflow.operators.empty import EmptyOperator

IN_A_POD = {"executor": "KubernetesExecutor"}


@dag(schedule=None, start_date=datetime(2024, 1, 1, tzinfo=UTC), default_args=IN_A_POD)
def growth_nightly() -> None:
    EmptyOperator(task_id="never_runs")

    @task
    def by_template() -> None:
        pass

    @task(
        executor_config={
            "pod_override": k8s.V1Pod(
                metadata=k8s.V1ObjectMeta(labels={"team": "growht"}),
                spec=k8s.V1PodSpec(
                    containers=[k8s.V1Container(name="base", image="airflow:3")],
                    node_selector={"pool": "payments"},
                ),
            )
        }
    )
    def by_override() -> None:
        pass

    @task(
        executor_config={
            "KubernetesExecutor": {
                "image": "airflow:1.10",
                "labels": {"team": "growth"},
                "node_selectors": {"pool": "growth"},
                "request_cpu": "500m",
                "tolerations": [{"key": "dedicated", "operator": "Exists"}],
            }
        }
    )
    def as_in_1_10() -> None:
        pass

    @task.bash(executor="LocalExecutor", executor_config={"pod_override": k8s.V1Pod()})
    def on_the_scheduler() -> str:
        return "true"

    by_template()
    by_override()
    as_in_1_10()
    on_the_scheduler()
    KubernetesPodOperator(task_id="two_pods", image="etl:1", labels={"team": "growth"})


growth_nightly()
