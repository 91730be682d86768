"""Pods that policy refuses: one task for each way to be refused. None is tried again."""

from datetime import UTC, datetime

from airflow.decorators import dag, task
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from kubernetes.client import models as k8s

POD = {"image": "busybox:1.36", "cmds": ["true"], "get_logs": False, "retries": 0}
ON_FRAUDS_NODE = k8s.V1Pod(spec=k8s.V1PodSpec(node_name="fraud", containers=[]))
FRAUDS_NODES = k8s.V1Toleration(key="dedicated", operator="Equal", value="fraud")


@dag(schedule="@once", start_date=datetime(2024, 1, 1, tzinfo=UTC))
def fraud_refused() -> None:
    KubernetesPodOperator(task_id="no_cost_center", **POD)
    KubernetesPodOperator(task_id="deferrable", deferrable=True, **POD)
    KubernetesPodOperator.partial(task_id="mapped", **POD).expand(arguments=[["one"], ["two"]])
    KubernetesPodOperator(
        task_id="a_payments_node",
        labels={"cost-center": "CC-2001"},
        node_selector={"dedicated": "payments"},
        **POD,
    )

    @task.kubernetes(image="python:3.11", get_logs=False, retries=0)
    def decorated() -> None:
        print("scored")

    decorated()


@dag(schedule="@once", start_date=datetime(2024, 1, 1, tzinfo=UTC))
def payments_refused() -> None:
    KubernetesPodOperator(task_id="a_frauds_cost_center", labels={"cost-center": "CC-2001"}, **POD)
    KubernetesPodOperator(
        task_id="a_frauds_claim", labels={"team": "fraud", "cost-center": "CC-2001"}, **POD
    )
    KubernetesPodOperator(
        task_id="a_frauds_role",
        annotations={"iam.amazonaws.com/role": "arn:aws:iam::111122223333:role/fraud-etl"},
        **POD,
    )
    KubernetesPodOperator(task_id="a_frauds_account", service_account_name="fraud-etl", **POD)
    KubernetesPodOperator(task_id="a_frauds_nodes", tolerations=[FRAUDS_NODES], **POD)
    KubernetesPodOperator(task_id="a_node_by_name", full_pod_spec=ON_FRAUDS_NODE, **POD)
    KubernetesPodOperator(task_id="a_team_misspelt", labels={"team": "paymets"}, **POD)


@dag(schedule="@once", start_date=datetime(2024, 1, 1, tzinfo=UTC))
def growth_refused() -> None:
    KubernetesPodOperator(task_id="nobodys", **POD)


fraud_refused()
payments_refused()
growth_refused()
