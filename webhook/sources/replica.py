"""The duties of one replica in its cluster, put together: see `duties`."""

from collections.abc import Callable
from pathlib import Path

from webhook.sources.duties import Duties, Duty
from webhook.sources.leadership import Leadership, new_identity, replica_name
from webhook.sources.objects import Objects
from webhook.sources.telling import EventsDuty, StatusDuty, View


def started(
    view: View, namespace: str, kubeconfig: Path | None, clock: Callable[[], float]
) -> Duties:
    """Begin with them in a thread of their own; `kubeconfig` None: as a pod.

    The Lease comes first: what only the leader does is done in the same turn.
    """
    objects = Objects(namespace, kubeconfig)
    leadership = Leadership(objects, namespace, new_identity(), clock)
    every: list[Duty] = [
        leadership,
        StatusDuty(objects, namespace, replica_name(), view, leadership, clock),
        EventsDuty(objects, namespace, view, leadership, clock),
    ]
    duties = Duties(every, clock)
    duties.start()
    return duties
