"""The draft of one pod's patch: what the steps of a placement add to it, one after the other.

Nothing of the pod is copied: the draft holds what was added, and the few merged views that later
steps and the rules read (labels, nodeSelector, the role, the service account).
"""

from typing import Any

from msgspec import Struct

from webhook.airflow.workload import Workload
from webhook.engine.operation import Operation, add, replace
from webhook.kube.pod import Labels, Pod
from webhook.policy.spec import ClusterDefaults


class Part(Struct, frozen=True, gc=False):
    """One thing that a policy adds to a pod: a label, a toleration, a limit."""

    field: str  # Kubernetes' name of the field, for messages: nodeSelector, tolerations, …
    key: str
    value: Any
    path: str  # where it is or would be, a JSON Pointer
    text: str  # how a message names it: `toleration dedicated=payments:NoSchedule`
    source: str  # whose it is: `team payments`, `profile spot`
    on_conflict: str  # deny | keep | override
    operation: Operation  # adds it where it is absent


class Conflict(Struct, frozen=True, gc=False):
    """The author and the policy want different things: the field stays as the author wrote it."""

    part: Part
    field: str  # the one that the author wrote
    path: str
    problem: str  # both values, in a sentence without its end


NOTHING: Labels = {}  # never written to


class Draft(Struct, gc=False):
    """The additions to one pod, in the making."""

    pod: Pod
    workload: Workload
    defaults: ClusterDefaults
    labels: Labels  # the pod's, with those that were added
    node_selector: Labels  # likewise
    role: str | None = None  # the one that was added, else see the pod's annotation
    service_account: str | None = None  # likewise
    made: tuple[str, ...] = ()  # objects and lists that were absent
    operations: list[Operation] = []
    missing: list[Part] = []
    conflicts: list[Conflict] = []
    differing_labels: list[tuple[Part, str]] = []
    kept: list[Conflict] = []  # what were conflicts but for `onConflict: keep`
    warnings: list[str] = []

    def add(self, part: Part) -> None:
        """Add a part as it was compiled."""
        self.operations.append(part.operation)
        self.missing.append(part)

    def set(self, part: Part, there: bool) -> None:
        """Set a member of an object: replaced where the author has one, else added."""
        self.operations.append(replace(part.path, part.value) if there else part.operation)
        self.missing.append(part)

    def ensure(self, path: str, there: object, empty: Any) -> None:
        """Make the object or list at `path` unless it is there, or was made before."""
        if there is None and path not in self.made:
            self.made += (path,)
            self.operations.append(_EMPTY.get(path) or add(path, empty))

    def conflict(
        self, part: Part, problem: str, path: str | None = None, field: str | None = None
    ) -> None:
        """Note a conflict, or that the author's word is kept where the policy says so.

        `path` and `field` say what the author wrote, where that is not the part's own place.
        """
        conflict = Conflict(part, field or part.field, path or part.path, problem)
        (self.kept if part.on_conflict == "keep" else self.conflicts).append(conflict)


# The objects and lists that are often absent, encoded once.
_EMPTY = {
    path: add(path, empty)
    for path, empty in (
        ("/metadata/labels", {}),
        ("/metadata/annotations", {}),
        ("/spec/tolerations", []),
        ("/spec/nodeSelector", {}),
        ("/spec/affinity", {}),
        ("/spec/affinity/nodeAffinity", {}),
        ("/spec/topologySpreadConstraints", []),
        ("/spec/imagePullSecrets", []),
    )
}
