"""Labels, annotations: a key that is absent is added, one with another value is a conflict.

A label never changes (KubernetesPodOperator finds its pods by their labels), so there `override`
is `deny`; an annotation's value may be overridden. Whether a differing label is a conflict at
all depends on the requirements for the pod, which are looked at later: see rules/conflict.py.
"""

from collections.abc import Mapping, Sequence

from webhook.engine.draft import NOTHING, Draft, Part
from webhook.engine.merge.block import Block
from webhook.engine.message import shown
from webhook.engine.operation import add, pointer


class Labels:
    """The labels of the blocks, each key by the first block that gives it."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self._parts = tuple(parts)

    def merge(self, draft: Draft) -> None:
        labels = draft.labels
        for part in self._parts:
            there = labels.get(part.key)
            if there is None:
                add_label(draft, part)
            elif there != part.value:
                draft.differing_labels.append((part, there))

    def parts(self, draft: Draft) -> Sequence[Part]:  # noqa: ARG002  the same for every pod
        return self._parts


class Annotations:
    """The annotations of the blocks, each key by the first block that gives it."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self._parts = tuple(parts)

    def merge(self, draft: Draft) -> None:
        annotations = draft.pod.metadata.annotations or NOTHING
        for part in self._parts:
            merge_annotation(draft, part, annotations.get(part.key))

    def parts(self, draft: Draft) -> Sequence[Part]:  # noqa: ARG002  the same for every pod
        return self._parts


def labels(blocks: Sequence[Block]) -> Labels | None:
    parts = _parts("labels", "label", [(block, block.apply.labels) for block in blocks])
    return Labels(parts) if parts else None


def annotations(blocks: Sequence[Block]) -> Annotations | None:
    parts = _parts(
        "annotations", "annotation", [(block, block.apply.annotations) for block in blocks]
    )
    return Annotations(parts) if parts else None


def add_label(draft: Draft, part: Part) -> None:
    draft.ensure("/metadata/labels", draft.pod.metadata.labels, {})
    draft.labels[part.key] = part.value
    draft.add(part)


def merge_annotation(draft: Draft, part: Part, there: str | None) -> None:
    if there == part.value:
        return
    if there is None or part.on_conflict == "override":
        draft.ensure("/metadata/annotations", draft.pod.metadata.annotations, {})
        draft.set(part, there is not None)
    else:
        draft.conflict(
            part, f"annotation {part.key} is {shown(there)}, {part.source} wants {part.value}"
        )


def map_part(field: str, noun: str, key: str, value: str, block: Block) -> Part:
    """A part that is one member of an object under `metadata`."""
    path = pointer("metadata", field, key)
    text = f"{noun} {key}={value}"
    return Part(
        field, key, value, path, text, block.source, block.apply.on_conflict, add(path, value)
    )


def _parts(field: str, noun: str, given: Sequence[tuple[Block, Mapping[str, str]]]) -> list[Part]:
    parts: dict[str, Part] = {}
    for block, entries in given:
        for key, value in entries.items():
            if key not in parts:
                parts[key] = map_part(field, noun, key, value, block)
    return [parts[key] for key in parts]
