"""Pods that something else makes for the task: a Job, and Spark's driver and executors."""

from datetime import UTC, datetime

from airflow.decorators import dag
from airflow.providers.cncf.kubernetes.operators.job import KubernetesJobOperator
from airflow.providers.cncf.kubernetes.operators.spark_kubernetes import SparkKubernetesOperator

APPLICATION = {
    "apiVersion": "sparkoperator.k8s.io/v1beta2",
    "kind": "SparkApplication",
    "metadata": {"name": "train"},
    "spec": {
        "type": "Python",
        "mode": "cluster",
        "image": "spark:4",
        "mainApplicationFile": "local:///train-{{ ds }}.py",
        "sparkVersion": "4.0.0",
        "driver": {"cores": 1, "labels": {"team": "fraud", "dag_id": "fraud_train"}},
        "executor": {"instances": 2, "labels": {"team": "{{ var.value.team }}"}},
    },
}


@dag(schedule=None, start_date=datetime(2024, 1, 1, tzinfo=UTC))
def fraud_train() -> None:
    KubernetesJobOperator(task_id="job", image="train:1", labels={"team": "fraud"}, backoff_limit=0)
    SparkKubernetesOperator(task_id="spark", namespace="airflow", template_spec=APPLICATION)


fraud_train()
