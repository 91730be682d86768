"""What became of each thing that a policy gives, in every way that something can become of it."""

from typing import Any

import pytest

from tests.engine.given import CELERY, EXECUTOR, TODAY, engine, pod, request, workload_of
from webhook.engine import Engine
from webhook.engine.explanation import Explanation, explain
from webhook.engine.lines import OUTCOMES

Json = dict[str, Any]
GPU = {"key": "gpu", "operator": "Equal", "value": "ml", "effect": "NoSchedule"}
NOT_READY = {"key": "node.kubernetes.io/not-ready", "operator": "Exists", "effect": "NoExecute"}


def explained(by: Engine, body: Json, **keys: Any) -> Explanation:
    asked = request(body, **keys)
    return explain(by, asked, workload_of(asked), TODAY)


def told(apply: Json, body: Json, **top: Any) -> list[tuple[str, str, str]]:
    """Each line but the annotation that every pod gets: what, outcome, why."""
    by = engine(teams={"payments": {"apply": apply}}, **top)
    *found, applied = explained(by, body).lines
    assert applied.field == "annotations"
    assert applied.source == "taxiway"
    return [(line.text, line.outcome, line.why) for line in found]


def base(**keys: Any) -> Json:
    return {"containers": [{"name": "base", **keys}]}


# What is applied, the pod, and what became of it.
LINES: dict[str, tuple[Json, Json, list[tuple[str, str, str]]]] = {
    "a label that was absent": (
        {"labels": {"a": "b"}},
        pod(),
        [("label a=b", "added", "")],
    ),
    "a label that is there": (
        {"labels": {"a": "b"}},
        pod({"a": "b"}),
        [("label a=b", "there", "")],
    ),
    "another label": (
        {"labels": {"a": "b"}},
        pod({"a": "c"}),
        [("label a=b", "conflict", "it is c, team payments wants b")],
    ),
    "another label that is kept": (
        {"labels": {"a": "b"}, "onConflict": "keep"},
        pod({"a": "c"}),
        [("label a=b", "kept", "it is c, team payments wants b, and says onConflict: keep")],
    ),
    "another annotation that is kept": (
        {"annotations": {"a": "b"}, "onConflict": "keep"},
        pod(annotations={"a": "c"}),
        [
            (
                "annotation a=b",
                "kept",
                "annotation a is c, team payments wants b, and says onConflict: keep",
            )
        ],
    ),
    "another annotation that is overridden": (
        {"annotations": {"a": "b"}, "onConflict": "override"},
        pod(annotations={"a": "c"}),
        [("annotation a=b", "replaced", "the author's c: the policy says onConflict: override")],
    ),
    "another nodeSelector that is overridden": (
        {"nodeSelector": {"pool": "a"}, "onConflict": "override"},
        pod(spec={"nodeSelector": {"pool": "b"}}),
        [
            (
                "nodeSelector pool=a",
                "replaced",
                "the author's b: the policy says onConflict: override",
            )
        ],
    ),
    "a service account in place of the cluster's own": (
        {"iam": {"provider": "irsa", "serviceAccountName": "pay"}},
        pod(spec={"serviceAccountName": "default"}),
        [
            (
                "serviceAccountName pay",
                "replaced",
                "default is what the cluster writes by itself, and counts as absent",
            )
        ],
    ),
    "a service account that an executor's pod does not get": (
        {"iam": {"provider": "irsa", "serviceAccountName": "pay"}},
        pod(EXECUTOR),
        [
            (
                "iam irsa pay",
                "left-out",
                "it is for job-operator, pod-operator, spark; a pod of kubernetes-executor keeps "
                "the account it has",
            )
        ],
    ),
    "a role by another name": (
        {"iam": {"provider": "kube2iam", "role": "arn:aws:iam::111122223333:role/pay"}},
        pod(annotations={"iam.amazonaws.com/role": "pay"}),
        [("annotation iam.amazonaws.com/role=arn:aws:iam::111122223333:role/pay", "there", "")],
    ),
    "a priority class, and what the API server computes of it": (
        {"priorityClassName": "high"},
        pod(spec={"priority": 0, "preemptionPolicy": "Never"}),
        [
            (
                "priorityClassName high",
                "added",
                "the pod names none; priority and preemptionPolicy go, to be computed again",
            )
        ],
    ),
    "another scheduler": (
        {"schedulerName": "batch"},
        pod(spec={"schedulerName": "mine"}),
        [
            (
                "schedulerName batch",
                "conflict",
                "schedulerName is mine, team payments wants batch",
            )
        ],
    ),
    "a toleration that is there": (
        {"tolerations": [GPU]},
        pod(spec={"tolerations": [GPU]}),
        [("toleration gpu=ml:NoSchedule", "there", "")],
    ),
    "a toleration that a wider one covers": (
        {"tolerations": [GPU]},
        pod(spec={"tolerations": [{"operator": "Exists"}]}),
        [
            (
                "toleration gpu=ml:NoSchedule",
                "there",
                "one that is there tolerates all that it tolerates",
            )
        ],
    ),
    "a toleration that another of the policy's covers": (
        {"tolerations": [{"key": "gpu", "operator": "Exists"}, GPU]},
        pod(),
        [
            ("toleration gpu", "added", ""),
            (
                "toleration gpu=ml:NoSchedule",
                "there",
                "another that the policy adds tolerates all that it tolerates",
            ),
        ],
    ),
    "the API server's own toleration": (
        {"tolerations": [{**NOT_READY, "tolerationSeconds": 10}]},
        pod(spec={"tolerations": [{**NOT_READY, "tolerationSeconds": 300}]}),
        [
            (
                "toleration node.kubernetes.io/not-ready:NoExecute",
                "replaced",
                "the API server's own 300 seconds count as absent",
            )
        ],
    ),
    "a variable that is there": (
        {"container": {"env": [{"name": "A", "value": "1"}]}},
        pod(spec=base(env=[{"name": "A", "value": "2"}])),
        [("env A", "kept", "the container has a variable of this name, and its own stays")],
    ),
    "a variable for a container whose names nobody can see": (
        {"container": {"env": [{"name": "A", "value": "1"}]}},
        pod(spec=base(envFrom=[{}])),
        [
            (
                "env A",
                "left-out",
                "the container has envFrom, and an added variable could hide one of its",
            )
        ],
    ),
    "a request that a LimitRange may have filled in": (
        {"container": {"resources": {"requests": {"cpu": "1", "memory": "1Gi"}}}},
        pod(spec=base(resources={"requests": {"cpu": "100m", "memory": "1024Mi"}})),
        [
            (
                "request cpu=1",
                "kept",
                "the container has 100m; what a LimitRange fills in counts as the author's",
            ),
            ("request memory=1Gi", "there", ""),
        ],
    ),
    "a request above the author's limit": (
        {"container": {"resources": {"requests": {"cpu": "1"}}}},
        pod(spec=base(resources={"limits": {"cpu": "100m"}})),
        [
            (
                "request cpu=1",
                "left-out",
                "beside what the container has it would not be valid",
            )
        ],
    ),
    "a pod with resources as a whole": (
        {"container": {"resources": {"limits": {"cpu": "1"}}}},
        pod(spec={**base(), "resources": {"limits": {"cpu": "2"}}}),
        [("limit cpu=1", "left-out", "the pod has resources as a whole (spec.resources)")],
    ),
    "a pull secret that is there": (
        {"imagePullSecrets": [{"name": "a"}, {"name": "b"}]},
        pod(spec={"imagePullSecrets": [{"name": "a"}]}),
        [("imagePullSecret a", "there", ""), ("imagePullSecret b", "added", "")],
    ),
}


