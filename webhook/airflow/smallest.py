"""The smallest pod of each workload: what Airflow itself puts on it, and nothing else.

For tests of policies, which say `workload: pod-operator` where a whole pod would hide what they
are about. What is written here is what `workload` reads; the sources are named there.
"""

from typing import Any

from webhook import names
from webhook.airflow.ids import safe_label_value
from webhook.airflow.workload import TRUE

Json = dict[str, Any]
JOB_CONTROLLER = "system:serviceaccount:kube-system:job-controller"

_MARKS: dict[str, dict[str, str]] = {
    "job-operator": {names.KUBERNETES_POD_OPERATOR: TRUE},
    "pod-operator": {names.KUBERNETES_POD_OPERATOR: TRUE},
    "kubernetes-executor": {names.KUBERNETES_EXECUTOR: TRUE},
    "spark": {names.SPARK_KUBERNETES_OPERATOR: TRUE, names.SPARK_ROLE: "driver"},
    "celery-worker": {names.TIER: "airflow", names.COMPONENT: "worker", names.RELEASE: "airflow"},
    "other": {},
}
_CONTAINERS = {"spark": "spark-kubernetes-driver", "celery-worker": "worker"}


def smallest(kind: str, *, name: str | None, dag: str | None, task: str | None) -> Json:
    """`kind` is one of names.WORKLOADS. Labels hold ids as Airflow sanitises them."""
    ids = {names.DAG_ID: dag, names.TASK_ID: task}
    known = {key: value for key, value in ids.items() if value is not None}
    labels = {**_MARKS[kind], **{key: safe_label_value(value) for key, value in known.items()}}
    metadata: Json = {"name": name or kind, "labels": labels}
    if kind == "kubernetes-executor":
        metadata["annotations"] = known
    if kind == "job-operator":
        metadata["ownerReferences"] = [
            {"apiVersion": "batch/v1", "kind": "Job", "name": name or kind, "controller": True}
        ]
    container = {"name": _CONTAINERS.get(kind, "base")}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": metadata,
        "spec": {"containers": [container]},
    }
