"""Preferred node affinity, podAffinity and podAntiAffinity: appended unless an equal term is there.

Equal by meaning: what the API server generates from `matchLabelKeys` is not compared.
"""

from collections.abc import Hashable, Sequence
from typing import Any

from msgspec import Struct

from webhook.engine.draft import Draft, Part
from webhook.engine.merge.block import Block
from webhook.engine.operation import add
from webhook.kube.meaning import of_term
from webhook.kube.pod import NodeAffinity, Pod, PodAffinity

_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"
_LISTS = (
    ("nodeAffinity", _PREFERRED, "preferred node affinity"),
    ("podAffinity", _REQUIRED, "required pod affinity"),
    ("podAffinity", _PREFERRED, "preferred pod affinity"),
    ("podAntiAffinity", _REQUIRED, "required pod anti-affinity"),
    ("podAntiAffinity", _PREFERRED, "preferred pod anti-affinity"),
)


class _Wanted(Struct, frozen=True):
    kind: str  # nodeAffinity | podAffinity | podAntiAffinity
    list: str
    meaning: Hashable
    part: Part


class AffinityTerms:
    """The terms of the blocks, in their order."""

    def __init__(self, wanted: Sequence[_Wanted]) -> None:
        self._wanted = tuple(wanted)

    def merge(self, draft: Draft) -> None:
        there: dict[tuple[str, str], set[Hashable]] = {}
        for wanted in self._wanted:
            at = (wanted.kind, wanted.list)
            terms = _terms(draft.pod, *at)
            if at not in there:
                there[at] = set(map(of_term, terms or ()))
            if wanted.meaning not in there[at]:
                _ensure_list(draft, wanted, terms)
                draft.add(wanted.part)

    def parts(self, draft: Draft) -> Sequence[Part]:  # noqa: ARG002  the same for every pod
        return [wanted.part for wanted in self._wanted]


def affinity_terms(blocks: Sequence[Block]) -> AffinityTerms | None:
    wanted: dict[tuple[str, str, Hashable], _Wanted] = {}
    for kind, list_, noun in _LISTS:
        for block in blocks:
            for term in (block.apply.affinity.get(kind) or {}).get(list_) or ():
                meaning = of_term(term)
                part = _part(kind, list_, noun, term, block)
                wanted.setdefault((kind, list_, meaning), _Wanted(kind, list_, meaning, part))
    return AffinityTerms(list(wanted.values())) if wanted else None


def _part(kind: str, list_: str, noun: str, term: dict[str, Any], block: Block) -> Part:
    path = f"/spec/affinity/{kind}/{list_}"
    return Part(
        "affinity",
        kind,
        term,
        path,
        f"{noun} term",
        block.source,
        block.apply.on_conflict,
        add(f"{path}/-", term),
    )


def _ensure_list(draft: Draft, wanted: _Wanted, terms: list[dict[str, Any]] | None) -> None:
    draft.ensure("/spec/affinity", draft.pod.spec.affinity, {})
    draft.ensure(f"/spec/affinity/{wanted.kind}", _group(draft.pod, wanted.kind), {})
    draft.ensure(wanted.part.path, terms, [])


def _group(pod: Pod, kind: str) -> NodeAffinity | PodAffinity | None:
    affinity = pod.spec.affinity
    if affinity is None:
        return None
    if kind == "nodeAffinity":
        return affinity.node_affinity
    return affinity.pod_affinity if kind == "podAffinity" else affinity.pod_anti_affinity


def _terms(pod: Pod, kind: str, list_: str) -> list[dict[str, Any]] | None:
    group = _group(pod, kind)
    if group is None:
        return None
    if isinstance(group, PodAffinity) and list_ == _REQUIRED:
        return group.required_during_scheduling_ignored_during_execution
    return group.preferred_during_scheduling_ignored_during_execution
