"""Where each kind keeps its pod template, and who makes pods of it.

Source: Kubernetes API reference; the user is the controller's own service account
(kube-controller-manager with `--use-service-account-credentials`, as clusters have it).
A pod is recognised as KubernetesJobOperator's by its owner, so the owner that the controller
would write is written here too.
"""

from typing import Any

from msgspec import Struct


class Template(Struct, frozen=True):
    groups: tuple[str, ...]  # of apiVersion; "" is the core group
    path: tuple[str, ...]
    owner: str | None = None  # the kind that owns the pods
    controller: str | None = None

    @property
    def user(self) -> str | None:
        return self.controller and f"system:serviceaccount:kube-system:{self.controller}"


_SPEC = ("spec", "template")
_APPS = ("apps", "extensions")

TEMPLATES = {
    "Job": Template(("batch",), _SPEC, "Job", "job-controller"),
    "CronJob": Template(
        ("batch",), ("spec", "jobTemplate", "spec", "template"), "Job", "job-controller"
    ),
    "Deployment": Template(_APPS, _SPEC, "ReplicaSet", "replicaset-controller"),
    "ReplicaSet": Template(_APPS, _SPEC, "ReplicaSet", "replicaset-controller"),
    "StatefulSet": Template(_APPS, _SPEC, "StatefulSet", "statefulset-controller"),
    "DaemonSet": Template(_APPS, _SPEC, "DaemonSet", "daemon-set-controller"),
    "ReplicationController": Template(
        ("",), _SPEC, "ReplicationController", "replication-controller"
    ),
    "PodTemplate": Template(("",), ("template",)),
}


def pod_of(template: Template, owner: dict[str, Any]) -> dict[str, Any] | None:
    """The pod that the owner's controller would make; None if there is no template.

    Parts of a wrong type stay as they are, for the pod's own decoding to name.
    """
    part: Any = owner
    for key in template.path:
        part = part.get(key) if isinstance(part, dict) else None
    if not isinstance(part, dict):
        return None
    meta = part.get("metadata")
    if meta is None or isinstance(meta, dict):
        meta = _owned(template, owner, meta or {})
    spec = part.get("spec")
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": meta,
        "spec": {} if spec is None else spec,
    }


def _owned(template: Template, owner: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    above = owner.get("metadata")
    above = above if isinstance(above, dict) else {}
    meta = dict(own)
    if not (own.get("name") or own.get("generateName")):
        meta |= {key: above[key] for key in ("name", "generateName") if above.get(key)}
    if not own.get("namespace") and above.get("namespace"):
        meta["namespace"] = above["namespace"]
    if template.owner and not own.get("ownerReferences"):
        name = above.get("name") or above.get("generateName")
        meta["ownerReferences"] = [{"kind": template.owner, "name": name, "controller": True}]
    return meta
