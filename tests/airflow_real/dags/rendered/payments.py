"""Pods of KubernetesPodOperators: fine ones, refused ones, and ones that only a run can tell."""

from datetime import UTC, datetime

from airflow.decorators import dag, task
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from helpers import Audited, report
from kubernetes.client import models as k8s


@dag(schedule=None, start_date=datetime(2024, 1, 1, tzinfo=UTC), params={"size": 3})
def payments_daily() -> None:
    extract = KubernetesPodOperator(
        task_id="extract",
        image="etl:{{ ds_nodash }}",
        labels={"size": "{{ params.size }}", "of": "{{ dag.dag_id }}-{{ ti.task_id }}"},
        do_xcom_push=True,
    )
    KubernetesPodOperator(
        task_id="load",
        image="etl:1",
        labels={"cost-center": "CC-9999"},
        arguments=["{{ ti.xcom_pull('extract')['rows'] | int }}"],
    )
    KubernetesPodOperator(
        task_id="train",
        image="etl:1",
        tolerations=[k8s.V1Toleration(key="gpu", operator="Exists")],
    )
    KubernetesPodOperator(
        task_id="of_whom",
        image="etl:1",
        labels={"team": "{{ var.value.team }}"},
    )
    KubernetesPodOperator(
        task_id="where",
        image="etl:1",
        node_selector={"pool": "{{ dag_run.conf['pool'] }}"},
        labels={"cost-center": "CC-9999"},
    )
    KubernetesPodOperator.partial(task_id="mapped", image="etl:1").expand(
        labels=[{"cost-center": "CC-1002"}, {"cost-center": "CC-2001"}]
    )
    KubernetesPodOperator.partial(task_id="mapped_later", image="etl:1").expand(
        labels=extract.output
    )

    @task.kubernetes(
        image="python:3.12",
        labels={"capacity": "spot"},
        node_selector={"pool": "batch"},
    )
    def decorated(rows: int) -> int:
        return rows

    decorated(1)
    Audited(task_id="audited", image="etl:1")
    report("by_a_helper", labels={"cost-center": "CC-9999"})
    KubernetesPodOperator(
        task_id="cannot_render", image="etl:1", cmds=["{{ params.size.nothing.at_all }}"]
    )


payments_daily()
