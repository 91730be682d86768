"""`apply`: what a team or a profile gives its pods. Field names inside are Kubernetes' own.

No `apply` may set Airflow's own labels (Airflow finds its pods by them), anything of
`taxiway/`, the annotation that `iam` writes, or an annotation that the API server checks against
the pod's own containers, which a policy cannot know.
"""

from webhook import names
from webhook.policy import limits
from webhook.policy.kubernetes_affinity import AFFINITY
from webhook.policy.kubernetes_env import ENV
from webhook.policy.kubernetes_names import (
    DNS_NAME,
    LABEL_VALUE,
    annotation_key,
    dns_name,
    label_key,
    label_value,
)
from webhook.policy.kubernetes_resources import RESOURCES
from webhook.policy.kubernetes_selectors import LABELS
from webhook.policy.kubernetes_spread import CONSTRAINTS
from webhook.policy.kubernetes_tolerations import TOLERATIONS
from webhook.policy.language_iam import IAM
from webhook.policy.nodes import Mapping
from webhook.policy.places import Json, Place
from webhook.policy.shapes import Field, ListOf, MapOf, Record
from webhook.policy.shapes_scalar import Choice, Text, any_text
from webhook.policy.spec import Apply, Container

CONFLICTS = ("deny", "keep", "override")
_OURS = "taxiway/"
# Source: `ValidatePodSpecificAnnotations` in Kubernetes' pkg/apis/core/validation/validation.go.
_CHECKED_BY_POD = (
    "container.apparmor.security.beta.kubernetes.io/",
    "container.seccomp.security.alpha.kubernetes.io/",
    "seccomp.security.alpha.kubernetes.io/pod",
    "scheduler.alpha.kubernetes.io/tolerations",
    "controller.kubernetes.io/pod-deletion-cost",
    names.MIRROR_POD,
)


def _label(key: str) -> str | None:
    if key in names.AIRFLOW_OWN_LABELS:
        return "is Airflow's own label, by which it finds its pods; a policy must not set it"
    return _reserved(key) or label_key(key)


def _annotation(key: str) -> str | None:
    if key == names.KUBE2IAM_ROLE:
        return "is written by `iam`; use iam: {provider: kube2iam, role: ...} instead"
    if key in names.AIRFLOW_OWN_LABELS:
        return "is Airflow's own annotation, by which it knows its tasks; a policy must not set it"
    if key.startswith(_CHECKED_BY_POD):
        return "is checked against the pod's own content, so it is left to the pod's author"
    return _reserved(key) or annotation_key(key)


def _reserved(key: str) -> str | None:
    return "is Taxiway's own; a policy must not set it" if key.startswith(_OURS) else None


def _check(given: Json, node: Mapping, at: Place) -> None:
    annotations = given.get("annotations", {})
    size = sum(len(key.encode()) + len(value.encode()) for key, value in annotations.items())
    if size > limits.ANNOTATION_BYTES:
        said = f"have {size} bytes; at most {limits.ANNOTATION_BYTES} are allowed"
        (at / "annotations").report(node.pairs["annotations"][1], said)


def _secret(name: str) -> str:
    return name


_ANNOTATIONS = MapOf(Text(any_text), limits.ANNOTATIONS, _annotation)
_NAME = Text(dns_name, DNS_NAME)
_PULL_SECRET = Record(
    "LocalObjectReference",
    "A Secret in the pod's namespace.",
    {"name": Field(_NAME, "The Secret's name.", required=True)},
    _secret,
)
_CONTAINER = Record(
    "Container",
    "The task's own container: `base`, else the first.",
    {
        "env": Field(ENV, "Variables, each added where the name is absent."),
        "resources": Field(RESOURCES, "Requests and limits, each filled in where it is missing."),
    },
    Container,
)


APPLY = Record(
    "Apply",
    "What the pods get. Only adds: nothing an author wrote is removed or rewritten.",
    {
        "labels": Field(
            MapOf(Text(label_value, LABEL_VALUE), limits.LABELS, _label), "Labels to add."
        ),
        "annotations": Field(_ANNOTATIONS, "Annotations to add."),
        "tolerations": Field(TOLERATIONS, "Tolerations to add."),
        "nodeSelector": Field(LABELS, "Node labels to ask for.", attribute="node_selector"),
        "affinity": Field(AFFINITY, "Affinity to merge."),
        "topologySpreadConstraints": Field(
            CONSTRAINTS, "Constraints to add.", attribute="topology_spread_constraints"
        ),
        "priorityClassName": Field(_NAME, "The PriorityClass.", attribute="priority_class_name"),
        "schedulerName": Field(_NAME, "The scheduler.", attribute="scheduler_name"),
        "runtimeClassName": Field(_NAME, "The RuntimeClass.", attribute="runtime_class_name"),
        "imagePullSecrets": Field(
            ListOf(_PULL_SECRET, limits.PULL_SECRETS, key=_secret),
            "Secrets to pull images with.",
            attribute="image_pull_secrets",
        ),
        "iam": Field(IAM, "The cloud identity."),
        "container": Field(_CONTAINER, "What the task's container gets."),
        "onConflict": Field(
            Choice(CONFLICTS),
            "Where the author wrote another value: deny, keep the author's, or override it.",
            attribute="on_conflict",
            default="deny",
        ),
    },
    Apply,
    _check,
    partial=True,  # what is wrong with its labels is told beside what is wrong with the rest
)
