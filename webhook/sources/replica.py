"""The duties of one replica in its cluster, put together: see `duties`."""

from collections.abc import Callable
from pathlib import Path

from webhook.sources.cluster import Cluster
from webhook.sources.duties import Duties, Duty
from webhook.sources.keeping import Keeping, Slots
from webhook.sources.leadership import Leadership, new_identity, replica_name
from webhook.sources.leaving import Farewell
from webhook.sources.objects import Objects
from webhook.sources.recovery import Recovery
from webhook.sources.telling import EventsDuty, Serving, StatusDuty, View


def started(
    view: View,
    serving: Serving,
    namespace: str,
    kubeconfig: Path | None,
    clock: Callable[[], float],
) -> Cluster:
    """Begin with them in a thread of their own; `kubeconfig` None: as a pod.

    What a replica waits for comes first, then the Lease, then what only its holder does.
    """
    objects = Objects(namespace, kubeconfig)
    leadership = Leadership(objects, namespace, new_identity(), clock)
    slots = Slots(objects, namespace)
    recovery = Recovery(slots.read)
    status = StatusDuty(objects, namespace, replica_name(), view, serving, leadership, clock)
    every: list[Duty] = [
        recovery,
        leadership,
        Keeping(slots, leadership, clock),
        status,
        EventsDuty(objects, namespace, view, leadership, clock),
    ]
    farewells = [Farewell(each.name, each.leave) for each in (status, leadership)]
    duties = Duties(every, clock, farewells)
    duties.start()
    return Cluster(duties, leadership, recovery)
