"""What the authors of each workload call the fields of a pod: the tables behind `advice`.

Sources: the parameters of `operators/pod.py` and `operators/job.py` of cncf.kubernetes 10.25.0,
and of `kubernetes_pod_operator.py` in Airflow 1.10.9 and 1.10.15; `from_obj` in 1.10.15's
`pod_generator.py` (1.10 has no `pod_override`: `executor_config` holds the generator's own
arguments); the `SparkPodSpec` of the Spark operator's v1beta2 API; the worker templates of the
charts in apache/airflow, bitnami/charts and airflow-helm/charts. Since 1.19 the official chart
moves its values one by one to `workers.celery.*`; `workers.*` is read by every release.
"""

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

Field = Literal[
    "labels",
    "annotations",
    "tolerations",
    "nodeSelector",
    "affinity",
    "topologySpreadConstraints",
    "priorityClassName",
    "schedulerName",
    "runtimeClassName",
    "serviceAccountName",
    "nodeName",
]
# What none of Airflow's ways to write a pod has a word for: one writes it in a whole pod.
WHOLE_POD_ONLY: frozenset[Field] = frozenset(
    {"topologySpreadConstraints", "runtimeClassName", "nodeName"}
)


class Words(Struct, frozen=True, kw_only=True):
    """How one kind of author writes a pod.

    `label`, a format for one JSON object, and `place` make "add {label} to {place}".
    A field is `fields`' name for it, else `prefix` with Kubernetes' own, then `where`;
    one of those `beyond` this way of writing is Kubernetes' name, then `beyond_where`.
    """

    label: str = "{}"
    place: str
    fields: Mapping[Field, str] = {}
    prefix: str = ""
    where: str
    beyond: frozenset[Field] = frozenset()
    beyond_where: str = ""


OPERATOR: dict[Field, str] = {
    "labels": "labels=",
    "annotations": "annotations=",
    "tolerations": "tolerations=",
    "nodeSelector": "node_selector=",
    "affinity": "affinity=",
    "priorityClassName": "priority_class_name=",
    "schedulerName": "schedulername=",
    "serviceAccountName": "service_account_name=",
}
CLIENT: dict[Field, str] = {
    "nodeSelector": "node_selector",
    "topologySpreadConstraints": "topology_spread_constraints",
    "priorityClassName": "priority_class_name",
    "schedulerName": "scheduler_name",
    "runtimeClassName": "runtime_class_name",
    "serviceAccountName": "service_account_name",
    "nodeName": "node_name",
}
GENERATOR: dict[Field, str] = {
    "nodeSelector": "node_selectors",
    "priorityClassName": "priority_class_name",
    "schedulerName": "schedulername",
    "serviceAccountName": "service_account_name",
}


def _operator(name: str, fields: dict[Field, str] = OPERATOR) -> Words:
    return Words(
        label="labels={}",
        place=f"the {name}",
        fields=fields,
        where=f" of the {name}",
        beyond=WHOLE_POD_ONLY,
        beyond_where=f" in full_pod_spec= or pod_template_file= of the {name}",
    )


def _chart(
    values: str, labels: str, service_account: str, beyond: frozenset[Field] = frozenset()
) -> Words:
    """A Helm chart whose values for a worker stand under `values`."""
    helm = "the Helm values of Airflow"
    return Words(
        place=f"{labels} in {helm}",
        fields={
            "labels": labels,
            "annotations": f"{values}podAnnotations",
            "serviceAccountName": service_account,
        },
        prefix=values,
        where=f" in {helm}",
        beyond=beyond | {"nodeName"},
        beyond_where=" in the pod template of Airflow's workers",
    )


SPARK_PODS = "spec.driver and spec.executor of the SparkApplication"
OTHER_PODS = "of the pod, or of the template in what makes it (Deployment, Job)"

WORDS: Mapping[str, Words] = {
    "pod-operator": _operator("KubernetesPodOperator"),
    "job-operator": _operator("KubernetesJobOperator"),
    "kubernetes-executor": Words(
        label='executor_config={{"pod_override": k8s.V1Pod(metadata=k8s.V1ObjectMeta(labels={}))}}',
        place="the task",
        fields=CLIENT,
        where=' in the "pod_override" of the task\'s executor_config',
    ),
    "spark": Words(
        place="spec.driver.labels and spec.executor.labels of the SparkApplication",
        fields={"serviceAccountName": "serviceAccount"},
        where=f" in {SPARK_PODS}",
        beyond=WHOLE_POD_ONLY,
        beyond_where=f" in template.spec under {SPARK_PODS}",
    ),
    "other": Words(
        place=f"metadata.labels {OTHER_PODS}",
        fields={"labels": "metadata.labels", "annotations": "metadata.annotations"},
        prefix="spec.",
        where=f" {OTHER_PODS}",
    ),
}
WORDS_OF_1_10: Mapping[str, Words] = {
    "pod-operator": _operator(
        "KubernetesPodOperator", {**OPERATOR, "nodeSelector": "node_selectors="}
    ),
    "kubernetes-executor": Words(
        label='executor_config={{"KubernetesExecutor": {{"labels": {}}}}}',
        place="the task",
        fields=GENERATOR,
        where=' in the "KubernetesExecutor" of the task\'s executor_config',
        beyond=WHOLE_POD_ONLY,
        beyond_where=" in the pod_template_file of airflow.cfg",
    ),
}
WORDS_OF_CHARTS: Mapping[str, Words] = {
    "official": _chart("workers.", "workers.labels", "workers.serviceAccount.name"),
    "bitnami": _chart(
        "worker.", "worker.podLabels", "serviceAccount.name", frozenset({"runtimeClassName"})
    ),
    "community": _chart(
        "workers.",
        "workers.podLabels",
        "serviceAccount.name",
        WHOLE_POD_ONLY | {"priorityClassName", "schedulerName"},
    ),
}
