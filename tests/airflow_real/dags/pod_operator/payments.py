"""What authors of the payments team write: no toleration, no node, no role, no cost center.

Each pod is kept, so that it can be looked at; its logs are not asked for, because a fake node has
none.
"""

from datetime import UTC, datetime

from airflow.decorators import dag, task
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator

POD = {
    "image": "busybox:1.36",
    "cmds": ["true"],
    "get_logs": False,
    "on_finish_action": "keep_pod",
}


@dag(schedule="@once", start_date=datetime(2024, 1, 1, tzinfo=UTC))
def payments_daily() -> None:
    KubernetesPodOperator(task_id="plain", **POD)
    KubernetesPodOperator(task_id="deferrable", deferrable=True, **POD)
    KubernetesPodOperator.partial(task_id="mapped", **POD).expand(
        arguments=[["monday"], ["tuesday"], ["wednesday"]]
    )

    @task.kubernetes(image="python:3.11", get_logs=False, on_finish_action="keep_pod")
    def decorated() -> None:
        print("paid")

    decorated()


@dag(schedule="@once", start_date=datetime(2024, 1, 1, tzinfo=UTC))
def payments_results() -> None:
    """Its result is fetched by exec, which a fake node cannot do: the task fails there."""
    KubernetesPodOperator(task_id="with_xcom", do_xcom_push=True, **POD)


payments_daily()
payments_results()
