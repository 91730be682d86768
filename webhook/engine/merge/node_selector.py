"""nodeSelector: keys are added. Another value there is a conflict, and so is a value that leaves
the author's required node affinity nothing to match (the pod would be Pending for ever).

`override` replaces another value; it cannot mend an affinity, so there it is `deny`.
"""

from collections.abc import Mapping, Sequence

from webhook.engine.draft import Draft, Part
from webhook.engine.merge.block import Block
from webhook.engine.message import shown
from webhook.engine.operation import add, pointer
from webhook.kube.node_affinity import Term, can_match, expressions_of, told
from webhook.kube.pod import Pod


class NodeSelector:
    """The nodeSelector of the blocks, each key by the first block that gives it."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self._parts = tuple(parts)

    def merge(self, draft: Draft) -> None:
        terms = required_terms(draft.pod) if draft.pod.spec.affinity is not None else ()
        for part in self._parts:
            there = draft.node_selector.get(part.key)
            if there == part.value:
                continue
            if there is not None and part.on_conflict != "override":
                draft.conflict(
                    part,
                    f"nodeSelector {part.key} is {shown(there)}, {part.source} wants {part.value}",
                )
                continue
            merged = {**draft.node_selector, part.key: part.value}
            if terms and _leaves_nothing(terms, draft.node_selector, merged):
                _unsatisfiable(draft, part, terms)
                continue
            draft.ensure("/spec/nodeSelector", draft.pod.spec.node_selector, {})
            draft.set(part, there is not None)
            draft.node_selector = merged

    def parts(self, draft: Draft) -> Sequence[Part]:  # noqa: ARG002  the same for every pod
        return self._parts


def node_selector(blocks: Sequence[Block]) -> NodeSelector | None:
    parts: dict[str, Part] = {}
    for block in blocks:
        for key, value in block.apply.node_selector.items():
            parts.setdefault(key, _part(key, value, block))
    return NodeSelector([parts[key] for key in sorted(parts)]) if parts else None


def required_terms(pod: Pod) -> list[Term]:
    """The author's required terms; none where there is no affinity (absent, null, {} and [])."""
    affinity = pod.spec.affinity and pod.spec.affinity.node_affinity
    required = affinity and affinity.required_during_scheduling_ignored_during_execution
    return [expressions_of(term) for term in (required and required.node_selector_terms) or ()]


def _part(key: str, value: str, block: Block) -> Part:
    path = pointer("spec", "nodeSelector", key)
    text = f"nodeSelector {key}={value}"
    return Part(
        "nodeSelector",
        key,
        value,
        path,
        text,
        block.source,
        block.apply.on_conflict,
        add(path, value),
    )


def _leaves_nothing(
    terms: Sequence[Term], before: Mapping[str, str], after: Mapping[str, str]
) -> bool:
    """Whether this value, and not something earlier, takes the last node away."""
    return any(can_match(term, before) for term in terms) and not any(
        can_match(term, after) for term in terms
    )


def _unsatisfiable(draft: Draft, part: Part, terms: Sequence[Term]) -> None:
    draft.conflict(
        part,
        f"required node affinity {shown(told(terms))} matches no node with nodeSelector "
        f"{part.key}={part.value}, which {part.source} wants",
        "/spec/affinity/nodeAffinity/requiredDuringSchedulingIgnoredDuringExecution",
        "affinity",
    )
