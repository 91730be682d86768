"""What the engine says about one pod: a Decision, the same for `/mutate`, `/validate` and `review`."""

from typing import Any

from msgspec import Struct

from webhook.airflow.workload import Workload


class Operation(Struct, frozen=True, gc=False, omit_defaults=True):
    """One RFC 6902 operation. `value` may be a `msgspec.Raw`: JSON made when policy was compiled."""

    op: str  # add | replace | remove | copy
    path: str  # a JSON Pointer into the pod
    value: Any = None
    from_: str | None = None  # of a copy; `from` on the wire


class Violation(Struct, frozen=True, gc=False):
    """One broken rule. `message` is one line: what is wrong, and how to mend it."""

    rule: str  # one of names.RULES
    message: str
    path: str | None = None  # a JSON Pointer into the pod
    mode: str = "enforce"  # the softest in force for it


class Decision(Struct, frozen=True, gc=False, kw_only=True):
    """`violations` are those of the pod as it stands, `patched_violations` as the patch leaves it."""

    workload: Workload | None = None  # None: not governed, and all else is empty
    team: str | None = None
    mode: str | None = None  # the pod's: enforce | warn | audit
    revision: str = ""
    operations: tuple[Operation, ...] = ()  # empty where nothing differs
    violations: tuple[Violation, ...] = ()
    warnings: tuple[str, ...] = ()
