"""Required node affinity: ANDed into every term the author has.

Terms are ORed, so appending one would widen placement. A policy of several terms gives the
cross product, but an author's term that already holds every expression of one policy term stays
as it is; an empty term matches nothing and stays so; expressions already there are not repeated.
It is a conflict, and nothing is added, when at least one author's term could match some node (an
author without terms has one that matches every node) and no resulting term can, or when the
product has more than 64 terms.

The first copy of an author's term is extended in its place and further ones are made with JSON
Patch's own `copy`, so that fields of a term that this version does not know are kept.
"""

from collections.abc import Iterator, Sequence

from webhook.engine.draft import Draft, Part
from webhook.engine.merge.block import Block
from webhook.engine.merge.node_selector import required_terms
from webhook.engine.message import shown
from webhook.engine.operation import Operation, add, copy
from webhook.kube import node_affinity as kube
from webhook.kube.node_affinity import Term, as_json, can_match, told
from webhook.kube.pod import NodeSelectorTerm, Pod

_MOST_TERMS = 64  # of the product: 8 of the author's by 8 of the policy's, ten times what is in use
_REQUIRED = "/spec/affinity/nodeAffinity/requiredDuringSchedulingIgnoredDuringExecution"
_TERMS = f"{_REQUIRED}/nodeSelectorTerms"


class RequiredNodeAffinity:
    """The required terms of the blocks, ANDed; a block that contradicts an earlier one is left."""

    def __init__(self, terms: Sequence[Term], block: Block) -> None:
        self._terms = tuple(terms)
        value = [_term_json(term) for term in terms]
        self._part = Part(
            "affinity",
            "nodeAffinity",
            value,
            _REQUIRED,
            f"required node affinity {told(terms)}",
            block.source,
            block.apply.on_conflict,
            add(_TERMS, value),
        )

    def merge(self, draft: Draft) -> None:
        authors = required_terms(draft.pod)
        added = [self._added(term) for term in authors]
        problem = self._problem(draft, authors, added)
        if problem is not None:
            place = (_REQUIRED, "affinity") if authors else ("/spec/nodeSelector", "nodeSelector")
            draft.conflict(self._part, problem, *place)
        elif not authors:
            _ensure_required(draft)
            draft.add(self._part)
        elif any(missing for missing in added if missing != [()]):
            draft.operations.extend(_extend(draft.pod, authors, added))
            draft.missing.append(self._part)

    def parts(self, draft: Draft) -> Sequence[Part]:  # noqa: ARG002  the same for every pod
        return (self._part,)

    def _added(self, author: Term) -> list[Term]:
        """What each resulting copy of an author's term gets; [()] where it stays as it is."""
        missing = [tuple(given for given in term if given not in author) for term in self._terms]
        return [()] if not author or () in missing else missing

    def _problem(self, draft: Draft, authors: list[Term], added: list[list[Term]]) -> str | None:
        if sum(map(len, added)) > _MOST_TERMS:
            return (
                f"{self._part.source}'s node affinity has {len(self._terms)} terms and the pod's "
                f"{len(authors)}: together more than {_MOST_TERMS}"
            )
        selector = draft.node_selector
        if authors and not any(can_match(term, selector) for term in authors):
            return None
        results = (
            [(*author, *new) for author, news in zip(authors, added, strict=True) for new in news]
            if authors
            else self._terms
        )
        if any(can_match(term, selector) for term in results):
            return None
        theirs = (
            f"required node affinity {shown(told(authors))}" if authors else self._selected(draft)
        )
        return f"{theirs} and the {self._part.text} of {self._part.source} have no node in common"

    def _selected(self, draft: Draft) -> str:
        """The part of the nodeSelector that the policy's terms speak of."""
        keys = {expression.key for term in self._terms for expression in term}
        pairs = [f"{key}={value}" for key, value in draft.node_selector.items() if key in keys]
        return f"nodeSelector {', '.join(sorted(pairs))}"


def node_affinity(blocks: Sequence[Block]) -> RequiredNodeAffinity | None:
    terms: list[Term] = []
    first: Block | None = None
    for block in blocks:
        given = kube.required_terms(block.apply.affinity)
        if not given:
            continue
        if first is None:
            first, terms = block, given
            continue
        both = [
            (*one, *(new for new in other if new not in one)) for one in terms for other in given
        ]
        if len(both) <= _MOST_TERMS and any(can_match(term, {}) for term in both):
            terms = both
    return RequiredNodeAffinity(terms, first) if first is not None else None


def _ensure_required(draft: Draft) -> None:
    """Make what is absent above nodeSelectorTerms."""
    affinity = draft.pod.spec.affinity
    node = affinity and affinity.node_affinity
    required = node and node.required_during_scheduling_ignored_during_execution
    draft.ensure("/spec/affinity", affinity, {})
    draft.ensure("/spec/affinity/nodeAffinity", node, {})
    draft.ensure(_REQUIRED, required, {})


def _extend(pod: Pod, authors: list[Term], added: list[list[Term]]) -> Iterator[Operation]:
    """Copies first, while the author's terms are still as they were; then what each lacks."""
    raw = _raw_terms(pod)
    at = len(authors)
    extended: list[tuple[int, int, Term]] = []  # position, the author's term, what it gets
    for position, news in enumerate(added):
        extended.append((position, position, news[0]))
        for new in news[1:]:
            yield copy(f"{_TERMS}/{position}", f"{_TERMS}/-")
            extended.append((at, position, new))
            at += 1
    for position, origin, new in extended:
        yield from _expressions(f"{_TERMS}/{position}", raw[origin], new)


def _expressions(path: str, author: NodeSelectorTerm, new: Term) -> Iterator[Operation]:
    lists = {"matchExpressions": author.match_expressions, "matchFields": author.match_fields}
    for name, there in lists.items():
        wanted = [as_json(expression) for expression in new if expression.list == name]
        if wanted and there is None:
            yield add(f"{path}/{name}", wanted)
        else:
            yield from (add(f"{path}/{name}/-", expression) for expression in wanted)


def _raw_terms(pod: Pod) -> list[NodeSelectorTerm]:
    affinity = pod.spec.affinity and pod.spec.affinity.node_affinity
    required = affinity and affinity.required_during_scheduling_ignored_during_execution
    return (required and required.node_selector_terms) or []


def _term_json(term: Term) -> dict[str, list[object]]:
    shown: dict[str, list[object]] = {}
    for expression in term:
        shown.setdefault(expression.list, []).append(as_json(expression))
    return shown
