"""An `executor_config` as Airflow 1.10 had it, and how it is written today.

`{"KubernetesExecutor": {...}}` held arguments of a pod generator that Airflow 2 replaced by whole
pods (`pod_override`). Airflow 2 still read most of it, with a warning, until release 10 of the
provider refused it: the task fails before it has a pod. Source: `PodGenerator.from_obj` and
`from_legacy_obj` of Airflow 1.10.15 and of cncf.kubernetes 7.4 to 10.25.
"""

from collections.abc import Iterator, Mapping
from json import dumps
from typing import Any

_SPEC = {
    "affinity": "affinity",
    "image_pull_secrets": "image_pull_secrets",
    "node_selectors": "node_selector",
    "security_context": "security_context",
    "service_account_name": "service_account_name",
    "tolerations": "tolerations",
    "volumes": "volumes",
}
_METADATA = ("labels", "annotations")
_CONTAINER = {
    "image": "image",
    "image_pull_policy": "image_pull_policy",
    "volume_mounts": "volume_mounts",
}
_RESOURCES = {
    "request_cpu": ("requests", "cpu"),
    "request_memory": ("requests", "memory"),
    "limit_cpu": ("limits", "cpu"),
    "limit_memory": ("limits", "memory"),
}


OLD_STYLE = (
    'its executor_config is in the style of Airflow 1.10 ({"KubernetesExecutor": {...}}), which '
    "later releases of the provider refuse"
)


class Legacy(Exception):
    """The task has such a configuration. Its text is what to write in its place."""


def translated(old: Any) -> str:
    """The same as a `pod_override`, as Python that an author may copy."""
    if not isinstance(old, Mapping):
        return 'executor_config={"pod_override": k8s.V1Pod(...)}'
    parts = [part for part in (_metadata(old), _spec(old)) if part]
    return f'executor_config={{"pod_override": k8s.V1Pod({", ".join(parts)})}}'


def _metadata(old: Mapping[str, Any]) -> str:
    inner = ", ".join(f"{key}={_python(old[key])}" for key in _METADATA if old.get(key))
    return f"metadata=k8s.V1ObjectMeta({inner})" if inner else ""


def _spec(old: Mapping[str, Any]) -> str:
    container = ", ".join(_container(old))
    whole = [f'containers=[k8s.V1Container(name="base"{", " if container else ""}{container})]']
    whole += [f"{new}={_python(old[key])}" for key, new in _SPEC.items() if old.get(key)]
    return f"spec=k8s.V1PodSpec({', '.join(whole)})"


def _container(old: Mapping[str, Any]) -> Iterator[str]:
    for key, new in _CONTAINER.items():
        if old.get(key):
            yield f"{new}={_python(old[key])}"
    resources: dict[str, dict[str, Any]] = {}
    for key, (kind, name) in _RESOURCES.items():
        if old.get(key):
            resources.setdefault(kind, {})[name] = old[key]
    if resources:
        inner = ", ".join(f"{kind}={_python(given)}" for kind, given in resources.items())
        yield f"resources=k8s.V1ResourceRequirements({inner})"


def _python(value: Any) -> str:
    """JSON is Python but for its three words, which these values hardly hold."""
    try:
        text = dumps(value, ensure_ascii=False)
    except TypeError:
        return repr(value)
    return text if not any(word in text for word in ("true", "false", "null")) else repr(value)
