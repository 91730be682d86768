"""Functions that run in pods, and mapped tasks."""

from datetime import UTC, datetime

from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from kubernetes.client import models as k8s

try:
    from airflow.sdk import DAG, task, task_group
except ImportError:  # Airflow 2
    from airflow import DAG
    from airflow.decorators import task, task_group

COMMON = {"schedule": None, "start_date": datetime(2024, 1, 1, tzinfo=UTC), "catchup": False}
IMAGE = "registry.example.com/python:3"

with DAG("functions", **COMMON):

    @task.kubernetes(image=IMAGE, namespace="data", labels={"team": "payments"})
    def counted(upto: int, step: int = 1):
        for number in range(0, upto, step):
            print(number)

    @task.kubernetes(image=IMAGE, do_xcom_push=True, env_vars={"A": "1"})
    def returned():
        return {"one": 1}

    @task.kubernetes(image=IMAGE, name="named", random_name_suffix=False)
    def named():
        return None

    counted(10, step=2)
    returned()
    named()

with DAG("functions_of_results", **COMMON):

    @task
    def found() -> int:
        return 3

    @task.kubernetes(image=IMAGE)
    def used(number: int):
        print(number)

    used(found())

with DAG("mapped_pods", **COMMON):
    KubernetesPodOperator.partial(task_id="each", name="each", image=IMAGE).expand(
        arguments=[["a"], ["b", "c"]]
    )
    KubernetesPodOperator.partial(
        task_id="product", image=IMAGE, tolerations=[k8s.V1Toleration(operator="Exists")]
    ).expand(cmds=[["x"], ["y"]], labels=[{"team": "payments"}, {"team": "fraud"}])
    KubernetesPodOperator.partial(task_id="by_name").expand_kwargs(
        [{"image": IMAGE, "name": "one"}, {"image": IMAGE, "name": "two", "namespace": "data"}]
    )

with DAG("mapped_functions", **COMMON):

    @task.kubernetes(image=IMAGE)
    def squared(number: int):
        print(number * number)

    squared.expand(number=[1, 2])

with DAG("mapped_by_results", **COMMON):

    @task
    def names() -> list[list[str]]:
        return [["a"], ["b"]]

    KubernetesPodOperator.partial(task_id="by_result", name="by-result", image=IMAGE).expand(
        arguments=names()
    )

with DAG("mapped_groups", **COMMON):

    @task_group
    def both(day):
        KubernetesPodOperator(task_id="load", name="load", image=IMAGE, arguments=["load"])

    both.expand(day=["monday", "tuesday"])
