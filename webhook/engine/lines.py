"""What became of each thing that a placement may add to one pod, and why.

| outcome    | when                                                                      |
|------------|---------------------------------------------------------------------------|
| `added`    | the pod had none                                                          |
| `replaced` | it had another: the cluster's, which counts as absent, or the author's,   |
|            | where the policy says `onConflict: override`                              |
| `there`    | the pod has it, or what comes to the same                                 |
| `kept`     | the author has set another, which stays                                   |
| `left-out` | this pod cannot have it, or must not                                      |
| `conflict` | the author has set another, and the policy wants its own                  |

The merges decide: what they added, replaced and refused stands in the draft. Of the rest they
have found that there is nothing to do, and it is named here why.
"""

from collections.abc import Iterator
from operator import attrgetter

from msgspec import Struct, convert

from webhook.engine.draft import Draft, Part
from webhook.engine.merge.block import Block
from webhook.engine.merge.container import task_container
from webhook.engine.message import shown
from webhook.engine.rules.subject import Subject
from webhook.kube.pod import ResourceRequirements, Toleration
from webhook.kube.quantity import parse_quantity
from webhook.kube.tolerations import covers, taint_of

ADDED, REPLACED, THERE = "added", "replaced", "there"
KEPT, LEFT_OUT, CONFLICT = "kept", "left-out", "conflict"
OUTCOMES = (ADDED, REPLACED, THERE, KEPT, LEFT_OUT, CONFLICT)

_SCALARS = {
    "serviceAccountName": "service_account_name",
    "priorityClassName": "priority_class_name",
    "schedulerName": "scheduler_name",
    "runtimeClassName": "runtime_class_name",
}
_COMPUTED = {
    "priorityClassName": ("priority", "preemptionPolicy"),
    "runtimeClassName": ("overhead",),
}


class Line(Struct, frozen=True):
    """One thing that a policy gives. `why` goes on after `because`; empty: the outcome says all."""

    text: str  # as messages name it: `toleration dedicated=payments:NoSchedule`
    source: str  # whose it is: `team payments`, `profile spot`
    outcome: str
    why: str
    field: str
    key: str
    path: str


def lines(subject: Subject) -> tuple[Line, ...]:
    """Of all that this pod's placement holds, in the order in which it is merged."""
    return tuple(_lines(subject))


def _lines(subject: Subject) -> Iterator[Line]:
    placement, draft = subject.placement, subject.draft
    if subject.whose.label is None and placement.team_label is not None:
        yield _line(placement.team_label, ADDED, "its members match, and the pod names no team")
    for block in placement.blocks:
        yield from _other_workloads(block, draft)
    for step in placement.steps:
        for part in step.parts(draft):
            yield _line(part, *_outcome(subject, part))
    if any(operation.path == placement.applied.path for operation in draft.operations):
        yield _line(placement.applied, ADDED, "")


def _line(part: Part, outcome: str, why: str) -> Line:
    return Line(part.text, part.source, outcome, why, part.field, part.key, part.path)


def _outcome(subject: Subject, part: Part) -> tuple[str, str]:
    draft = subject.draft
    if any(missing is part for missing in draft.missing):
        return _added(draft, part)
    for conflict in draft.conflicts:
        if conflict.part is part:
            return CONFLICT, conflict.problem
    for conflict in draft.kept:
        if conflict.part is part:
            return KEPT, f"{conflict.problem}, and says onConflict: keep"
    for differing, there in draft.differing_labels:
        if differing is part:
            return _differing(subject, part, there)
    return _nothing_to_do(draft, part)


def _added(draft: Draft, part: Part) -> tuple[str, str]:
    if part.field in _SCALARS:
        return _set(draft, part)
    if part.field == "tolerations" and part.operation not in draft.operations:
        return REPLACED, "the API server's own 300 seconds count as absent"
    there = {
        "nodeSelector": draft.pod.spec.node_selector,
        "annotations": draft.pod.metadata.annotations,
    }.get(part.field)
    if there and part.key in there:
        return REPLACED, f"the author's {shown(there[part.key])}: {_OVERRIDE}"
    return ADDED, ""


