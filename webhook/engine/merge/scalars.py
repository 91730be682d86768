"""priorityClassName, schedulerName, runtimeClassName: set where absent, else a conflict.

A value that the cluster fills in (`clusterDefaults`) counts as absent. With a priority class
`/spec/priority` and `/spec/preemptionPolicy` go, with a runtime class `/spec/overhead`: admission
plugins wrote them for the old value and refuse the pod where they do not fit the new one; they
compute them again. They are removed only together with a change: removed when the class is
already right, they would stay away and the pod be stored without a priority.
Source: plugin/pkg/admission/priority and runtimeclass.
"""

from collections.abc import Callable, Sequence
from operator import attrgetter

from msgspec import Struct

from webhook.engine.draft import Draft, Part
from webhook.engine.merge.block import Block, Maker
from webhook.engine.message import shown
from webhook.engine.operation import Operation, add, remove
from webhook.kube.pod import PodSpec
from webhook.policy.spec import Apply, ClusterDefaults


class _Field(Struct, frozen=True):
    name: str  # Kubernetes' name
    wanted: Callable[[Apply], str | None]
    there: Callable[[PodSpec], str | None]
    defaults: Callable[[ClusterDefaults], tuple[str, ...]]
    computed: tuple[tuple[Callable[[PodSpec], object], Operation], ...] = ()


class Scalar:
    """One such field, by the first block that gives it."""

    def __init__(self, field: _Field, part: Part) -> None:
        self._field = field
        self._part = part

    def merge(self, draft: Draft) -> None:
        field, part, spec = self._field, self._part, draft.pod.spec
        there = field.there(spec)
        if there == part.value:
            return
        if there and there not in field.defaults(draft.defaults) and part.on_conflict != "override":
            draft.conflict(
                part, f"{field.name} is {shown(there)}, {part.source} wants {part.value}"
            )
            return
        draft.set(part, there is not None)
        for computed, removal in field.computed:
            if computed(spec) is not None:
                draft.operations.append(removal)

    def parts(self, draft: Draft) -> Sequence[Part]:  # noqa: ARG002  the same for every pod
        return (self._part,)


def scalar_part(name: str, value: str, block: Block) -> Part:
    path = f"/spec/{name}"
    text = f"{name} {value}"
    return Part(
        name, name, value, path, text, block.source, block.apply.on_conflict, add(path, value)
    )


def _scalar(field: _Field) -> Maker:
    def make(blocks: Sequence[Block]) -> Scalar | None:
        for block in blocks:
            value = field.wanted(block.apply)
            if value is not None:
                return Scalar(field, scalar_part(field.name, value, block))
        return None

    return make


def _field(name: str, attribute: str, *computed: tuple[str, str]) -> _Field:
    read = attrgetter(attribute)
    removals = tuple((attrgetter(there), remove(f"/spec/{path}")) for there, path in computed)
    return _Field(name, read, read, read, removals)


priority_class = _scalar(
    _field(
        "priorityClassName",
        "priority_class_name",
        ("priority", "priority"),
        ("preemption_policy", "preemptionPolicy"),
    )
)
scheduler = _scalar(_field("schedulerName", "scheduler_name"))
runtime_class = _scalar(_field("runtimeClassName", "runtime_class_name", ("overhead", "overhead")))
