"""What is accepted, and the data that it becomes: defaults filled in, empties dropped."""

from datetime import date
from typing import Any

import pytest

from tests.policy.loading import applied, loaded
from webhook import names
from webhook.kube.pod import Toleration
from webhook.policy.spec import (
    Apply,
    ClusterDefaults,
    Container,
    Exemption,
    Iam,
    LabelKeys,
    Match,
    PolicySpec,
    Requirement,
    Resources,
    Stage,
    Team,
)

OPERATORS = ("job-operator", "pod-operator", "spark")
EXPRESSION = {"key": "a", "operator": "In", "values": ["b"]}
REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"

APPLIED: dict[str, tuple[str, Apply]] = {
    "nothing": ("", Apply()),
    "a toleration for everything": (
        "tolerations: [{operator: Exists}]",
        Apply(tolerations=(Toleration(operator="Exists"),)),
    ),
    "a toleration of an empty value, which is no value": (
        'tolerations: [{key: a, value: ""}]',
        Apply(tolerations=(Toleration(key="a"),)),
    ),
    "a toleration whose other keys are null": (
        "tolerations: [{key: a, operator: Exists, value: null, effect: ~}]",
        Apply(tolerations=(Toleration(key="a", operator="Exists"),)),
    ),
    "a toleration that ends at once": (
        "tolerations: [{key: a, operator: Exists, effect: NoExecute, tolerationSeconds: -1}]",
        Apply(
            tolerations=(
                Toleration(key="a", operator="Exists", effect="NoExecute", toleration_seconds=-1),
            )
        ),
    ),
    "an affinity whose parts are empty or null": (
        "affinity: "
        f"{{nodeAffinity: {{{PREFERRED}: []}}, podAffinity: {{}}, podAntiAffinity: null}}",
        Apply(),
    ),
    "node affinity of every kind": (
        f"affinity: {{nodeAffinity: {{{REQUIRED}: {{nodeSelectorTerms: ["
        "{matchExpressions: [{key: a, operator: In, values: [b]}], matchFields: []},"
        "{matchFields: [{key: metadata.name, operator: NotIn, values: [n1]}]}]},"
        f"{PREFERRED}: [{{weight: 5, preference: {{matchExpressions: "
        '[{key: n, operator: Gt, values: ["4"]}, {key: x, operator: Exists}]}}]}}',
        Apply(
            affinity={
                "nodeAffinity": {
                    REQUIRED: {
                        "nodeSelectorTerms": [
                            {"matchExpressions": [EXPRESSION]},
                            {
                                "matchFields": [
                                    {"key": "metadata.name", "operator": "NotIn", "values": ["n1"]}
                                ]
                            },
                        ]
                    },
                    PREFERRED: [
                        {
                            "weight": 5,
                            "preference": {
                                "matchExpressions": [
                                    {"key": "n", "operator": "Gt", "values": ["4"]},
                                    {"key": "x", "operator": "Exists"},
                                ]
                            },
                        }
                    ],
                }
            }
        ),
    ),
    "an empty selector, which selects everything": (
        f"affinity: {{podAffinity: {{{REQUIRED}: [{{topologyKey: zone, labelSelector: {{}}, "
        "namespaceSelector: {matchLabels: {}}, namespaces: []}]}}",
        Apply(
            affinity={
                "podAffinity": {
                    REQUIRED: [
                        {"labelSelector": {}, "namespaceSelector": {}, "topologyKey": "zone"}
                    ]
                }
            }
        ),
    ),
    "label keys in which pods must differ, though the selector names them": (
        f"affinity: {{podAntiAffinity: {{{PREFERRED}: [{{weight: 100, podAffinityTerm: "
        "{topologyKey: zone, labelSelector: {matchLabels: {a: b}}, mismatchLabelKeys: [a]}}]}}",
        Apply(
            affinity={
                "podAntiAffinity": {
                    PREFERRED: [
                        {
                            "weight": 100,
                            "podAffinityTerm": {
                                "topologyKey": "zone",
                                "labelSelector": {"matchLabels": {"a": "b"}},
                                "mismatchLabelKeys": ["a"],
                            },
                        }
                    ]
                }
            }
        ),
    ),
    "a spread constraint, whole": (
        "topologySpreadConstraints: [{maxSkew: 1, topologyKey: zone, "
        "whenUnsatisfiable: DoNotSchedule, minDomains: 3, nodeAffinityPolicy: Honor, "
        "nodeTaintsPolicy: Ignore, labelSelector: {matchLabels: {a: b}}, matchLabelKeys: [c]}]",
        Apply(
            topology_spread_constraints=(
                {
                    "maxSkew": 1,
                    "topologyKey": "zone",
                    "whenUnsatisfiable": "DoNotSchedule",
                    "minDomains": 3,
                    "nodeAffinityPolicy": "Honor",
                    "nodeTaintsPolicy": "Ignore",
                    "labelSelector": {"matchLabels": {"a": "b"}},
                    "matchLabelKeys": ["c"],
                },
            )
        ),
    ),
    "annotations whose prefix has capitals": (
        "annotations: {Example.com/Owner: data}",
        Apply(annotations={"Example.com/Owner": "data"}),
    ),
    "an empty label value": ('labels: {a: ""}', Apply(labels={"a": ""})),
    "names of objects": (
        "priorityClassName: system-cluster-critical, schedulerName: my.scheduler, "
        "runtimeClassName: gvisor, imagePullSecrets: [{name: b}, {name: a}], onConflict: keep",
        Apply(
            priority_class_name="system-cluster-critical",
            scheduler_name="my.scheduler",
            runtime_class_name="gvisor",
            image_pull_secrets=("b", "a"),
            on_conflict="keep",
        ),
    ),
    "a role by its short name": (
        "iam: {provider: kube2iam, role: airflow/payments}",
        Apply(iam=Iam(provider="kube2iam", role="airflow/payments", workloads=names.WORKLOADS)),
    ),
    "a service account, for the operators' pods": (
        "iam: {provider: irsa, serviceAccountName: payments, role: 'arn:aws:iam::1:role/x'}",
        Apply(
            iam=Iam(
                provider="irsa",
                role="arn:aws:iam::1:role/x",
                service_account_name="payments",
                workloads=OPERATORS,
            )
        ),
    ),
    "a service account, for the workloads that a glob names": (
        "iam: {provider: gke, serviceAccountName: payments, workloads: [spark, '*-operator']}",
        Apply(iam=Iam(provider="gke", service_account_name="payments", workloads=OPERATORS)),
    ),
    "variables from everywhere": (
        "container: {env: [{name: A, value: ''}, "
        "{name: B, valueFrom: {fieldRef: {fieldPath: \"metadata.labels['team']\"}}}, "
        "{name: C, valueFrom: {resourceFieldRef: {resource: limits.memory, divisor: 1Mi}}}, "
        "{name: D, valueFrom: {configMapKeyRef: {name: c, key: k, optional: true}}}, "
        "{name: my.env-name, value: x, valueFrom: null}]}",
        Apply(
            container=Container(
                env=(
                    {"name": "A", "value": ""},
                    {
                        "name": "B",
                        "valueFrom": {"fieldRef": {"fieldPath": "metadata.labels['team']"}},
                    },
                    {
                        "name": "C",
                        "valueFrom": {
                            "resourceFieldRef": {"resource": "limits.memory", "divisor": "1Mi"}
                        },
                    },
                    {
                        "name": "D",
                        "valueFrom": {
                            "configMapKeyRef": {"name": "c", "key": "k", "optional": True}
                        },
                    },
                    {"name": "my.env-name", "value": "x"},
                )
            )
        ),
    ),
    "quantities with and without quotes": (
        'container: {resources: {requests: {cpu: 0.5, memory: "1e3"}, limits: {cpu: 2}}}',
        Apply(
            container=Container(
                resources=Resources(requests={"cpu": "0.5", "memory": "1e3"}, limits={"cpu": "2"})
            )
        ),
    ),
    "a request that is its limit in other words": (
        "container: {resources: {requests: {cpu: 1000m}, limits: {cpu: 1}}}",
        Apply(
            container=Container(resources=Resources(requests={"cpu": "1000m"}, limits={"cpu": "1"}))
        ),
    ),
    "an extended resource's limit alone, which is its request too": (
        "container: {resources: {requests: {cpu: 1}, limits: {nvidia.com/gpu: 2}}}",
        Apply(
            container=Container(
                resources=Resources(
                    requests={"cpu": "1", "nvidia.com/gpu": "2"}, limits={"nvidia.com/gpu": "2"}
                )
            )
        ),
    ),
    "huge pages' limit alone, which is its request too": (
        "container: {resources: {limits: {memory: 1Gi, hugepages-2Mi: 4Mi}}}",
        Apply(
            container=Container(
                resources=Resources(
                    requests={"hugepages-2Mi": "4Mi"},
                    limits={"hugepages-2Mi": "4Mi", "memory": "1Gi"},
                )
            )
        ),
    ),
}


