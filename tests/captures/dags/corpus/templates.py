"""KubernetesPodOperator on a template: a file, a dictionary, a whole pod, and two together."""

from datetime import UTC, datetime
from pathlib import Path

from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from kubernetes.client import models as k8s

try:
    from airflow.sdk import DAG
except ImportError:  # Airflow 2
    from airflow import DAG

COMMON = {"schedule": None, "start_date": datetime(2024, 1, 1, tzinfo=UTC), "catchup": False}
IMAGE = "registry.example.com/batch:1"
FILE = str(Path(__file__).with_name("template.yaml"))
POD = k8s.V1Pod(
    metadata=k8s.V1ObjectMeta(labels={"team": "platform"}, annotations={"a": "1"}),
    spec=k8s.V1PodSpec(
        containers=[
            k8s.V1Container(name="base", image="spec", env=[k8s.V1EnvVar("FROM", "spec")]),
            k8s.V1Container(name="proxy", image="proxy"),
        ],
        tolerations=[k8s.V1Toleration(key="spec", operator="Exists")],
        node_selector={"from": "spec"},
    ),
)

with DAG("on_a_file", **COMMON):
    KubernetesPodOperator(task_id="alone", pod_template_file=FILE)
    KubernetesPodOperator(
        task_id="changed",
        pod_template_file=FILE,
        image=IMAGE,
        labels={"team": "fraud"},
        tolerations=[k8s.V1Toleration(key="mine", operator="Exists")],
        env_vars={"MODE": "mine"},
    )

with DAG("on_a_dictionary", **COMMON):
    KubernetesPodOperator(
        task_id="alone",
        pod_template_dict={
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"labels": {"team": "payments"}, "namespace": "data"},
            "spec": {"containers": [{"name": "base", "image": IMAGE}], "nodeSelector": {"a": "b"}},
        },
    )

with DAG("on_a_pod", **COMMON):
    KubernetesPodOperator(task_id="alone", full_pod_spec=POD)
    KubernetesPodOperator(
        task_id="changed",
        full_pod_spec=POD,
        image=IMAGE,
        cmds=["run"],
        node_selector={"from": "me"},
    )

with DAG("on_both", **COMMON):
    KubernetesPodOperator(task_id="together", full_pod_spec=POD, pod_template_file=FILE)
