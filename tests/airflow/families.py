"""Every family of pods that Airflow has made since 1.10.9: a minimal pod, or one with one change.

Each row is a sentence, the pod's body, and the whole Workload that it is recognised as.
"""

from typing import Any

from webhook.airflow.workload import Workload

Labels = dict[str, str]

IDS = {"dag_id": "daily", "task_id": "load", "try_number": "1"}
DATE = "2021-03-04T05:06:07+00:00"
DATE_LABEL = "2021-03-04T05_06_07_plus_00_00"
RUN = "manual__2026-01-02T03:04:05+00:00"
RUN_LABEL = "manual__2026-01-02T0304050000-3c9ea4d7d"
OLD_RUN = {"execution_date": DATE_LABEL}
NEW_RUN = {"run_id": RUN_LABEL}

EXECUTED = {"kubernetes_executor": "True", "airflow-worker": "42"}
OPERATED = {"kubernetes_pod_operator": "True"}
OFFICIAL = {"tier": "airflow", "component": "worker", "release": "airflow"}
BITNAMI = {
    "app.kubernetes.io/name": "airflow",
    "app.kubernetes.io/instance": "af",
    "app.kubernetes.io/component": "worker",
    "helm.sh/chart": "airflow-24.2.1",
}
COMMUNITY = {"app": "airflow", "component": "worker", "release": "af"}


def made_by(version: str) -> Labels:
    return {"airflow_version": version}


def pod(
    labels: Labels | None = None,
    annotations: Labels | None = None,
    container: str = "base",
    owner: str | None = None,
) -> dict[str, Any]:
    metadata: dict[str, Any] = {"labels": labels, "annotations": annotations}
    if owner is not None:
        metadata["ownerReferences"] = [{"apiVersion": "v1", "kind": owner, "name": "o"}]
    return {"metadata": metadata, "spec": {"containers": [{"name": container}]}}


def executor(run: str | None, version: str, dag: str = "daily") -> Workload:
    return Workload("kubernetes-executor", dag, "load", run, version)


def operator(run: str | None, version: str | None) -> Workload:
    return Workload("pod-operator", "daily", "load", run, version)


OWN_IDS = {"dag_id": "daily été", "task_id": "load", "try_number": "1"}
SAFE_IDS = {"dag_id": "dailyt-22a7ae761", "task_id": "load", "try_number": "1"}

EXECUTORS: dict[str, tuple[dict[str, Any], Workload]] = {
    "1.10.9 has no annotations, so its labels count": (
        pod(SAFE_IDS | OLD_RUN | EXECUTED | made_by("1.10.9")),
        executor(DATE_LABEL, "1.10.9", dag="dailyt-22a7ae761"),
    ),
    "1.10.15 writes the ids in annotations": (
        pod(IDS | OLD_RUN | EXECUTED | made_by("1.10.15"), IDS | {"execution_date": DATE}),
        executor(DATE, "1.10.15"),
    ),
    "2.0 knows a run by its date": (
        pod(SAFE_IDS | OLD_RUN | EXECUTED | made_by("2.0.2"), OWN_IDS | {"execution_date": DATE}),
        executor(DATE, "2.0.2", dag="daily été"),
    ),
    "2.2 to 2.6 may write the date beside the run": (
        pod(
            IDS | NEW_RUN | OLD_RUN | EXECUTED | made_by("2.2.5"),
            IDS | {"run_id": RUN, "execution_date": DATE},
        ),
        executor(RUN, "2.2.5"),
    ),
    "2.7 and later: the annotation is the id, the label what was left of it": (
        pod(SAFE_IDS | NEW_RUN | EXECUTED | made_by("2.10.5"), OWN_IDS | {"run_id": RUN}),
        executor(RUN, "2.10.5", dag="daily été"),
    ),
    "a mapped task": (
        pod(
            IDS | NEW_RUN | EXECUTED | made_by("2.7.3") | {"map_index": "3"},
            IDS | {"run_id": RUN, "map_index": "3"},
        ),
        executor(RUN, "2.7.3"),
    ),
    "3.x": (
        pod(IDS | NEW_RUN | EXECUTED | made_by("3.3.2"), IDS | {"run_id": RUN}),
        executor(RUN, "3.3.2"),
    ),
    "3.4 adds the task instance's id": (
        pod(
            IDS | NEW_RUN | EXECUTED | made_by("3.4.0") | {"ti_id": "0199-7"},
            IDS | {"run_id": RUN, "task_instance_id": "0199-7"},
        ),
        executor(RUN, "3.4.0"),
    ),
    "under the official chart it carries the Celery workers' labels": (
        pod(IDS | NEW_RUN | EXECUTED | made_by("2.10.5") | OFFICIAL, IDS | {"run_id": RUN}),
        executor(RUN, "2.10.5"),
    ),
    "under Bitnami's chart too": (
        pod(IDS | NEW_RUN | EXECUTED | made_by("2.10.5") | BITNAMI, IDS | {"run_id": RUN}),
        executor(RUN, "2.10.5"),
    ),
    "a pod_override of its annotation is what Airflow goes by, too": (
        pod(IDS | NEW_RUN | EXECUTED | made_by("3.3.2"), IDS | {"run_id": RUN, "dag_id": "other"}),
        executor(RUN, "3.3.2", dag="other"),
    ),
    "a pod_override that empties the annotation leaves the label": (
        pod(IDS | NEW_RUN | EXECUTED | made_by("3.3.2"), IDS | {"run_id": RUN, "dag_id": ""}),
        executor(RUN, "3.3.2"),
    ),
    "a hook that took all ids away leaves an executor's pod": (
        pod({"kubernetes_executor": "True"}),
        Workload("kubernetes-executor"),
    ),
    "a container renamed by its author changes nothing": (
        pod(IDS | NEW_RUN | EXECUTED | made_by("3.3.2"), IDS | {"run_id": RUN}, container="mine"),
        executor(RUN, "3.3.2"),
    ),
    "Astronomer's hook marks the other operator False": (
        pod(
            IDS | NEW_RUN | EXECUTED | made_by("2.10.5") | {"kubernetes_pod_operator": "False"},
            IDS | {"run_id": RUN},
        ),
        executor(RUN, "2.10.5"),
    ),
}

