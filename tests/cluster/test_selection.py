"""What the chart's webhook entries select, asked of the API server: with nobody to answer.

Where an entry selects a request it fails closed, and the refusal names it; where none does, the
request goes through. So the conditions are held against the table of workloads, one by one, and
none of them may fail where a map is absent: that would be a refusal too.
"""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from tests.cluster import pods
from tests.cluster.api import Api, Object, Reply
from tests.cluster.processes import free_port
from tests.cluster.webhooks import Endpoint, in_force, validating
from tests.cluster.world import of
from webhook.airflow.workload import recognise
from webhook.kube.pod import Pod
from webhook.server.certificates import make_certificates

pytestmark = pytest.mark.cluster

Labels = dict[str, str]
REFUSED = 'Internal error occurred: failed calling webhook "{}": '


@pytest.fixture(scope="module")
def stored(api: Api) -> Iterator[Object]:
    """A pod without labels and annotations, from before the entries are in force."""
    made = api.create(pod({}, "governed")).made()
    yield made
    api.delete(made).made()


@pytest.fixture(scope="module")
def nobody(api: Api, stored: Object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The validating entries are in force, and nobody listens where they lead."""
    made = make_certificates(tmp_path_factory.mktemp("nobody"))
    endpoint = Endpoint(f"https://localhost:{free_port()}", made.authority)
    with in_force(api, validating(endpoint), lambda reply: reply.code >= 400):
        yield


def asked(reply: Reply) -> str | None:
    """The entry that the API server wanted to ask."""
    if reply.code < 400:
        return None
    code, reason, message = reply.refusal
    assert (code, reason) == (500, "InternalError"), message
    head, _, name = message.partition('webhook "')
    assert head == REFUSED.partition('webhook "')[0], message
    return name.partition('"')[0]


MARKED: dict[str, Labels] = {
    "KubernetesPodOperator": {"kubernetes_pod_operator": "True"},
    "KubernetesExecutor": {"kubernetes_executor": "True"},
    "Spark, by its marker": {"spark_kubernetes_operator": "True"},
    "Spark, by its role and the dag": {"spark-role": "driver", "dag_id": "daily"},
    "both markers, one of them False": {
        "kubernetes_pod_operator": "False",
        "kubernetes_executor": "True",
    },
    "Celery, the official chart": {"component": "worker", "tier": "airflow"},
    "Celery, the Bitnami chart": {
        "app.kubernetes.io/component": "worker",
        "app.kubernetes.io/name": "airflow",
    },
    "Celery, the Bitnami chart by another name": {
        "app.kubernetes.io/component": "worker",
        "helm.sh/chart": "airflow-22.4.0",
    },
    "Celery, the community chart": {"component": "worker", "app": "airflow", "release": "prod"},
}
UNMARKED: dict[str, Labels] = {
    "no labels at all": {},
    "a marker that says False": {"kubernetes_pod_operator": "False"},
    "a marker in lower case": {"kubernetes_executor": "true"},
    "Spark without a dag": {"spark-role": "driver"},
    "a dag without Spark": {"dag_id": "daily"},
    "a worker of something else": {"component": "worker", "tier": "backend"},
    "a worker of some release without its app": {"component": "worker", "release": "prod"},
    "another part of Airflow": {"component": "scheduler", "tier": "airflow"},
    "another part of Bitnami's": {
        "app.kubernetes.io/component": "web",
        "app.kubernetes.io/name": "airflow",
    },
    "a worker of another chart": {
        "app.kubernetes.io/component": "worker",
        "helm.sh/chart": "celery-1.0.0",
    },
}
CASES = [
    pytest.param(labels, entry, id=title)
    for cases, entry in ((MARKED, "validate.pods.taxiway"), (UNMARKED, None))
    for title, labels in cases.items()
]


def pod(labels: Labels, namespace: str, container: str = "airflow-worker") -> Object:
    made = pods.pod(namespace, **labels)
    made["spec"]["containers"][0]["name"] = container
    if not labels:
        del made["metadata"]["labels"]
    return made


@pytest.mark.parametrize(("labels", "entry"), CASES)
def test_a_new_pod_is_asked_about_where_the_service_would_judge_it(
    nobody: None, api: Api, labels: Labels, entry: str | None
) -> None:
    made = pod(labels, "data")
    assert asked(api.create(made, dry_run=True)) == entry
    read = msgspec.convert(made, Pod)
    workload = recognise(read, namespace="data", govern_all=False, own_namespace="taxiway")
    assert (workload is not None) == (entry is not None)


def test_the_community_charts_labels_count_with_its_container_alone(nobody: None, api: Api) -> None:
    labels = MARKED["Celery, the community chart"]
    assert asked(api.create(pod(labels, "data", "base"), dry_run=True)) is None


@pytest.mark.parametrize("labels", [{}, {"kubernetes_pod_operator": "True"}], ids=["none", "one"])
def test_every_pod_of_a_governed_namespace_is_asked_about_once(
    nobody: None, api: Api, labels: Labels
) -> None:
    assert asked(api.create(pod(labels, "governed"), dry_run=True)) == "validate.all.taxiway"


@pytest.mark.parametrize("namespace", ["taxiway", "kube-system", "kube-node-lease"])
def test_pods_that_a_cluster_starts_with_are_never_asked_about(
    nobody: None, api: Api, namespace: str
) -> None:
    api.create(of("v1", "Namespace", namespace))  # where it is not there yet
    account = of("v1", "ServiceAccount", "default", namespace=namespace)
    api.create(account)
    made = pod({"kubernetes_pod_operator": "True"}, namespace)
    api.create(made, dry_run=True).made()


def test_a_mirror_pod_is_never_asked_about(nobody: None, api: Api) -> None:
    made = pod({}, "governed")
    made["metadata"]["annotations"] = {"kubernetes.io/config.mirror": "hash"}
    made["spec"]["nodeName"] = "payments"
    api.create(made, dry_run=True).made()


ROLE = "iam.amazonaws.com/role"
TOLERATION = {"key": "gpu", "operator": "Exists", "effect": "NoSchedule"}
UPDATES: dict[str, tuple[Any, str | None]] = {
    "a finalizer": ({"metadata": {"finalizers": ["example.com/kept"]}}, None),
    "a label of nobody's": ({"metadata": {"labels": {"already_checked": "True"}}}, None),
    "an annotation of nobody's": ({"metadata": {"annotations": {"example.com/a": "b"}}}, None),
    "the team": ({"metadata": {"labels": {"team": "fraud"}}}, "guard.all.taxiway"),
    "the cost center": ({"metadata": {"labels": {"cost-center": "1"}}}, "guard.all.taxiway"),
    "the IAM role": ({"metadata": {"annotations": {ROLE: "fraud"}}}, "guard.all.taxiway"),
}


@pytest.mark.parametrize(("patch", "entry"), UPDATES.values(), ids=UPDATES)
def test_an_update_is_asked_about_where_it_adds(
    nobody: None, stored: Object, api: Api, patch: Any, entry: str | None
) -> None:
    assert asked(api.patch(stored, patch)) == entry
    api.patch(stored, {"metadata": {"finalizers": None}})


def test_an_added_toleration_is_asked_about(nobody: None, stored: Object, api: Api) -> None:
    tolerations = [*stored["spec"].get("tolerations", []), TOLERATION]
    patch = {"spec": {"tolerations": tolerations}}
    assert asked(api.patch(stored, patch)) == "guard.all.taxiway"


GOVERN = {"taxiway/govern": "all"}
NAMESPACES: dict[str, tuple[Labels | None, Labels | None, bool]] = {
    "a new one without labels": (None, None, False),
    "a new one with the label": (None, GOVERN, True),
    "a new one with the label, empty": (None, {"taxiway/govern": ""}, True),
    "one that gets another label": ({}, {"owner": "joe"}, False),
    "one that gets the label": ({}, GOVERN, True),
    "one that gets the label, empty": ({}, {"taxiway/govern": ""}, True),
}


@pytest.mark.parametrize(("before", "labels", "is_asked"), NAMESPACES.values(), ids=NAMESPACES)
def test_a_namespace_is_asked_about_where_the_label_is_set(
    nobody: None, api: Api, before: Labels | None, labels: Labels | None, is_asked: bool
) -> None:
    if before is None:
        made = of("v1", "Namespace", pods.fresh("ns"), **({"labels": labels} if labels else {}))
        reply = api.create(made, dry_run=True)
    else:
        stored = api.get("Namespace", "unwatched").made() | {"kind": "Namespace"}
        reply = api.patch(stored, {"metadata": {"labels": labels}})
    assert asked(reply) == ("validate.namespaces.taxiway" if is_asked else None)


@pytest.mark.parametrize("value", [None, "none"], ids=["removed", "changed"])
def test_a_governed_namespace_is_asked_about_where_the_label_is(
    nobody: None, api: Api, value: str | None
) -> None:
    stored = api.get("Namespace", "governed").made() | {"kind": "Namespace"}
    reply = api.patch(stored, {"metadata": {"labels": {"taxiway/govern": value}}})
    assert asked(reply) == "validate.namespaces.taxiway"


def test_a_policy_is_stored_while_nobody_can_check_it(nobody: None, api: Api) -> None:
    """With `Fail` nobody could mend one while the service is down."""
    api.create(of("v1", "Namespace", "taxiway"))
    made = of("v1", "ConfigMap", "p", namespace="taxiway", labels={"taxiway/policy": "live"})
    api.create(made, dry_run=True).made()
