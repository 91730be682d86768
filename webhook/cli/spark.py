"""The driver's and the executors' pod of a SparkApplication, as far as it says what they are.

Source: kubeflow/spark-operator, `api/v1beta2/sparkapplication_types.go` (SparkPodSpec) and
`pkg/common/spark.go` (labels, container names). The operator adds more when it runs: volumes,
resources reckoned from `cores` and `memory`, its own labels. That is not guessed at here, and
each pod says so.
"""

from typing import Any

from webhook import names

GROUP = "sparkoperator.k8s.io"
PATHS = {"SparkApplication": ("spec",), "ScheduledSparkApplication": ("spec", "template")}
NOTE = (
    "made from a SparkApplication: what the operator adds when it runs (resources, volumes, "
    "environment) is not shown"
)

_ROLES = (("driver", "driver", "spark-kubernetes-driver"), ("executor", "exec-1", "executor"))
_COPIED = ("tolerations", "affinity", "nodeSelector", "schedulerName", "priorityClassName")


def pods_of(application: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """`(role, pod)` of the driver and of one executor; empty if there is no spec."""
    spec: Any = application
    for key in PATHS[application["kind"]]:
        spec = spec.get(key) if isinstance(spec, dict) else None
    if not isinstance(spec, dict):
        return []
    meta = _mapping(application, "metadata")
    return [(role, _pod(meta, spec, role, suffix, container)) for role, suffix, container in _ROLES]


def _pod(
    meta: dict[str, Any], spec: dict[str, Any], role: str, suffix: str, container: str
) -> dict[str, Any]:
    part = _mapping(spec, role)
    template = _mapping(part, "template")
    template_meta = _mapping(template, "metadata")
    application = meta.get("name")
    name = f"{application if isinstance(application, str) else 'spark'}-{suffix}"
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": part.get("podName") or name,
            **({"namespace": meta["namespace"]} if meta.get("namespace") else {}),
            "labels": {
                **_mapping(template_meta, "labels"),
                **_mapping(part, "labels"),
                names.SPARK_ROLE: role,
            },
            "annotations": {
                **_mapping(template_meta, "annotations"),
                **_mapping(part, "annotations"),
            },
        },
        "spec": _pod_spec(spec, part, _mapping(template, "spec"), container),
    }


def _pod_spec(
    spec: dict[str, Any], part: dict[str, Any], template: dict[str, Any], container: str
) -> dict[str, Any]:
    made = {"containers": [{"name": container}], **template}
    if spec.get("nodeSelector"):
        made["nodeSelector"] = spec["nodeSelector"]
    if spec.get("imagePullSecrets"):
        secrets = spec["imagePullSecrets"]
        listed = secrets if isinstance(secrets, list) else [secrets]
        made["imagePullSecrets"] = [{"name": secret} for secret in listed]
    made |= {key: part[key] for key in _COPIED if part.get(key)}
    if part.get("serviceAccount"):
        made["serviceAccountName"] = part["serviceAccount"]
    return made


def _mapping(whole: dict[str, Any], key: str) -> dict[str, Any]:
    """What stands there, or nothing where it is absent or of another type."""
    part = whole.get(key)
    return part if isinstance(part, dict) else {}