_OVERRIDE = "the policy says onConflict: override"


def _set(draft: Draft, part: Part) -> tuple[str, str]:
    """A field with one value; what the API server computes of it goes together with the old."""
    attribute = _SCALARS[part.field]
    there: str | None = getattr(draft.pod.spec, attribute)
    gone = [operation.path for operation in draft.operations if operation.op == "remove"]
    computed = [name for name in _COMPUTED.get(part.field, ()) if f"/spec/{name}" in gone]
    also = f"; {' and '.join(computed)} go, to be computed again" if computed else ""
    if not there:
        return ADDED, f"the pod names none{also}" if also else ""
    if there in attrgetter(attribute)(draft.defaults):
        why = f"{shown(there)} is what the cluster writes by itself, and counts as absent"
        return REPLACED, f"{why}{also}"
    return REPLACED, f"the author's {shown(there)}: {_OVERRIDE}{also}"


def _differing(subject: Subject, part: Part, there: str) -> tuple[str, str]:
    problem = f"it is {shown(there)}, {part.source} wants {part.value}"
    if part.key in {required.label for required in subject.requirements}:
        return KEPT, f"{problem}: no label changes, and a requirement judges this one alone"
    if part.on_conflict == "keep":
        return KEPT, f"{problem}, and says onConflict: keep"
    return CONFLICT, problem


def _nothing_to_do(draft: Draft, part: Part) -> tuple[str, str]:
    match part.field:
        case "tolerations":
            return THERE, _tolerated(draft, part)
        case "env":
            return _variable(draft)
        case "resources":
            return _resource(draft, part)
        case "affinity" if part.text.startswith("required node affinity"):
            return THERE, "every term of the pod asks for it"
        case _:
            return THERE, ""


def _tolerated(draft: Draft, part: Part) -> str:
    wanted = taint_of(convert(part.value, Toleration))
    there = [taint_of(each) for each in draft.pod.spec.tolerations or ()]
    if wanted in there:
        return ""
    whose = (
        "one that is there"
        if any(covers(each, wanted) for each in there)
        else "another that the policy adds"
    )
    return f"{whose} tolerates all that it tolerates"


def _variable(draft: Draft) -> tuple[str, str]:
    found = task_container(draft.pod)
    if found is None:
        return LEFT_OUT, "the pod has no container"
    if found[1].env_from:
        return LEFT_OUT, "the container has envFrom, and an added variable could hide one of its"
    return KEPT, "the container has a variable of this name, and its own stays"


def _resource(draft: Draft, part: Part) -> tuple[str, str]:
    pod_level = draft.pod.spec.resources
    if pod_level and (pod_level.requests or pod_level.limits):
        return LEFT_OUT, "the pod has resources as a whole (spec.resources)"
    found = task_container(draft.pod)
    if found is None:
        return LEFT_OUT, "the pod has no container"
    resources = found[1].resources or ResourceRequirements()
    there = (resources.limits if "/limits/" in part.path else resources.requests) or {}
    if part.key not in there:
        return LEFT_OUT, "beside what the container has it would not be valid"
    if _same(there[part.key], part.value):
        return THERE, ""
    given = shown(there[part.key])
    return KEPT, f"the container has {given}; what a LimitRange fills in counts as the author's"


def _same(there: str | int | float, wanted: str) -> bool:
    try:
        return parse_quantity(there) == parse_quantity(wanted)
    except ValueError:
        return False


def _other_workloads(block: Block, draft: Draft) -> Iterator[Line]:
    """An identity that this kind of workload does not get."""
    iam, kind = block.apply.iam, draft.workload.kind
    if iam is None or kind in iam.workloads:
        return
    given = iam.service_account_name or iam.role or ""
    why = f"it is for {', '.join(iam.workloads)}; a pod of {kind} keeps the account it has"
    yield Line(
        f"iam {iam.provider} {given}".rstrip(), block.source, LEFT_OUT, why, "iam", "", "/spec"
    )
