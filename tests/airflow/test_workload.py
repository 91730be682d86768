"""Recognition: the families of Airflow's pods, and who pretends to be one."""

from typing import Any

import msgspec
import pytest

from tests.airflow.families import (
    BITNAMI,
    COMMUNITY,
    FAMILIES,
    IDS,
    NEW_RUN,
    OFFICIAL,
    OPERATED,
    operator,
    pod,
)
from webhook.airflow.workload import Workload, recognise
from webhook.kube.pod import Pod


def recognised(body: dict[str, Any], *, namespace: str = "data") -> Workload | None:
    decoded = msgspec.convert(body, Pod)
    return recognise(decoded, namespace=namespace, govern_all=False, own_namespace="taxiway")


@pytest.mark.parametrize(("body", "workload"), FAMILIES.values(), ids=FAMILIES.keys())
def test_a_pod_of_airflows_is_recognised(body: dict[str, Any], workload: Workload) -> None:
    assert recognised(body) == workload


NOT_AIRFLOWS = {
    "a pod without labels": pod(),
    "a pod with empty labels": pod({}, {}),
    "a pod with empty metadata and spec": {"metadata": {}, "spec": {}},
    "a web server": pod({"app": "web", "pod-template-hash": "5d4f"}),
    "a marker that is not exactly True": pod(IDS | {"kubernetes_pod_operator": "true"}),
    "an empty marker": pod(IDS | {"kubernetes_executor": ""}),
    "both operators marked False": pod(
        IDS | {"kubernetes_executor": "False", "kubernetes_pod_operator": "False"}
    ),
    "the dashed markers of an old hook": pod(IDS | {"kubernetes-executor": "True"}),
    "ids alone": pod(IDS | NEW_RUN),
    "a Spark driver that names no dag": pod({"spark-role": "driver"}),
    "a Spark driver with an empty dag": pod({"spark-role": "driver", "dag_id": ""}),
    "a dag with an empty Spark role": pod({"spark-role": "", "dag_id": "daily"}),
    "the official chart's scheduler": pod(OFFICIAL | {"component": "scheduler"}),
    "a worker of another tier": pod(OFFICIAL | {"tier": "shop"}, container="airflow-worker-2"),
    "Bitnami's scheduler": pod(BITNAMI | {"app.kubernetes.io/component": "scheduler"}),
    "another chart's worker": pod(
        BITNAMI | {"app.kubernetes.io/name": "spark", "helm.sh/chart": "spark-9.0.0"}
    ),
    "the community chart's labels around another container": pod(COMMUNITY, container="web"),
    "the community chart's labels without its release": pod(
        COMMUNITY | {"release": ""}, container="airflow-worker"
    ),
    "the community chart's worker without its app": pod(
        {"component": "worker", "release": "af"}, container="airflow-worker"
    ),
}


@pytest.mark.parametrize("body", NOT_AIRFLOWS.values(), ids=NOT_AIRFLOWS.keys())
def test_any_other_pod_is_left_alone(body: dict[str, Any]) -> None:
    assert recognised(body) is None


@pytest.mark.parametrize("body", NOT_AIRFLOWS.values(), ids=NOT_AIRFLOWS.keys())
def test_any_other_pod_of_a_governed_namespace_is_governed_as_other(body: dict[str, Any]) -> None:
    decoded = msgspec.convert(body, Pod)
    workload = recognise(decoded, namespace="data", govern_all=True, own_namespace="taxiway")
    assert workload == Workload("other")


@pytest.mark.parametrize(("body", "workload"), FAMILIES.values(), ids=FAMILIES.keys())
def test_airflows_pods_stay_what_they_are_in_a_governed_namespace(
    body: dict[str, Any], workload: Workload
) -> None:
    decoded = msgspec.convert(body, Pod)
    assert recognise(decoded, namespace="data", govern_all=True, own_namespace=None) == workload


MIRROR = {"kubernetes.io/config.mirror": "0f3c"}
NEVER = {
    "in kube-system": (pod(IDS | OPERATED), "kube-system"),
    "in the service's own namespace": (pod(IDS | OPERATED), "taxiway"),
    "as a mirror pod": (pod(IDS | OPERATED, MIRROR), "data"),
    "as a mirror pod whose hash is empty": (pod(IDS | OPERATED, dict.fromkeys(MIRROR, "")), "data"),
}


@pytest.mark.parametrize(("body", "namespace"), NEVER.values(), ids=NEVER.keys())
@pytest.mark.parametrize("govern_all", [False, True], ids=["airflow's only", "all"])
def test_some_pods_are_never_touched(
    body: dict[str, Any], namespace: str, *, govern_all: bool
) -> None:
    decoded = msgspec.convert(body, Pod)
    workload = recognise(
        decoded, namespace=namespace, govern_all=govern_all, own_namespace="taxiway"
    )
    assert workload is None


def test_the_namespace_is_the_requests_and_not_the_pods() -> None:
    body = pod(IDS | OPERATED)
    body["metadata"]["namespace"] = "kube-system"
    assert recognised(body, namespace="data") == operator(None, None)


def test_outside_a_cluster_there_is_no_own_namespace() -> None:
    decoded = msgspec.convert(pod(IDS | OPERATED), Pod)
    workload = recognise(decoded, namespace="taxiway", govern_all=False, own_namespace=None)
    assert workload == operator(None, None)
