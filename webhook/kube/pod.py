"""The parts of a Pod that Taxiway reads, as typed data; all else passes through unseen.

Absent and `null` are alike (KubernetesPodOperator sends `affinity: {}` and `tolerations: []`,
and clients of other languages send `null`), hence a default of None nearly everywhere.
Source: Kubernetes API reference, core/v1 Pod.
"""

from typing import Any

from msgspec import Struct

Labels = dict[str, str]
NO_LABELS: Labels = {}  # never written to
Quantities = dict[str, str | int | float]


class OwnerReference(Struct, rename="camel", frozen=True, gc=False):
    kind: str | None = None


class ObjectMeta(Struct, rename="camel", frozen=True, gc=False):
    name: str | None = None
    generate_name: str | None = None
    namespace: str | None = None
    labels: Labels | None = None
    annotations: Labels | None = None
    owner_references: list[OwnerReference] | None = None
    resource_version: str | None = None  # only a pod that was read from a cluster has one


class EnvVar(Struct, rename="camel", frozen=True, gc=False):
    """Of an environment variable only its name: its value is none of our business."""

    name: str


class ResourceRequirements(Struct, rename="camel", frozen=True, gc=False):
    requests: Quantities | None = None
    limits: Quantities | None = None


class Container(Struct, rename="camel", frozen=True, gc=False):
    name: str | None = None
    env: list[EnvVar] | None = None
    env_from: list[Any] | None = None
    resources: ResourceRequirements | None = None


class Toleration(Struct, rename="camel", frozen=True, gc=False, omit_defaults=True):
    key: str | None = None
    operator: str | None = None  # None is "Equal"
    value: str | None = None
    effect: str | None = None  # None is every effect
    toleration_seconds: int | None = None  # None is for ever


class LocalObjectReference(Struct, rename="camel", frozen=True, gc=False):
    name: str | None = None


class NodeSelectorRequirement(Struct, rename="camel", frozen=True, gc=False):
    key: str
    operator: str
    values: list[str] | None = None


class NodeSelectorTerm(Struct, rename="camel", frozen=True, gc=False):
    match_expressions: list[NodeSelectorRequirement] | None = None
    match_fields: list[NodeSelectorRequirement] | None = None


class NodeSelector(Struct, rename="camel", frozen=True, gc=False):
    node_selector_terms: list[NodeSelectorTerm] | None = None


class NodeAffinity(Struct, rename="camel", frozen=True, gc=False):
    required_during_scheduling_ignored_during_execution: NodeSelector | None = None
    preferred_during_scheduling_ignored_during_execution: list[dict[str, Any]] | None = None


class PodAffinity(Struct, rename="camel", frozen=True, gc=False):
    """podAffinity or podAntiAffinity; terms stay as they came, and are compared by meaning."""

    required_during_scheduling_ignored_during_execution: list[dict[str, Any]] | None = None
    preferred_during_scheduling_ignored_during_execution: list[dict[str, Any]] | None = None


class Affinity(Struct, rename="camel", frozen=True, gc=False):
    node_affinity: NodeAffinity | None = None
    pod_affinity: PodAffinity | None = None
    pod_anti_affinity: PodAffinity | None = None


class PodSpec(Struct, rename="camel", frozen=True, gc=False):
    containers: list[Container] | None = None
    tolerations: list[Toleration] | None = None
    node_selector: Labels | None = None
    affinity: Affinity | None = None
    topology_spread_constraints: list[dict[str, Any]] | None = None
    priority_class_name: str | None = None
    priority: int | None = None
    preemption_policy: str | None = None
    scheduler_name: str | None = None
    runtime_class_name: str | None = None
    overhead: Quantities | None = None
    service_account_name: str | None = None
    service_account: str | None = None  # the deprecated alias
    image_pull_secrets: list[LocalObjectReference] | None = None
    node_name: str | None = None
    resources: ResourceRequirements | None = None  # pod-level resources


class Pod(Struct, rename="camel", frozen=True, gc=False, kw_only=True):
    """The API server always sends both of its parts, and a patch rests on them."""

    api_version: str | None = None
    kind: str | None = None
    metadata: ObjectMeta
    spec: PodSpec
