"""A pod, and the policies in force, as they are in a cluster: asked for with a person's rights.

`get` on that pod, and `list` on the ConfigMaps of the service's namespace where its policies are
wanted, is all it takes.
"""

from pathlib import Path
from typing import Any

from webhook.sources.api_errors import ApiError, Refused
from webhook.sources.connection import Connection
from webhook.sources.directory import Files, Unreadable
from webhook.sources.inventory import Cluster
from webhook.sources.objects import Kind, Objects

PODS = Kind("api/v1", "pods")


def pod(name: str, namespace: str, kubeconfig: Path | None, context: str | None) -> dict[str, Any]:
    """Raises Unreadable, with what to do."""
    try:
        found: dict[str, Any] = Objects(namespace, kubeconfig, context).get(PODS, name, dict)
    except ApiError as error:
        raise Unreadable(_reason(error, f"pod {name} of namespace {namespace}", "get")) from error
    return found


def policies(namespace: str, kubeconfig: Path | None, context: str | None) -> Files:
    """Those in force there. Raises Unreadable, with what to do."""
    what = f"the policy ConfigMaps of namespace {namespace}"
    try:
        found = Cluster(Connection(kubeconfig, context)).policies(namespace)
    except ApiError as error:
        raise Unreadable(_reason(error, what, "list")) from error
    if not found:
        raise Unreadable(f"there are none of {what}: give the namespace of the service")
    return found


def _reason(error: ApiError, what: str, verb: str) -> str:
    said = f"{what} cannot be read: {error}"
    if not isinstance(error, Refused):
        return f"{said}: see --kubeconfig and --context"
    if error.is_missing:
        return f"{said}: see its name, --namespace and --context"
    if error.is_forbidden:
        return f"{said}: ask for the right to `{verb}` there"
    return said
