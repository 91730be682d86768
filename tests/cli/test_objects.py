"""Which pods are found in what is given: a minimal object, and the requests it stands for."""

from typing import Any

import pytest

from webhook.cli.objects import pods_in
from webhook.cli.subject import Defaults, Refusal, Subject

Json = dict[str, Any]
CONTROLLER = "system:serviceaccount:kube-system:"
TEMPLATE: Json = {"metadata": {"labels": {"team": "payments"}}, "spec": {"containers": []}}
GIVEN = Defaults(namespace="given", user="ada")


def pod(**meta: Any) -> Json:
    return {"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": {"containers": []}}


def owner(kind: str, version: str, spec: Json, **meta: Any) -> Json:
    return {"apiVersion": version, "kind": kind, "metadata": {"name": "own", **meta}, "spec": spec}


def review(operation: str = "CREATE", **request: Any) -> Json:
    request = {"uid": "u-1", "operation": operation, "object": pod(name="p"), **request}
    return {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": request}


def found(value: Any, defaults: Defaults = GIVEN) -> list[Subject | Refusal]:
    return list(pods_in(value, "f:1", defaults))


def summed(one: Subject | Refusal) -> tuple[object, ...] | str:
    """Name, namespace, user, operation and the kinds that own it; or why it is refused."""
    if isinstance(one, Refusal):
        return str(one)
    asked = one.request
    owners = [owner.kind for owner in asked.pod.metadata.owner_references or ()]
    return one.name, asked.namespace, asked.user, asked.operation, owners


def made(kind: str, controller: str) -> list[tuple[object, ...]]:
    return [("own", "given", CONTROLLER + controller, "CREATE", [kind])]


SPEC = {"template": TEMPLATE}
CRON = {"jobTemplate": {"spec": SPEC}}
FOUND: list[tuple[str, Any, list[tuple[object, ...]]]] = [
    ("a Pod", pod(name="p"), [("p", "given", "ada", "CREATE", [])]),
    (
        "a Pod with a namespace of its own",
        pod(name="p", namespace="n"),
        [("p", "n", "ada", "CREATE", [])],
    ),
    ("a Pod with a generateName", pod(generateName="p-"), [("p-", "given", "ada", "CREATE", [])]),
    ("a Pod without a name", pod(), [(None, "given", "ada", "CREATE", [])]),
    ("a Job", owner("Job", "batch/v1", SPEC), made("Job", "job-controller")),
    ("a CronJob", owner("CronJob", "batch/v1", CRON), made("Job", "job-controller")),
    (
        "a Deployment",
        owner("Deployment", "apps/v1", SPEC),
        made("ReplicaSet", "replicaset-controller"),
    ),
    (
        "a ReplicaSet",
        owner("ReplicaSet", "apps/v1", SPEC),
        made("ReplicaSet", "replicaset-controller"),
    ),
    (
        "a StatefulSet",
        owner("StatefulSet", "apps/v1", SPEC),
        made("StatefulSet", "statefulset-controller"),
    ),
    (
        "a DaemonSet",
        owner("DaemonSet", "apps/v1", SPEC),
        made("DaemonSet", "daemon-set-controller"),
    ),
    (
        "a ReplicationController",
        owner("ReplicationController", "v1", SPEC),
        made("ReplicationController", "replication-controller"),
    ),
    (
        "a PodTemplate, of which nobody makes pods yet",
        {
            "apiVersion": "v1",
            "kind": "PodTemplate",
            "metadata": {"name": "own"},
            "template": TEMPLATE,
        },
        [("own", "given", "ada", "CREATE", [])],
    ),
    (
        "a template's own name and namespace before its owner's",
        owner(
            "Job",
            "batch/v1",
            {"template": {"metadata": {"name": "t", "namespace": "n"}, "spec": {}}},
            namespace="m",
        ),
        [("t", "n", CONTROLLER + "job-controller", "CREATE", ["Job"])],
    ),
    (
        "an owner's namespace before the given one",
        owner("Job", "batch/v1", SPEC, namespace="m"),
        [("own", "m", CONTROLLER + "job-controller", "CREATE", ["Job"])],
    ),
    (
        "a List of a Pod and a Job",
        {
            "apiVersion": "v1",
            "kind": "List",
            "items": [pod(name="p"), owner("Job", "batch/v1", SPEC)],
        },
        [("p", "given", "ada", "CREATE", []), *made("Job", "job-controller")],
    ),
    (
        "a PodList whose items do not say what they are",
        {"apiVersion": "v1", "kind": "PodList", "items": [{"metadata": {"name": "p"}, "spec": {}}]},
        [("p", "given", "ada", "CREATE", [])],
    ),
    (
        "a List that holds nothing",
        {"apiVersion": "v1", "kind": "List", "items": []},
        [],
    ),
    (
        "an AdmissionReview, whose own request counts",
        review(namespace="asked", userInfo={"username": "grace"}),
        [("p", "asked", "grace", "CREATE", [])],
    ),
    (
        "an AdmissionReview without a namespace or a user",
        review(),
        [("p", "given", "ada", "CREATE", [])],
    ),
    (
        "an AdmissionReview of an update",
        review("UPDATE", namespace="asked", oldObject=pod(name="p")),
        [("p", "asked", "ada", "UPDATE", [])],
    ),
    (
        "an AdmissionReview of a deletion, which has an old object alone",
        review("DELETE", namespace="asked", object=None, oldObject=pod(name="old")),
        [("old", "asked", "ada", "DELETE", [])],
    ),
    (
        "an AdmissionReview of a pod that gets its name later",
        review(namespace="asked", name="later", object=pod()),
        [("later", "asked", "ada", "CREATE", [])],
    ),
    (
        "a SparkApplication, for its driver and one executor",
        {
            "apiVersion": "sparkoperator.k8s.io/v1beta2",
            "kind": "SparkApplication",
            "metadata": {"name": "pi", "namespace": "data"},
            "spec": {"driver": {}, "executor": {}},
        },
        [("pi-driver", "data", "ada", "CREATE", []), ("pi-exec-1", "data", "ada", "CREATE", [])],
    ),
]

ACCEPTED = (
    "give a Pod, a List, an AdmissionReview, a SparkApplication or one of Job, "
    "CronJob, Deployment, ReplicaSet, StatefulSet, DaemonSet, ReplicationController, PodTemplate"
)
REFUSED: list[tuple[str, Any, list[tuple[object, ...] | str]]] = [
    ("text", "x", [f"f:1: this is text, not a Kubernetes object; {ACCEPTED}"]),
    ("a list", [], [f"f:1: this is a list, not a Kubernetes object; {ACCEPTED}"]),
    ("no kind", {"a": 1}, [f"f:1: there is no `kind`, so nobody can tell what it is; {ACCEPTED}"]),
    (
        "a kind that has no pods",
        {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}},
        [f"f:1: Service web is not a pod and makes none; {ACCEPTED}"],
    ),
    (
        "somebody else's Job",
        owner("Job", "batch.volcano.sh/v1alpha1", SPEC),
        [f"f:1: Job own is not a pod and makes none; {ACCEPTED}"],
    ),
    (
        "a policy",
        {"apiVersion": "taxiway/v1", "kind": "x"},
        ["f:1: this is a policy; give it with --policies"],
    ),
    (
        "a List in which only some are pods",
        {
            "apiVersion": "v1",
            "kind": "List",
            "items": [{"apiVersion": "v1", "kind": "Service"}, pod(name="p")],
        },
        [
            f"f:1, items[0]: this Service is not a pod and makes none; {ACCEPTED}",
            ("p", "given", "ada", "CREATE", []),
        ],
    ),
    ("a List without items", {"kind": "List"}, ["f:1: List has no list of `items`"]),
    (
        "a Job without a template",
        owner("Job", "batch/v1", {}),
        ["f:1: Job own has no spec.template"],
    ),
    (
        "a Pod with a label that is a number",
        pod(labels={"x": 1}),
        [
            "f:1: the object is no Pod: Expected `str`, got `int` - at `$.metadata.labels[...]`; "
            "write the value in quotes"
        ],
    ),
    (
        "a Pod with a label of nothing",
        pod(labels={"team": None}),
        [
            "f:1: the object is no Pod: Expected `str`, got `null` - at `$.metadata.labels[...]`; "
            'write "" for an empty value'
        ],
    ),
    (
        "a Pod of no version",
        {"kind": "Pod", "metadata": {}},
        ["f:1: the object is no Pod of v1; send one"],
    ),
    (
        "an AdmissionReview of v1beta1",
        review() | {"apiVersion": "admission.k8s.io/v1beta1"},
        ["f:1: this AdmissionReview is not of admission.k8s.io/v1"],
    ),
    (
        "an AdmissionReview with an answer",
        {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "response": {}},
        ["f:1: this AdmissionReview has no `request`; it is an answer"],
    ),
    (
        "an AdmissionReview about something else",
        review(kind={"group": "apps", "version": "v1", "kind": "Deployment"}),
        ["f:1: this AdmissionReview is about a Deployment; Taxiway judges Pods"],
    ),
    (
        "an AdmissionReview without an object",
        review(object=None),
        ["f:1: there is nothing where a Pod must be"],
    ),
    (
        "a SparkApplication without a spec",
        {"apiVersion": "sparkoperator.k8s.io/v1beta2", "kind": "SparkApplication"},
        ["f:1: this SparkApplication has no spec"],
    ),
]


