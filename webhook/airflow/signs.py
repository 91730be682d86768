"""Why a pod is taken for a workload, or for none, in words: `workload` decides, this explains.

The signs are named of the workload that was recognised; they decide nothing.
"""

from collections.abc import Iterator

from webhook import names
from webhook.airflow.workload import NOTHING, TRUE, Workload
from webhook.kube.pod import Pod

_MARKERS = (
    names.KUBERNETES_POD_OPERATOR,
    names.KUBERNETES_EXECUTOR,
    names.SPARK_KUBERNETES_OPERATOR,
)
_CHARTS = {
    "official": (names.TIER, names.COMPONENT),
    "bitnami": (names.RECOMMENDED_COMPONENT, names.RECOMMENDED_NAME, names.HELM_CHART),
    "community": (names.APP, names.COMPONENT, names.RELEASE),
}


def signs(pod: Pod, workload: Workload) -> tuple[str, ...]:
    """What of the pod made it this workload; each is a clause."""
    return tuple(_signs(pod, workload))


def why_not(pod: Pod, namespace: str) -> tuple[str, ...]:
    """Why the pod is none that Taxiway governs; the last says what would govern it."""
    if namespace in names.NEVER_TOUCHED:
        return (f"namespace {namespace} is never touched",)
    if names.MIRROR_POD in (pod.metadata.annotations or NOTHING):
        return (f"it has the annotation {names.MIRROR_POD}: a mirror pod is never touched",)
    return (
        "no label says that Airflow made it",
        *_almost(pod),
        f"only in a namespace labelled {names.GOVERN}: all it would be governed, as `other`",
    )


def _signs(pod: Pod, workload: Workload) -> Iterator[str]:
    labels = pod.metadata.labels or NOTHING
    match workload.kind:
        case "pod-operator" | "job-operator":
            yield _label(names.KUBERNETES_POD_OPERATOR, TRUE)
            if workload.kind == "job-operator":
                yield "an ownerReference is of kind Job"
        case "kubernetes-executor":
            yield _label(names.KUBERNETES_EXECUTOR, TRUE)
        case "spark":
            if labels.get(names.SPARK_KUBERNETES_OPERATOR) == TRUE:
                yield _label(names.SPARK_KUBERNETES_OPERATOR, TRUE)
            else:
                yield from (_label(key, labels[key]) for key in (names.SPARK_ROLE, names.DAG_ID))
        case "celery-worker":
            keys = _CHARTS[workload.chart or "official"]
            yield from (_label(key, labels[key]) for key in keys if key in labels)
            if workload.chart == "community":
                yield "a container is named airflow-worker"
            yield f"so it is a worker of the {workload.chart} chart"
        case _:
            yield f"its namespace is labelled {names.GOVERN}: all, and no label says more"


def _almost(pod: Pod) -> Iterator[str]:
    """Markers with another value: a marker counts by its value, not its presence."""
    labels = pod.metadata.labels or NOTHING
    for key in _MARKERS:
        if key in labels:
            yield f'{_label(key, labels[key])}, and only "{TRUE}" counts'
    if labels.get(names.SPARK_ROLE):
        yield f"label {names.SPARK_ROLE} counts only beside {names.DAG_ID}, which it lacks"


def _label(key: str, value: str) -> str:
    return f'label {key} is "{value}"'
