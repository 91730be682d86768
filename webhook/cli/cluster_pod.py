"""A pod, and the policies in force, as they are in a cluster: asked for with a person's rights.

`get` on that pod, and `list` on the ConfigMaps of the service's namespace where its policies are
wanted, is all it takes.
"""

from pathlib import Path
from typing import Any

from webhook.cli.cluster_policies import policies_in, unreadable
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
    except Refused as error:
        if error.is_missing:
            raise Unreadable(
                f"there is no pod {name} in namespace {namespace}: see --namespace and --context"
            ) from error
        if error.is_forbidden:
            raise Unreadable(
                f"you may not read pod {name}; ask for a Role in namespace {namespace} with the "
                f"verb get on pods, and see whether you have it by `kubectl auth can-i get pods "
                f"-n {namespace}`"
            ) from error
        raise unreadable(error, "try again") from error
    except ApiError as error:
        raise unreadable(error, "try again") from error
    return found


def policies(namespace: str, kubeconfig: Path | None, context: str | None) -> Files:
    """Those in force there. Raises Unreadable, with what to do."""
    return policies_in(Cluster(Connection(kubeconfig, context)), namespace)
