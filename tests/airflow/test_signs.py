"""Why a pod is taken for a workload or for none, in words, and never against what decides it."""

import pytest
from msgspec import convert

from webhook import names
from webhook.airflow.signs import signs, why_not
from webhook.airflow.smallest import Json, smallest
from webhook.airflow.workload import recognise
from webhook.kube.pod import Pod

KPO = 'label kubernetes_pod_operator is "True"'
NO_LABEL = "no label says that Airflow made it"
ONLY = "only in a namespace labelled taxiway/govern: all it would be governed, as `other`"


def made(labels: dict[str, str], container: str = "base", **metadata: object) -> Pod:
    body: Json = {"metadata": {"labels": labels, **metadata}, "spec": {}}
    body["spec"]["containers"] = [{"name": container}]
    return convert(body, Pod)


SIGNS = [
    ("a KubernetesPodOperator's", made({"kubernetes_pod_operator": "True"}), (KPO,)),
    (
        "a KubernetesJobOperator's",
        made({"kubernetes_pod_operator": "True"}, ownerReferences=[{"kind": "Job"}]),
        (KPO, "an ownerReference is of kind Job"),
    ),
    (
        "an executor's, whose other marker says no",
        made({"kubernetes_pod_operator": "False", "kubernetes_executor": "True"}),
        ('label kubernetes_executor is "True"',),
    ),
    (
        "Spark's by its own labels",
        made({"spark-role": "executor", "dag_id": "d"}),
        ('label spark-role is "executor"', 'label dag_id is "d"'),
    ),
    (
        "Spark's by Airflow's label",
        made({"spark_kubernetes_operator": "True"}),
        ('label spark_kubernetes_operator is "True"',),
    ),
    (
        "a worker of the community's chart",
        made({"app": "airflow", "component": "worker", "release": "r"}, "airflow-worker"),
        (
            'label app is "airflow"',
            'label component is "worker"',
            'label release is "r"',
            "a container is named airflow-worker",
            "so it is a worker of the community chart",
        ),
    ),
    (
        "any other's",
        made({"app": "x"}),
        ("its namespace is labelled taxiway/govern: all, and no label says more",),
    ),
]


@pytest.mark.parametrize(("pod", "told"), [row[1:] for row in SIGNS], ids=[row[0] for row in SIGNS])
def test_the_signs_of(pod: Pod, told: tuple[str, ...]) -> None:
    workload = recognise(pod, namespace="a", govern_all=True, own_namespace=None)
    assert workload is not None
    assert signs(pod, workload) == told


NOT = [
    ("a pod of somebody else", made({"app": "x"}), "a", (NO_LABEL, ONLY)),
    (
        "a marker with another value",
        made({"kubernetes_executor": "true"}),
        "a",
        (NO_LABEL, 'label kubernetes_executor is "true", and only "True" counts', ONLY),
    ),
    (
        "a role of Spark without a dag",
        made({"spark-role": "driver"}),
        "a",
        (NO_LABEL, "label spark-role counts only beside dag_id, which it lacks", ONLY),
    ),
    (
        "a namespace that is never touched",
        made({"kubernetes_executor": "True"}),
        "kube-system",
        ("namespace kube-system is never touched",),
    ),
    (
        "a mirror pod",
        made({"kubernetes_executor": "True"}, annotations={names.MIRROR_POD: ""}),
        "a",
        ("it has the annotation kubernetes.io/config.mirror: a mirror pod is never touched",),
    ),
]


@pytest.mark.parametrize(
    ("pod", "namespace", "told"), [row[1:] for row in NOT], ids=[row[0] for row in NOT]
)
def test_not_governed_is(pod: Pod, namespace: str, told: tuple[str, ...]) -> None:
    assert recognise(pod, namespace=namespace, govern_all=False, own_namespace=None) is None
    assert why_not(pod, namespace) == told


@pytest.mark.parametrize("kind", names.WORKLOADS)
def test_the_smallest_pod_of_a_workload_is_taken_for_it(kind: str) -> None:
    """With the ids that it was given, as far as that workload has any."""
    pod = convert(smallest(kind, name=None, dag="a dag", task="t"), Pod)
    found = recognise(pod, namespace="a", govern_all=True, own_namespace=None)
    assert found is not None
    exact = "a dag" if kind == "kubernetes-executor" else "adag-b7712f326"
    dag = None if kind in ("celery-worker", "other") else exact
    assert (found.kind, found.dag) == (kind, dag)
