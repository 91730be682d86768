"""What was decided of one pod, for the next that is alike in all that is looked at.

Airflow's pods repeat: those of a dag differ in names, ids and arguments, which no rule reads. A
pod's shape is the rest: what was decoded of its spec (of args nothing, of env the names), and its
values of those labels and annotations that its placement or a requirement asks for. Whose it is
depends on more, and has to be the same: see `engine`.

Two things are kept: a patch; and that nothing was broken. A violation never is: its message names
the pod, and an exemption that waives it may end tomorrow.
"""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from webhook.engine.operation import Operation
from webhook.engine.placement import Placement
from webhook.engine.rules.subject import Subject
from webhook.kube.pod import NO_LABELS, Pod, PodSpec
from webhook.names import APPLIED, KUBE2IAM_ROLE

MOST_SHAPES = 4  # of one owner: tasks of a dag with other resources, say

Shape = tuple[tuple[str | None, ...], bool, bool, PodSpec]


class Placed(Struct, gc=False):
    """What policy adds to a pod: the patch, and what may be said of it. Only `said` is ever set."""

    team: str | None
    mode: str
    revision: str
    operations: Sequence[Operation]
    warnings: Sequence[str]
    said: bytes | None = None  # room for its answer as admission encodes it, the same each time


def placed(subject: Subject) -> Placed:
    """What may be said of a pod whose patch is known."""
    draft = subject.draft
    return Placed(
        subject.facts.team,
        subject.mode,
        subject.policies.revision,
        tuple(draft.operations),
        tuple(draft.warnings),
    )


class Memory:
    """Of pods that are the same ones': the latest shapes, newest last."""

    __slots__ = ("_annotations", "_labels", "_placed", "_sound")

    def __init__(self, placement: Placement, labels: Iterable[str]) -> None:
        """`labels`: the keys that requirements ask for."""
        self._labels = tuple({*placement.label_keys, *labels})
        self._annotations = tuple({*placement.annotation_keys, APPLIED, KUBE2IAM_ROLE})
        self._placed: list[tuple[Shape, Placed]] = []
        self._sound: list[tuple[Shape, Placed]] = []

    def shape(self, pod: Pod) -> Shape:
        """Two pods with equal ones are decided alike."""
        labels, annotations = pod.metadata.labels, pod.metadata.annotations
        label, annotation = (labels or NO_LABELS).get, (annotations or NO_LABELS).get
        values = (*map(label, self._labels), *map(annotation, self._annotations))
        return values, labels is None, annotations is None, pod.spec

    def placed(self, shape: Shape) -> Placed | None:
        """What a pod of this shape is given."""
        for known, placed in self._placed:
            if known == shape:
                return placed
        return None

    def sound(self, shape: Shape) -> Placed | None:
        """What a pod of this shape has been given, and it breaks nothing."""
        for known, placed in self._sound:
            if known == shape:
                return placed
        return None

    def keep_placed(self, shape: Shape, placed: Placed) -> int:
        """Returns how many shapes more are kept."""
        return _keep(self._placed, shape, placed)

    def keep_sound(self, shape: Shape, placed: Placed) -> int:
        """Likewise."""
        return _keep(self._sound, shape, placed)


def _keep(kept: list[tuple[Shape, Placed]], shape: Shape, placed: Placed) -> int:
    before = len(kept)
    del kept[: before + 1 - MOST_SHAPES]
    kept.append((shape, placed))
    return len(kept) - before
