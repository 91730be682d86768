"""Jobs, Spark applications, and objects given as they are."""

from datetime import UTC, datetime

from airflow.providers.cncf.kubernetes.operators.job import KubernetesJobOperator
from airflow.providers.cncf.kubernetes.operators.resource import KubernetesCreateResourceOperator
from airflow.providers.cncf.kubernetes.operators.spark_kubernetes import SparkKubernetesOperator
from kubernetes.client import models as k8s

try:
    from airflow.sdk import DAG
except ImportError:  # Airflow 2
    from airflow import DAG

COMMON = {"schedule": None, "start_date": datetime(2024, 1, 1, tzinfo=UTC), "catchup": False}
IMAGE = "registry.example.com/batch:1"

with DAG("jobs", **COMMON):
    KubernetesJobOperator(task_id="plain", name="plain", image=IMAGE)
    KubernetesJobOperator(
        task_id="many",
        name="many",
        image=IMAGE,
        labels={"team": "payments"},
        parallelism=3,
        completions=3,
        backoff_limit=1,
        ttl_seconds_after_finished=60,
        service_account_name="etl",
        tolerations=[k8s.V1Toleration(key="dedicated", operator="Exists")],
    )

with DAG("spark", **COMMON):
    SparkKubernetesOperator(
        task_id="given",
        name="given",
        namespace="data",
        image="registry.example.com/spark:3",
        code_path="local:///app.py",
        template_spec={
            "spark": {
                "apiVersion": "sparkoperator.k8s.io/v1beta2",
                "kind": "SparkApplication",
                "metadata": {"namespace": "data"},
                "spec": {
                    "type": "Python",
                    "mode": "cluster",
                    "sparkVersion": "3.5.0",
                    "driver": {"serviceAccount": "spark", "labels": {"team": "payments"}},
                    "executor": {"instances": 2, "labels": {"team": "payments"}},
                },
            },
            "kubernetes": {
                "env_vars": {"MODE": "full"},
                "env_from": [],
                "from_env_config_map": [],
                "from_env_secret": [],
                "node_selector": {"pool": "spark"},
                "affinity": {},
                "tolerations": [{"key": "spark", "operator": "Exists"}],
                "config_map_mounts": {},
                "volume_mounts": [],
                "volumes": [],
                "image_pull_secrets": "",
            },
        },
    )
    SparkKubernetesOperator(
        task_id="filed", name="filed", namespace="data", application_file="spark.yaml"
    )

POD = """
apiVersion: v1
kind: Pod
metadata: {name: by-hand, namespace: data, labels: {team: payments}}
spec:
  containers: [{name: main, image: "registry.example.com/batch:1"}]
"""

with DAG("resources", **COMMON):
    KubernetesCreateResourceOperator(task_id="pod", yaml_conf=POD)
