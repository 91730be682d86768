"""One pod that its team's policy places, and one that nobody pays for."""

from datetime import UTC, datetime

from airflow.decorators import dag
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator

POD = {
    "image": "busybox:1.36",
    "cmds": ["true"],
    "get_logs": False,
    "on_finish_action": "keep_pod",
    "retries": 0,
}


@dag(schedule="@once", start_date=datetime(2024, 1, 1, tzinfo=UTC))
def payments_smoke() -> None:
    KubernetesPodOperator(task_id="load", **POD)


@dag(schedule="@once", start_date=datetime(2024, 1, 1, tzinfo=UTC))
def fraud_smoke() -> None:
    KubernetesPodOperator(task_id="score", **POD)


payments_smoke()
fraud_smoke()