@pytest.mark.parametrize(("text", "apply"), APPLIED.values(), ids=APPLIED)
def test_an_apply_becomes(text: str, apply: Apply) -> None:
    assert applied(text) == apply


LOADED: dict[str, tuple[str, dict[str, Any]]] = {
    "the version alone": ("", {}),
    "a team of nothing": ("teams:\n  a:\n", {"teams": {"a": Team(name="a")}}),
    "teams in the order of their names": (
        "teams: {b: {}, a: {}}",
        {"teams": {"a": Team(name="a"), "b": Team(name="b")}},
    ),
    "one label key of the two": ("labels: {team: owner}", {"labels": LabelKeys(team="owner")}),
    "one cluster default, the others as they are": (
        "clusterDefaults: {priorityClassName: [low]}",
        {"cluster_defaults": ClusterDefaults(priority_class_name=("low",))},
    ),
    "a cluster default of none": (
        "clusterDefaults: {serviceAccountName: []}",
        {"cluster_defaults": ClusterDefaults(service_account_name=())},
    ),
    "a match of a value and of a list": (
        "requirements: [{label: a, match: {labels: {x: y, z: [p, 'q-*']}}}]",
        {
            "requirements": (
                Requirement(label="a", match=Match(labels={"x": ("y",), "z": ("p", "q-*")})),
            )
        },
    ),
    "a match of every pod": (
        "requirements: [{label: a, match: {}}]",
        {"requirements": (Requirement(label="a", match=Match()),)},
    ),
    "a stage": (
        "stages: [{namespaces: [dev, 'a?-*'], mode: warn}]",
        {"stages": (Stage(namespaces=("dev", "a?-*"), mode="warn"),)},
    ),
    "a message in a folded block": (
        "requirements:\n  - label: a\n    message: >-\n      ask\n      us\n",
        {"requirements": (Requirement(label="a", message="ask us"),)},
    ),
    "exemptions by name, with the day quoted or not": (
        "exemptions:\n"
        "- {name: b, match: {}, waives: [team], reason: r, approvedBy: x, expires: 2026-12-31}\n"
        "- {name: a, match: {}, waives: [reserved], reason: r, approvedBy: x, "
        "expires: '2027-01-01'}",
        {
            "exemptions": tuple(
                Exemption(
                    name=name,
                    match=Match(),
                    waives=(waived,),
                    reason="r",
                    approved_by="x",
                    expires=day,
                )
                for name, waived, day in (
                    ("a", "reserved", date(2027, 1, 1)),
                    ("b", "team", date(2026, 12, 31)),
                )
            )
        },
    ),
}


@pytest.mark.parametrize(("text", "parts"), LOADED.values(), ids=LOADED)
def test_a_document_becomes(text: str, parts: dict[str, Any]) -> None:
    spec = loaded(text)
    assert spec == PolicySpec(revision=spec.revision, **parts)


def test_keys_that_authors_choose_are_kept_in_one_order() -> None:
    assert list(applied("labels: {b: x, a: y}").labels) == ["a", "b"]
    assert list(loaded("teams: {b: {}, a: {}}").teams) == ["a", "b"]
