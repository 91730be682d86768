"""A policy set as plain, checked data: `policy.load` makes it, `policy.compile` indexes it.

Everything here has been checked: an instance can be compiled and decided by without error.
Crosses the pipe from the loader process, so it is data only. Field names are the YAML's,
in snake case; what they mean is in the policy reference.
"""

from datetime import date
from typing import Any

from msgspec import Struct

from webhook.kube.pod import Toleration


class Match(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All keys are ANDed, the values of a key ORed; each value may be a glob. Empty: anything."""

    workloads: tuple[str, ...] = ()
    namespaces: tuple[str, ...] = ()
    labels: dict[str, tuple[str, ...]] = {}
    dags: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    users: tuple[str, ...] = ()


class Iam(Struct, frozen=True, kw_only=True, omit_defaults=True):
    provider: str  # kube2iam | irsa | eks-pod-identity | gke | azure
    role: str | None = None
    service_account_name: str | None = None
    workloads: tuple[str, ...]  # which workloads get it; the provider's default filled in


class Resources(Struct, frozen=True, kw_only=True, omit_defaults=True):
    requests: dict[str, str] = {}
    limits: dict[str, str] = {}


class Container(Struct, frozen=True, kw_only=True, omit_defaults=True):
    env: tuple[dict[str, Any], ...] = ()  # core/v1 EnvVar, each with a name
    resources: Resources | None = None


class Apply(Struct, frozen=True, kw_only=True, omit_defaults=True):
    labels: dict[str, str] = {}
    annotations: dict[str, str] = {}
    tolerations: tuple[Toleration, ...] = ()
    node_selector: dict[str, str] = {}
    affinity: dict[str, Any] = {}  # core/v1 Affinity, as JSON
    topology_spread_constraints: tuple[dict[str, Any], ...] = ()  # core/v1, as JSON
    priority_class_name: str | None = None
    scheduler_name: str | None = None
    runtime_class_name: str | None = None
    image_pull_secrets: tuple[str, ...] = ()  # names
    iam: Iam | None = None
    container: Container | None = None
    on_conflict: str = "deny"  # deny | keep | override


class Requirement(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`label` must be present and not empty, and as one of values, pattern, cost_centers says."""

    label: str
    values: tuple[str, ...] | None = None
    pattern: str | None = None  # RE2, searched for as CEL's `matches` does
    cost_centers: bool = False  # `from: team.costCenters`
    mode: str | None = None
    match: Match | None = None
    message: str | None = None


class Stage(Struct, frozen=True, kw_only=True):
    namespaces: tuple[str, ...]
    mode: str


class Profile(Struct, frozen=True, kw_only=True):
    name: str
    match: Match
    apply: Apply


class Members(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """None: the key was not given. At least one is given."""

    namespaces: tuple[str, ...] | None = None
    dags: tuple[str, ...] | None = None
    users: tuple[str, ...] | None = None


class Team(Struct, frozen=True, kw_only=True, omit_defaults=True):
    name: str
    contact: str | None = None
    cost_centers: tuple[str, ...] = ()
    members: Members | None = None
    apply: Apply | None = None


class Exemption(Struct, frozen=True, kw_only=True):
    name: str
    match: Match
    waives: tuple[str, ...]  # labels, or names of rules
    reason: str
    approved_by: str
    expires: date  # holds until the end of this day, UTC


class LabelKeys(Struct, frozen=True, kw_only=True):
    team: str = "team"
    cost_center: str = "cost-center"


class ClusterDefaults(Struct, frozen=True, kw_only=True):
    """Values that count as absent, because the cluster fills them in."""

    service_account_name: tuple[str, ...] = ("default",)
    scheduler_name: tuple[str, ...] = ("default-scheduler",)
    priority_class_name: tuple[str, ...] = ()
    runtime_class_name: tuple[str, ...] = ()


class PolicySpec(Struct, frozen=True, kw_only=True):
    revision: str  # of this content and of these semantics; see policy.revision
    labels: LabelKeys = LabelKeys()
    mode: str = "enforce"
    docs: str | None = None
    controllers: tuple[str, ...] = ()
    cluster_defaults: ClusterDefaults = ClusterDefaults()
    requirements: tuple[Requirement, ...] = ()
    stages: tuple[Stage, ...] = ()
    profiles: tuple[Profile, ...] = ()  # by name
    teams: dict[str, Team] = {}  # by name, sorted
    exemptions: tuple[Exemption, ...] = ()
