"""Rows of the table of merges: the fields of which a pod has one.

Priority class, scheduler, runtime class, and the service account that `iam` gives.
"""

from typing import Any

import pytest

from tests.engine.given import (
    CELERY,
    EXECUTOR,
    Json,
    applies,
    decide,
    engine,
    operations,
    pod,
    told,
)

KPO = "of the KubernetesPodOperator"
IRSA = {"provider": "irsa", "serviceAccountName": "ours"}
AZURE = {"provider": "azure", "serviceAccountName": "ours"}
USE = "/metadata/labels/azure.workload.identity~1use"
REMEDY = {
    "priorityClassName": f"remove priority_class_name= {KPO}",
    "schedulerName": f"remove schedulername= {KPO}",
    "runtimeClassName": f"remove runtimeClassName in full_pod_spec= or pod_template_file= {KPO}",
    "serviceAccountName": f"remove service_account_name= {KPO}",
}
FIELDS = tuple(REMEDY)


def wanting(field: str, on_conflict: str = "deny") -> dict[str, Any]:
    if field == "serviceAccountName":
        return {"iam": IRSA, "onConflict": on_conflict}
    return {field: "ours", "onConflict": on_conflict}


def by(field: str, on_conflict: str = "deny", **top: Any) -> Any:
    return engine(**top, teams={"payments": {"apply": wanting(field, on_conflict)}})


def conflicts(field: str) -> list[Any]:
    said = f"{field} is mine, team payments wants ours: {REMEDY[field]}"
    return [("conflict", f"/spec/{field}", said)]


def put(op: str, field: str) -> list[Json]:
    return [{"op": op, "path": f"/spec/{field}", "value": "ours"}]


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize(
    ("on_conflict", "there", "op", "broken"),
    [
        pytest.param("deny", {}, "add", False, id="set where absent"),
        pytest.param("deny", None, "add", False, id="null is absent"),
        pytest.param("deny", "", "replace", False, id="an empty name is absent"),
        pytest.param("deny", "ours", None, False, id="right already"),
        pytest.param("deny", "mine", None, True, id="another is a conflict"),
        pytest.param("keep", "mine", None, False, id="with keep the author's stands"),
        pytest.param("override", "mine", "replace", False, id="with override it is replaced"),
    ],
)
def test_a_field_of_one_value(
    field: str, on_conflict: str, there: Any, op: str | None, broken: bool
) -> None:
    spec = {} if there == {} else {field: there}
    decision = decide(by(field, on_conflict), pod(spec=spec))
    assert operations(decision) == (put(op, field) if op else [])
    assert told(decision) == (conflicts(field) if broken else [])


@pytest.mark.parametrize(
    ("field", "default"),
    [("serviceAccountName", "default"), ("schedulerName", "default-scheduler")],
)
def test_what_kubernetes_fills_in_counts_as_absent(field: str, default: str) -> None:
    decision = decide(by(field), pod(spec={field: default}))
    assert (operations(decision), told(decision)) == (put("replace", field), [])


@pytest.mark.parametrize("field", FIELDS)
def test_what_the_policy_says_the_cluster_fills_in_counts_as_absent(field: str) -> None:
    told_by_policy = by(field, clusterDefaults={field: ["mine"]})
    decision = decide(told_by_policy, pod(spec={field: "mine"}))
    assert (operations(decision), told(decision)) == (put("replace", field), [])


def test_each_cluster_default_has_its_own_default() -> None:
    """Saying one of them leaves the others as they are."""
    said = by("serviceAccountName", clusterDefaults={"schedulerName": ["mine"]})
    assert told(decide(said, pod(spec={"serviceAccountName": "default"}))) == []
    replaced = by("schedulerName", clusterDefaults={"schedulerName": ["mine"]})
    assert told(decide(replaced, pod(spec={"schedulerName": "default-scheduler"}))) == [
        (
            "conflict",
            "/spec/schedulerName",
            "schedulerName is default-scheduler, team payments wants ours: "
            + REMEDY["schedulerName"],
        )
    ]


REMOVED = {
    "priority": {"op": "remove", "path": "/spec/priority"},
    "preemptionPolicy": {"op": "remove", "path": "/spec/preemptionPolicy"},
    "overhead": {"op": "remove", "path": "/spec/overhead"},
}


@pytest.mark.parametrize(
    ("field", "spec", "removed"),
    [
        pytest.param(
            "priorityClassName",
            {"priority": 0, "preemptionPolicy": "PreemptLowerPriority"},
            ["priority", "preemptionPolicy"],
            id="with a priority class go the number and the preemption policy",
        ),
        pytest.param(
            "priorityClassName", {"priority": 0}, ["priority"], id="only what is there is removed"
        ),
        pytest.param(
            "priorityClassName",
            {"priority": None, "preemptionPolicy": None, "overhead": {"cpu": "1"}},
            [],
            id="null is not there, and overhead is none of a priority's business",
        ),
        pytest.param(
            "runtimeClassName",
            {"overhead": {"cpu": "1"}, "priority": 0},
            ["overhead"],
            id="with a runtime class goes the overhead",
        ),
        pytest.param(
            "schedulerName",
            {"overhead": {"cpu": "1"}, "priority": 0},
            [],
            id="with a scheduler goes nothing",
        ),
    ],
)
def test_what_kubernetes_computed_for_the_old_value_is_removed(
    field: str, spec: Json, removed: list[str]
) -> None:
    decision = decide(by(field), pod(spec=spec))
    assert operations(decision) == [*put("add", field), *(REMOVED[name] for name in removed)]