OPERATORS: dict[str, tuple[dict[str, Any], Workload]] = {
    "1.10.9 names no dag": (
        pod(OPERATED | made_by("1.10.9")),
        Workload("pod-operator", airflow_version="1.10.9"),
    ),
    "1.10.15 and providers up to 3 know a run by its date": (
        pod(IDS | OLD_RUN | OPERATED | made_by("1.10.15")),
        operator(DATE_LABEL, "1.10.15"),
    ),
    "providers since 3.1 write the run": (
        pod(IDS | NEW_RUN | OPERATED | made_by("2.4.3")),
        operator(RUN_LABEL, "2.4.3"),
    ),
    "providers since 4 add whether it runs in the cluster": (
        pod(IDS | NEW_RUN | OPERATED | made_by("3.3.2") | {"airflow_kpo_in_cluster": "True"}),
        operator(RUN_LABEL, "3.3.2"),
    ),
    "in a sub-dag": (
        pod(IDS | NEW_RUN | OPERATED | made_by("2.4.3") | {"parent_dag_id": "all"}),
        operator(RUN_LABEL, "2.4.3"),
    ),
    "the decorator makes the same": (
        pod(IDS | NEW_RUN | OPERATED | made_by("3.3.2"), container="base"),
        operator(RUN_LABEL, "3.3.2"),
    ),
    "an annotation of the author's is not Airflow's": (
        pod(IDS | NEW_RUN | OPERATED | made_by("3.3.2"), {"dag_id": "other"}),
        operator(RUN_LABEL, "3.3.2"),
    ),
    "Astronomer's hook marks the executor False": (
        pod(IDS | NEW_RUN | OPERATED | made_by("2.10.5") | {"kubernetes_executor": "False"}),
        operator(RUN_LABEL, "2.10.5"),
    ),
    "both markers at once: the one that is checked more": (
        pod(IDS | NEW_RUN | OPERATED | EXECUTED | made_by("3.3.2"), IDS | {"run_id": RUN}),
        operator(RUN_LABEL, "3.3.2"),
    ),
    "owned by anything but a Job it is the operator's own": (
        pod(IDS | NEW_RUN | OPERATED | made_by("3.3.2"), owner="ReplicaSet"),
        operator(RUN_LABEL, "3.3.2"),
    ),
    "owned by a Job it is the Job operator's": (
        pod(IDS | NEW_RUN | OPERATED | made_by("3.3.2"), owner="Job"),
        Workload("job-operator", "daily", "load", RUN_LABEL, "3.3.2"),
    ),
}

SPARKS: dict[str, tuple[dict[str, Any], Workload]] = {
    "a driver, marked since 10.9.0": (
        pod(IDS | NEW_RUN | {"spark_kubernetes_operator": "True", "spark-role": "driver"}),
        Workload("spark", "daily", "load", RUN_LABEL),
    ),
    "an executor, marked since 10.9.0": (
        pod(IDS | NEW_RUN | {"spark_kubernetes_operator": "True", "spark-role": "executor"}),
        Workload("spark", "daily", "load", RUN_LABEL),
    ),
    "marked, and without a role yet": (
        pod({"spark_kubernetes_operator": "True"}),
        Workload("spark"),
    ),
    "a driver of before 10.9.0, whose author named the dag": (
        pod({"spark-role": "driver", "dag_id": "daily"}),
        Workload("spark", "daily"),
    ),
    "an executor of before 10.9.0, whose author named the dag": (
        pod({"spark-role": "executor", "dag_id": "daily", "task_id": "load"}),
        Workload("spark", "daily", "load"),
    ),
}

CELERY: dict[str, tuple[dict[str, Any], Workload]] = {
    "the official chart's": (
        pod(OFFICIAL, container="worker"),
        Workload("celery-worker", chart="official"),
    ),
    "Bitnami's": (
        pod(BITNAMI, container="airflow-worker"),
        Workload("celery-worker", chart="bitnami"),
    ),
    "Bitnami's, renamed": (
        pod(BITNAMI | {"app.kubernetes.io/name": "flows"}),
        Workload("celery-worker", chart="bitnami"),
    ),
    "Bitnami's, its chart not labelled": (
        pod({k: v for k, v in BITNAMI.items() if k != "helm.sh/chart"}),
        Workload("celery-worker", chart="bitnami"),
    ),
    "the community's": (
        pod(COMMUNITY, container="airflow-worker"),
        Workload("celery-worker", chart="community"),
    ),
    "a worker whose hook marked both operators False": (
        pod(OFFICIAL | {"kubernetes_executor": "False", "kubernetes_pod_operator": "False"}),
        Workload("celery-worker", chart="official"),
    ),
    "a worker that names a dag is still nobody's": (
        pod(OFFICIAL | IDS),
        Workload("celery-worker", chart="official"),
    ),
}

FAMILIES = {
    f"{family}: {sentence}": row
    for family, rows in {
        "executor": EXECUTORS,
        "operator": OPERATORS,
        "spark": SPARKS,
        "celery": CELERY,
    }.items()
    for sentence, row in rows.items()
}
