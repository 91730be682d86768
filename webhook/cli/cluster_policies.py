"""The policies in force in a cluster, for a person's command, and why they cannot be read."""

from webhook.names import POLICY_LABEL, POLICY_LIVE
from webhook.sources.api_errors import ApiError, Refused, Unreachable
from webhook.sources.directory import SUFFIXES, Files, Unreadable
from webhook.sources.inventory import Cluster
from webhook.sources.listing import right
from webhook.sources.objects import CONFIG_MAPS

UNKNOWN = 401


def policies_in(cluster: Cluster, namespace: str) -> Files:
    """The files of its ConfigMaps labelled `taxiway/policy: live`. Raises Unreadable."""
    try:
        found = cluster.policies(namespace)
    except Refused as error:
        if error.is_forbidden:
            raise Unreadable(right(CONFIG_MAPS, namespace)) from error
        raise unreadable(error) from error
    except ApiError as error:
        raise unreadable(error) from error
    if not found:
        ends = " or ".join(SUFFIXES)
        raise Unreadable(
            f"no ConfigMap in namespace {namespace} has both the label {POLICY_LABEL}="
            f"{POLICY_LIVE} and a key that ends in {ends}: give the namespace of the service"
        )
    return found


def unreadable(error: ApiError, otherwise: str = "try again, or leave out --cluster") -> Unreadable:
    """What to say where a cluster could not be read at all."""
    if isinstance(error, Refused) and error.status == UNKNOWN:
        return Unreadable(f"the cluster does not know you ({error}): log in, or give --context")
    if isinstance(error, Unreachable):
        return Unreadable(f"the cluster cannot be asked: {error}; give --kubeconfig or --context")
    return Unreadable(f"the cluster cannot be read: {error}; {otherwise}")
