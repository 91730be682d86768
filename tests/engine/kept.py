"""What of the author's is gone, changed or moved in a patched pod, beyond what the table names.

The table of merges names all that a patch may change: the API server's own 300 seconds, values
that the cluster filled in, what Kubernetes computes from a class, our own annotation, and with
`override` an annotation, a nodeSelector value, a class, the scheduler and the service account.
Required node affinity is compared by its own test; here only that its terms go on as they were.
"""

from collections.abc import Iterator
from typing import Any

from tests.engine.given import Json
from webhook.engine import Decision

_CLASSES = ("priorityClassName", "schedulerName", "runtimeClassName", "serviceAccountName")
_COMPUTED = {
    "/spec/priority": "/spec/priorityClassName",
    "/spec/preemptionPolicy": "/spec/priorityClassName",
    "/spec/overhead": "/spec/runtimeClassName",
}
_CLUSTER = {
    "/spec/serviceAccountName": ("default",),
    "/spec/schedulerName": ("default-scheduler",),
}


def lost(before: Json, after: Json, decision: Decision, policy: Json) -> list[str]:
    """The paths of the author's that the patched pod does not hold as they were."""
    return [path for path in _gone("", before, after) if not _named(path, before, after, policy)]


def _gone(path: str, before: Any, after: Any) -> Iterator[str]:
    """Null, `{}` and `[]` say nothing, so that nothing of them can be lost."""
    if before in (None, {}, []):
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for key, value in before.items():
            yield from _gone(f"{path}/{key.replace('/', '~1')}", value, after.get(key))
    elif isinstance(before, list) and isinstance(after, list) and len(after) >= len(before):
        for at, value in enumerate(before):
            yield from _gone(f"{path}/{at}", value, after[at])
    elif before != after:
        yield path


def _named(path: str, before: Json, after: Json, policy: Json) -> bool:
    """Whether the table says that this may change."""
    if path in _COMPUTED:
        return _changed(_COMPUTED[path], before, after) and _at(after, path) is None
    if path == "/metadata/annotations/taxiway~1applied":
        return True
    if path.startswith("/spec/tolerations/") and path.endswith("/tolerationSeconds"):
        whole = _at(before, path.rpartition("/")[0])
        return bool(_at(before, path) == 300) and whole["key"].startswith("node.kubernetes.io/")
    if path.removeprefix("/spec/") in _CLASSES:
        return _at(before, path) in ("", *_defaults(path, policy)) or _may_override(policy)
    if path.startswith(("/metadata/annotations/", "/spec/nodeSelector/")):
        return _may_override(policy)
    return False


def _defaults(path: str, policy: Json) -> tuple[str, ...]:
    own = policy.get("clusterDefaults", {}).get(path.removeprefix("/spec/"))
    return tuple(own) if own is not None else _CLUSTER.get(path, ())


def _may_override(policy: Json) -> bool:
    """Whether any block overrides. Which one may, the merge tables test by name."""
    blocks = [*policy["teams"].values(), *policy["profiles"].values()]
    return any(block["apply"].get("onConflict") == "override" for block in blocks)


def _changed(path: str, before: Json, after: Json) -> bool:
    return bool(_at(before, path) != _at(after, path))


def _at(pod: Json, path: str) -> Any:
    value: Any = pod
    for key in path.split("/")[1:]:
        if isinstance(value, list):
            value = value[int(key)]
        else:
            value = (value or {}).get(key.replace("~1", "/"))
    return value
