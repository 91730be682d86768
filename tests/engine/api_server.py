"""What the API server does to a pod before a webhook sees it, and once more after a patch.

Source: `SetDefaults_Pod` and `SetDefaults_PodSpec`; the admission plugins ServiceAccount,
DefaultTolerationSeconds and Priority; `applyMatchLabelKeysAndMismatchLabelKeys` (1.30 to 1.36).
"""

from copy import deepcopy
from typing import Any

from tests.engine.given import Json

_PRIORITIES = {"high": 1000, "low": 10, "cluster-default": 1}
_NOT_READY = ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable")


def defaulted(pod: Json) -> Json:
    """The pod with everything filled in."""
    filled = deepcopy(pod)
    spec = filled["spec"]
    spec["serviceAccountName"] = spec.get("serviceAccountName") or "default"
    spec["serviceAccount"] = spec["serviceAccountName"]
    spec["schedulerName"] = spec.get("schedulerName") or "default-scheduler"
    for container in spec["containers"]:
        _request_what_is_limited(container)
    _tolerate_not_ready(spec)
    _prioritise(spec)
    for kind in ("podAffinity", "podAntiAffinity"):
        for term in _pod_terms(spec, kind):
            _generate(term, filled["metadata"].get("labels") or {})
    return filled


def _request_what_is_limited(container: Json) -> None:
    resources = container.get("resources") or {}
    limits = resources.get("limits") or {}
    if limits:
        container["resources"]["requests"] = {**limits, **(resources.get("requests") or {})}


def _tolerate_not_ready(spec: Json) -> None:
    there = spec.get("tolerations") or []
    for key in _NOT_READY:
        if not any(
            each.get("key") in (None, "", key) and each.get("effect") in (None, "", "NoExecute")
            for each in there
        ):
            there = [*there, _for_five_minutes(key)]
    spec["tolerations"] = there


def _for_five_minutes(key: str) -> Json:
    return {"key": key, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300}


def _prioritise(spec: Json) -> None:
    """Refuses a class and a priority that do not agree, as the plugin does."""
    priority = _PRIORITIES.get(spec.get("priorityClassName") or "", 0)
    assert spec.get("priority") in (None, priority), "403: the integer value of priority"
    spec["priority"] = priority
    spec["preemptionPolicy"] = spec.get("preemptionPolicy") or "PreemptLowerPriority"


def _pod_terms(spec: Json, kind: str) -> list[Json]:
    group: Json = (spec.get("affinity") or {}).get(kind) or {}
    terms: list[Json] = group.get("requiredDuringSchedulingIgnoredDuringExecution") or []
    return terms


def _generate(term: Json, labels: dict[str, Any]) -> None:
    """`matchLabelKeys` as an expression of the selector, once."""
    for key in term.get("matchLabelKeys") or ():
        wanted = {"key": key, "operator": "In", "values": [labels[key]]}
        expressions = term["labelSelector"].setdefault("matchExpressions", [])
        if wanted not in expressions:
            expressions.append(wanted)
