"""UPDATE: only what it changed is judged, so that everything Airflow does later goes through.

| changed                                          | judged by                                  |
|--------------------------------------------------|--------------------------------------------|
| a toleration was added                           | `reserved` (a Pending pod may be given one)|
| the IAM role annotation was added or changed     | `reserved` (kube2iam reads a running pod's)|
| the team or cost-center label was added, changed | the requirements on both, and `membership` |
| or removed                                       |                                            |

Nothing else of an update is ever denied: finalizers, deletion, Airflow's own label patches.
"""

from collections.abc import Iterator

from webhook.engine.draft import NOTHING
from webhook.engine.exemptions import Found
from webhook.engine.rules.membership import membership
from webhook.engine.rules.requirement import requirement
from webhook.engine.rules.reserved import reserved_role, reserved_tolerations
from webhook.engine.rules.subject import Subject
from webhook.kube.pod import Pod, Toleration
from webhook.kube.tolerations import taint_of
from webhook.names import KUBE2IAM_ROLE


def changed(subject: Subject, old: Pod) -> Iterator[Found]:
    """The violations that this update brings, in the order of the rules."""
    labels = subject.policies.spec.labels
    watched = (labels.team, labels.cost_center)
    if any(_label(subject.request.pod, key) != _label(old, key) for key in watched):
        yield from ((key, found) for key, found in requirement(subject) if key in watched)
        yield from ((None, found) for found in membership(subject))
    role = _role(subject.request.pod)
    if role and role != _role(old):
        yield from ((None, found) for found in reserved_role(subject, role))
    yield from (
        (None, found) for found in reserved_tolerations(subject, _added(subject.request.pod, old))
    )


def _label(pod: Pod, key: str) -> str | None:
    return (pod.metadata.labels or NOTHING).get(key)


def _role(pod: Pod) -> str | None:
    return (pod.metadata.annotations or NOTHING).get(KUBE2IAM_ROLE)


def _added(pod: Pod, old: Pod) -> Iterator[tuple[int, Toleration]]:
    """Tolerations that were not there; one whose seconds alone changed was."""
    there = {taint_of(toleration) for toleration in old.spec.tolerations or ()}
    for at, toleration in enumerate(pod.spec.tolerations or ()):
        if taint_of(toleration) not in there:
            yield at, toleration