@pytest.mark.parametrize("field", ["priorityClassName", "runtimeClassName"])
@pytest.mark.parametrize(
    ("there", "on_conflict"), [("ours", "deny"), ("mine", "deny"), ("mine", "keep")]
)
def test_nothing_computed_is_removed_where_the_class_does_not_change(
    field: str, there: str, on_conflict: str
) -> None:
    """Else the pod would be stored without a priority."""
    spec = {field: there, "priority": 1000, "preemptionPolicy": "Never", "overhead": {"cpu": "1"}}
    assert operations(decide(by(field, on_conflict), pod(spec=spec))) == []


@pytest.mark.parametrize("field", ["priorityClassName", "runtimeClassName"])
def test_an_override_removes_what_was_computed_too(field: str) -> None:
    spec = {field: "mine", "priority": 1000, "preemptionPolicy": "Never", "overhead": {"cpu": "1"}}
    paths = [each["path"] for each in operations(decide(by(field, "override"), pod(spec=spec)))]
    computed = ["priority", "preemptionPolicy"] if field == "priorityClassName" else ["overhead"]
    assert paths == [f"/spec/{name}" for name in (field, *computed)]


@pytest.mark.parametrize(
    ("labels", "provider", "given"),
    [
        pytest.param({}, "irsa", True, id="the operator's pod gets irsa's account"),
        pytest.param({}, "eks-pod-identity", True, id="and eks-pod-identity's"),
        pytest.param({}, "gke", True, id="and gke's"),
        pytest.param(EXECUTOR, "irsa", False, id="an executor's keeps the chart's"),
        pytest.param(CELERY, "irsa", False, id="a Celery worker's keeps the chart's"),
        pytest.param(
            {"kubernetes_pod_operator": None, "spark_kubernetes_operator": "True"},
            "irsa",
            True,
            id="a Spark driver or executor gets it",
        ),
    ],
)
@pytest.mark.parametrize("there", ["default", "airflow-worker"])
def test_which_workloads_get_a_service_account(
    labels: Json, provider: str, given: bool, there: str
) -> None:
    """Those that do not get it have no conflict either."""
    by = applies("override", iam={"provider": provider, "serviceAccountName": "ours"})
    decision = decide(by, pod(labels, spec={"serviceAccountName": there}))
    patch = put("replace", "serviceAccountName") if given else []
    assert (operations(decision), told(decision)) == (patch, [])


def test_a_job_operators_pod_gets_the_account() -> None:
    body = pod()
    body["metadata"]["ownerReferences"] = [{"kind": "Job", "name": "x"}]
    assert operations(decide(applies(iam=IRSA), body)) == put("add", "serviceAccountName")


def test_other_workloads_get_it_where_the_policy_says_so() -> None:
    only = {**IRSA, "workloads": ["kubernetes-executor"]}
    assert operations(decide(applies(iam=only), pod(EXECUTOR))) == put("add", "serviceAccountName")
    assert operations(decide(applies(iam=only), pod())) == []


def test_kube2iam_is_for_every_workload_unless_the_policy_says_otherwise() -> None:
    role = {"provider": "kube2iam", "role": "payments"}
    for labels in ({}, EXECUTOR, CELERY):
        assert len(operations(decide(applies(iam=role), pod(labels)))) == 2
    only = {**role, "workloads": ["spark"]}
    assert operations(decide(applies(iam=only), pod())) == []


@pytest.mark.parametrize(
    ("labels", "patch"),
    [
        pytest.param(
            {},
            [*put("add", "serviceAccountName"), {"op": "add", "path": USE, "value": "true"}],
            id="the account and the label that its webhook selects by",
        ),
        pytest.param(EXECUTOR, [], id="a workload without the account gets no label either"),
        pytest.param(
            {"azure.workload.identity/use": "true"},
            put("add", "serviceAccountName"),
            id="a label that is there stays",
        ),
    ],
)
def test_azure(labels: Json, patch: list[Json]) -> None:
    decision = decide(applies(iam=AZURE), pod(labels))
    assert (operations(decision), told(decision)) == (patch, [])


def test_azures_label_with_another_value_is_a_conflict() -> None:
    assert told(decide(applies(iam=AZURE), pod({"azure.workload.identity/use": "false"}))) == [
        (
            "conflict",
            USE,
            "label azure.workload.identity/use is false, team payments wants true: "
            'set labels={"azure.workload.identity/use": "true"} in the KubernetesPodOperator',
        )
    ]


def test_the_role_of_other_providers_is_not_written() -> None:
    irsa = {**IRSA, "role": "arn:aws:iam::111122223333:role/payments"}
    assert operations(decide(applies(iam=irsa), pod())) == put("add", "serviceAccountName")


def test_the_old_alias_of_the_service_account_is_read_too() -> None:
    assert told(decide(applies(iam=IRSA), pod(spec={"serviceAccount": "mine"}))) == conflicts(
        "serviceAccountName"
    )
