"""What the engine says about one pod: a Decision, the same for the webhook and for `review`."""

from msgspec import Struct

from webhook.airflow.workload import Workload
from webhook.engine.operation import Operation


class Violation(Struct, frozen=True, gc=False):
    """One broken rule. `message` is one line: what is wrong, and how to mend it."""

    rule: str  # one of names.RULES
    message: str
    path: str | None = None  # a JSON Pointer into the pod
    mode: str = "enforce"  # the softest in force for it


class Decision(Struct, frozen=True, gc=False, kw_only=True):
    """The patch for a pod, and what is broken. Without a workload the pod is not governed."""

    workload: Workload | None = None
    team: str | None = None
    mode: str | None = None  # the pod's: enforce | warn | audit
    revision: str = ""
    operations: tuple[Operation, ...] = ()  # what differs from the policy; in audit, what would be
    violations: tuple[Violation, ...] = ()
    warnings: tuple[str, ...] = ()
    contact: str | None = None  # the team's