@pytest.mark.parametrize(("apply", "body", "lines"), LINES.values(), ids=LINES)
def test_what_became_of(apply: Json, body: Json, lines: list[tuple[str, str, str]]) -> None:
    assert told(apply, body) == lines


def test_every_outcome_is_shown_above() -> None:
    assert {outcome for _, _, lines in LINES.values() for _, outcome, _ in lines} == set(OUTCOMES)


def test_a_label_that_a_requirement_judges_is_no_conflict() -> None:
    requirements = [{"label": "a", "values": ["b", "c"]}]
    assert told({"labels": {"a": "b"}}, pod({"a": "c"}), requirements=requirements) == [
        (
            "label a=b",
            "kept",
            "it is c, team payments wants b: no label changes, and a requirement judges this one "
            "alone",
        )
    ]


def test_the_team_s_label_comes_first_and_the_blocks_in_their_order() -> None:
    by = engine(
        profiles={"spot": {"match": {}, "apply": {"nodeSelector": {"a": "b"}}}},
        teams={"web": {"members": {"namespaces": ["airflow"]}, "apply": {"labels": {"x": "y"}}}},
    )
    found = explained(by, pod({"team": None}))
    assert found.blocks == ("team web", "profile spot")
    assert [(line.text, line.source) for line in found.lines] == [
        ("label team=web", "team web"),
        ("label x=y", "team web"),
        ("nodeSelector a=b", "profile spot"),
        (f"annotation taxiway/applied=web@{by.revision}", "taxiway"),
    ]


def test_a_worker_without_a_dag_is_explained_too() -> None:
    found = explained(engine(), pod(CELERY))
    assert found.signs == (
        'label tier is "airflow"',
        'label component is "worker"',
        "so it is a worker of the official chart",
    )
