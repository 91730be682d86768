"""Tasks that the KubernetesExecutor runs in worker pods."""

from datetime import UTC, datetime
from pathlib import Path

from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from kubernetes.client import models as k8s

try:
    from airflow.sdk import DAG, task
except ImportError:  # Airflow 2
    from airflow import DAG
    from airflow.decorators import task

COMMON = {"schedule": None, "start_date": datetime(2024, 1, 1, tzinfo=UTC), "catchup": False}
IMAGE = "registry.example.com/airflow:1"
TEMPLATE = str(Path(__file__).with_name("template.yaml"))


def override(**given):
    return {"pod_override": k8s.V1Pod(**given)}


def base(**given):
    return k8s.V1PodSpec(containers=[k8s.V1Container(name="base", **given)])


with DAG("workers", **COMMON):

    @task
    def plain():
        return 1

    @task(
        executor_config=override(
            metadata=k8s.V1ObjectMeta(labels={"team": "payments"}, annotations={"a": "1"}),
            spec=k8s.V1PodSpec(
                containers=[
                    k8s.V1Container(
                        name="base",
                        image=IMAGE,
                        env=[k8s.V1EnvVar("A", "1")],
                        resources=k8s.V1ResourceRequirements(requests={"cpu": "1"}),
                    ),
                    k8s.V1Container(name="proxy", image="proxy"),
                ],
                tolerations=[k8s.V1Toleration(key="dedicated", operator="Exists")],
                affinity=k8s.V1Affinity(),
                service_account_name="etl",
            ),
        )
    )
    def overridden():
        return 1

    @task(
        executor_config=override(
            metadata=k8s.V1ObjectMeta(labels={"dag_id": "another", "altered": "yes"})
        )
    )
    def pretending():
        return 1

    @task(executor_config={"pod_template_file": TEMPLATE})
    def own_template():
        return 1

    @task(executor_config={"pod_template_file": TEMPLATE} | override(spec=base(image=IMAGE)))
    def both():
        return 1

    @task
    def mapped(number):
        return number

    plain()
    overridden()
    pretending()
    own_template()
    both()
    mapped.expand(number=[1, 2])

with DAG("Workers_with.odd-ids_" + "x" * 60, **COMMON):
    KubernetesPodOperator(
        task_id="launches",
        name="launched",
        image=IMAGE,
        labels={"team": "payments"},
        executor_config=override(metadata=k8s.V1ObjectMeta(labels={"team": "payments"})),
    )