@pytest.mark.parametrize(
    ("value", "expected"),
    [row[1:] for row in [*FOUND, *REFUSED]],
    ids=[row[0] for row in [*FOUND, *REFUSED]],
)
def test_what_is_found(value: Any, expected: list[tuple[object, ...] | str]) -> None:
    assert [summed(one) for one in found(value)] == expected


def test_without_options_the_namespace_is_default_and_nobody_is_the_user() -> None:
    (one,) = found(pod(name="p"), Defaults())
    assert summed(one) == ("p", "default", None, "CREATE", [])


def test_a_pod_with_a_resource_version_was_read_from_a_cluster() -> None:
    (read,), (written,) = found(pod(resourceVersion="7")), found(pod())
    assert isinstance(read, Subject)
    assert isinstance(written, Subject)
    assert (read.request.from_cluster, written.request.from_cluster) == (True, False)


def test_a_subresource_is_not_judged() -> None:
    (one,) = found(review("UPDATE", subResource="status"))
    assert isinstance(one, Subject)
    assert not one.judged


def test_a_spark_pod_has_what_the_application_says_of_it() -> None:
    application = {
        "apiVersion": "sparkoperator.k8s.io/v1beta2",
        "kind": "SparkApplication",
        "metadata": {"name": "pi"},
        "spec": {
            "nodeSelector": {"pool": "spark"},
            "imagePullSecrets": ["registry"],
            "driver": {
                "labels": {"dag_id": "d"},
                "annotations": {"a": "b"},
                "serviceAccount": "spark",
                "tolerations": [{"key": "k", "operator": "Exists"}],
                "env": [{"name": "TOKEN", "value": "secret"}],
            },
        },
    }
    driver, _ = found(application)
    assert isinstance(driver, Subject)
    assert driver.raw == {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": "pi-driver",
            "labels": {"dag_id": "d", "spark-role": "driver"},
            "annotations": {"a": "b"},
        },
        "spec": {
            "containers": [{"name": "spark-kubernetes-driver"}],
            "nodeSelector": {"pool": "spark"},
            "imagePullSecrets": [{"name": "registry"}],
            "tolerations": [{"key": "k", "operator": "Exists"}],
            "serviceAccountName": "spark",
        },
    }
