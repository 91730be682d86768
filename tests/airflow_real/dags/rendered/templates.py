"""Every way to write a template, one an argument; what stands in the pod is the test's to say."""

from datetime import UTC, datetime

from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator

try:
    from airflow.sdk import Param
except ImportError:  # Airflow 2
    from airflow.models.param import Param

ARGUMENTS = [
    "{{ params.size }}",
    "{{ dag.dag_id }}.{{ task.task_id }}.{{ ti.map_index }}",
    "{% if params.size > 2 %}many{% endif %}",
    "{{ team }}",
    "{{ 'a' | shout }}",
    "{{ ds is defined }}",
    "{{ ds }}",
    "x-{{ ds }}-{{ params.size }}-{{ ts_nodash }}",
    "{{ ds ~ '-' ~ params.size }}",
    "{{ ds[:4] }}",
    "{{ ds | replace('-', '') }}",
    "{{ ds | default('never') }}",
    "{{ [ds, 'a'] | join('-') }}",
    "{{ (ds, 1) }}",
    "{{ ds == '2024-01-01' }}",
    "{{ logical_date.strftime('%Y') }}",
    "{{ macros.ds_add(ds, 7) }}",
    "{{ ti.xcom_pull('extract')['rows'] | int }}",
    "{{ params.day }}",
    "{{ asks() }}",
    "{{ var.value.team }}",
    "{{ conn.warehouse.host }}",
    "{% if dag_run.conf['full'] %}all{% endif %}",
    "{% for one in var.json.tables %}{{ one }}{% endfor %}",
]


def asks() -> str:
    raise RuntimeError("a function of a DAG is not called before the run")


with DAG(
    "templates",
    schedule=None,
    start_date=datetime(2024, 1, 1, tzinfo=UTC),
    params={"size": 3, "day": Param(type="string")},
    user_defined_macros={"team": "payments", "asks": asks},
    user_defined_filters={"shout": lambda text: f"{text.upper()}!"},
):
    KubernetesPodOperator(task_id="all", image="etl:1", namespace="data", arguments=ARGUMENTS)
