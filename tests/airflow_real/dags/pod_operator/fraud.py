"""The fraud team's policy gives its pods no cost center: its authors write who pays."""

from datetime import UTC, datetime

from airflow.decorators import dag
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator


@dag(schedule="@once", start_date=datetime(2024, 1, 1, tzinfo=UTC))
def fraud_hourly() -> None:
    KubernetesPodOperator(
        task_id="score",
        image="busybox:1.36",
        cmds=["true"],
        labels={"cost-center": "CC-2001"},
        get_logs=False,
        on_finish_action="keep_pod",
    )


fraud_hourly()
