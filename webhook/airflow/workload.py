"""Which pods Airflow made: the first row that applies, and a marker counts by its value.

| workload              | sign                                                                    |
|-----------------------|-------------------------------------------------------------------------|
| `job-operator`        | `kubernetes_pod_operator: "True"`, and an ownerReference of kind Job    |
| `pod-operator`        | `kubernetes_pod_operator: "True"`                                       |
| `kubernetes-executor` | `kubernetes_executor: "True"`                                           |
| `spark`               | `spark_kubernetes_operator: "True"`, or `spark-role` with `dag_id`      |
| `celery-worker`       | the worker labels of the official, Bitnami and community charts         |
| `other`               | none of these, in a namespace labelled `taxiway/govern: all`            |

By value, because Astronomer's chart puts both operator markers on every pod, one of them
"False". `pod-operator` comes before the executor whatever else is there: the more is checked,
the less it pays to pretend.

Never touched: `kube-system`, the service's own namespace, and mirror pods. A mirror pod is one
that has the annotation at all, as for the kubelet, and it is no way around the check: a kubelet
deletes a mirror pod that it has no static pod for, and never runs it.
"""

from collections.abc import Mapping

from msgspec import Struct

from webhook import names
from webhook.kube.pod import Container, OwnerReference, Pod

TRUE = "True"  # Airflow writes Python's str(True)
NOTHING: Mapping[str, str] = {}


class Workload(Struct, frozen=True, gc=False):
    """What Airflow says of a pod. `dag`, `task` and `run` are None where it does not say."""

    kind: str  # one of names.WORKLOADS
    dag: str | None = None
    task: str | None = None
    run: str | None = None
    airflow_version: str | None = None
    chart: str | None = None  # of a celery-worker: official | bitnami | community


OTHER = Workload("other")


def recognise(
    pod: Pod, *, namespace: str, govern_all: bool, own_namespace: str | None
) -> Workload | None:
    """What made `pod`; None: not governed.

    `namespace` is the request's (at CREATE the pod may name none), `govern_all` whether it is
    labelled `taxiway/govern: all`, `own_namespace` the service's.
    """
    meta = pod.metadata
    labels, annotations = meta.labels or NOTHING, meta.annotations or NOTHING
    if names.MIRROR_POD in annotations or namespace in (*names.NEVER_TOUCHED, own_namespace):
        return None
    if labels.get(names.KUBERNETES_POD_OPERATOR) == TRUE:
        owned = meta.owner_references and _made_by_a_job(meta.owner_references)
        return _labelled("job-operator" if owned else "pod-operator", labels)
    if labels.get(names.KUBERNETES_EXECUTOR) == TRUE:
        return _executed(annotations, labels)
    if _is_spark(labels):
        return _labelled("spark", labels)
    chart = _chart(labels, pod.spec.containers or ())
    if chart:
        return Workload("celery-worker", chart=chart)
    return OTHER if govern_all else None


def _made_by_a_job(owners: list[OwnerReference]) -> bool:
    """The pods of a KubernetesJobOperator come from the Job controller, which owns them."""
    return any(owner.kind == "Job" for owner in owners)


def _is_spark(labels: Mapping[str, str]) -> bool:
    """Provider 10.9.0 and later mark driver and executors; before, the author must name the dag."""
    if labels.get(names.SPARK_KUBERNETES_OPERATOR) == TRUE:
        return True
    return bool(labels.get(names.SPARK_ROLE) and labels.get(names.DAG_ID))


def _chart(labels: Mapping[str, str], containers: tuple[()] | list[Container]) -> str | None:
    """The Helm chart whose Celery workers carry these labels, if any.

    Their executor's pods may carry the same ones, and were recognised before. The community
    chart's labels are so common (`app`, `component`, `release`) that the container must agree.
    Source: the worker templates of apache/airflow, bitnami/charts and airflow-helm/charts.
    """
    if labels.get(names.COMPONENT) == "worker":
        if labels.get(names.TIER) == "airflow":
            return "official"
        if labels.get(names.APP) and labels.get(names.RELEASE):
            named = any(container.name == "airflow-worker" for container in containers)
            return "community" if named else None
    if labels.get(names.RECOMMENDED_COMPONENT) == "worker" and _is_bitnami(labels):
        return "bitnami"
    return None


def _is_bitnami(labels: Mapping[str, str]) -> bool:
    """A release may rename the application (`nameOverride`), but not the chart."""
    if labels.get(names.RECOMMENDED_NAME) == "airflow":
        return True
    return labels.get(names.HELM_CHART, "").startswith("airflow-")


def _labelled(kind: str, labels: Mapping[str, str]) -> Workload:
    """A pod whose labels are all that Airflow says of it; ids in them are sanitised."""
    get = labels.get
    return Workload(
        kind,
        get(names.DAG_ID) or None,
        get(names.TASK_ID) or None,
        get(names.RUN_ID) or get(names.EXECUTION_DATE) or None,
        get(names.AIRFLOW_VERSION),
    )


def _executed(annotations: Mapping[str, str], labels: Mapping[str, str]) -> Workload:
    """An executor's pod: its annotations hold the ids as they are, its labels sanitised ones.

    Those of 1.10.9 to 1.10.12 write no such annotations, hence the labels behind them.
    Source: `worker_configuration.py` up to 1.10.10, then `construct_pod` in `pod_generator.py`.
    """
    ours, theirs = annotations.get, labels.get
    return Workload(
        "kubernetes-executor",
        ours(names.DAG_ID) or theirs(names.DAG_ID) or None,
        ours(names.TASK_ID) or theirs(names.TASK_ID) or None,
        ours(names.RUN_ID) or ours(names.EXECUTION_DATE) or _run(labels),
        theirs(names.AIRFLOW_VERSION),
    )


def _run(labels: Mapping[str, str]) -> str | None:
    """Up to Airflow 2.1 a run is known by its execution date alone."""
    return labels.get(names.RUN_ID) or labels.get(names.EXECUTION_DATE) or None
