"""Tasks whose pods the KubernetesExecutor launches: nothing of them says where they run."""

from datetime import UTC, datetime

from airflow.decorators import dag, task
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from kubernetes.client import models as k8s

FRAUDS_NODES = k8s.V1Toleration(key="dedicated", operator="Equal", value="fraud")
FOREVER = datetime(2024, 1, 1, tzinfo=UTC)


def override(*tolerations: k8s.V1Toleration, **labels: str) -> dict[str, k8s.V1Pod]:
    """What an author may write of the worker's pod."""
    spec = k8s.V1PodSpec(containers=[k8s.V1Container(name="base")], tolerations=[*tolerations])
    return {"pod_override": k8s.V1Pod(metadata=k8s.V1ObjectMeta(labels=labels), spec=spec)}


@dag(schedule="@once", start_date=FOREVER)
def payments_executed() -> None:
    @task
    def count(day: int) -> int:
        return day

    @task(executor_config=override(**{"cost-center": "CC-1002"}))
    def paid_by_another_center() -> None:
        print("paid")

    count.expand(day=[1, 2])
    paid_by_another_center()


@dag(schedule="@once", start_date=FOREVER)
def payments_launching() -> None:
    """Its worker pod launches a pod in turn."""
    KubernetesPodOperator(
        task_id="launch",
        image="busybox:1.36",
        cmds=["true"],
        get_logs=False,
        on_finish_action="keep_pod",
    )


@dag(schedule="@once", start_date=FOREVER)
def payments_adopted() -> None:
    """Its worker pod runs while the scheduler is killed."""

    @task
    def outlive() -> None:
        print("still here")

    outlive()


@dag(schedule="@once", start_date=FOREVER)
def fraud_executed() -> None:
    @task(executor_config=override(**{"cost-center": "CC-2001"}))
    def score() -> None:
        print("scored")

    @task(retries=0)
    def no_cost_center() -> None:
        print("never")

    score()
    no_cost_center()


@dag(schedule="@once", start_date=FOREVER)
def payments_barred() -> None:
    @task(retries=0, executor_config=override(FRAUDS_NODES))
    def frauds_nodes() -> None:
        print("never")

    @task(retries=0, executor_config=override(team="fraud", **{"cost-center": "CC-2001"}))
    def frauds_claim() -> None:
        print("never")

    frauds_nodes()
    frauds_claim()


payments_executed()
payments_launching()
payments_adopted()
fraud_executed()
payments_barred()
