"""Tolerations: added unless one there already tolerates all that it tolerates, seconds aside.

One there for exactly the same taint with other `tolerationSeconds` is a conflict: of two, the
taint manager takes the first. But the pair for `not-ready` and `unreachable` with 300 s, which
the API server itself adds (DefaultTolerationSeconds), takes the policy's seconds in its place.
"""

from collections.abc import Iterable, Sequence

from msgspec import Struct, to_builtins

from webhook.engine.draft import Draft, Part
from webhook.engine.merge.block import Block
from webhook.engine.operation import add, remove
from webhook.kube.pod import Toleration
from webhook.kube.tolerations import Taint, covers, describe, taint_of

_DEFAULT_SECONDS = 300
_DEFAULT_TAINTS = frozenset(
    (f"node.kubernetes.io/{condition}", "Exists", "", "NoExecute")
    for condition in ("not-ready", "unreachable")
)


class _Wanted(Struct, frozen=True):
    taint: Taint
    toleration: Toleration
    part: Part

    @property
    def seconds(self) -> int | None:
        return self.toleration.toleration_seconds


class Tolerations:
    """The tolerations of the blocks; of two for the same taint the first."""

    def __init__(self, wanted: Iterable[_Wanted]) -> None:
        self._wanted = tuple(wanted)
        self._keys = frozenset(each.taint[0] for each in self._wanted)
        self._whole = [each.toleration for each in self._wanted]

    def merge(self, draft: Draft) -> None:
        tolerations, keys = draft.pod.spec.tolerations or (), self._keys
        # Only one for the same key, or for every key, can be for the same taint or cover it.
        near = [each for each in tolerations if not each.key or each.key in keys]
        if near != self._whole:  # as this very policy left them
            self._merge(draft, tolerations, near)

    def parts(self, draft: Draft) -> Sequence[Part]:  # noqa: ARG002  the same for every pod
        return [wanted.part for wanted in self._wanted]

    def _merge(
        self, draft: Draft, tolerations: Sequence[Toleration], near: Sequence[Toleration]
    ) -> None:
        there = [taint_of(each) for each in near]
        for wanted in self._wanted:
            taint = wanted.taint
            if taint in there:
                found = there.index(taint)
                if found < len(near):
                    _compare(draft, wanted, tolerations, near[found])
            elif not _covered(there, taint):
                draft.ensure("/spec/tolerations", draft.pod.spec.tolerations, [])
                draft.add(wanted.part)
                there.append(taint)


def tolerations(blocks: Sequence[Block]) -> Tolerations | None:
    wanted: dict[Taint, _Wanted] = {}
    for block in blocks:
        for toleration in block.apply.tolerations:
            taint = taint_of(toleration)
            if taint not in wanted:
                wanted[taint] = _Wanted(taint, toleration, _part(toleration, block))
    return Tolerations(wanted.values()) if wanted else None


def _part(toleration: Toleration, block: Block) -> Part:
    text = f"toleration {describe(taint_of(toleration))}"
    value = to_builtins(toleration)
    return Part(
        "tolerations",
        text,
        value,
        "/spec/tolerations",
        text,
        block.source,
        block.apply.on_conflict,
        add("/spec/tolerations/-", value),
    )


def _covered(there: Sequence[Taint], taint: Taint) -> bool:
    for wide in there:  # noqa: SIM110  a generator costs as much as the comparisons
        if covers(wide, taint):
            return True
    return False


def _compare(
    draft: Draft, wanted: _Wanted, tolerations: Sequence[Toleration], there: Toleration
) -> None:
    if there.toleration_seconds == wanted.seconds:
        return
    at = next(at for at, each in enumerate(tolerations) if each is there)
    if wanted.taint in _DEFAULT_TAINTS and there.toleration_seconds == _DEFAULT_SECONDS:
        path = f"/spec/tolerations/{at}/tolerationSeconds"
        draft.operations.append(
            remove(path) if wanted.seconds is None else add(path, wanted.seconds)
        )
        draft.missing.append(wanted.part)
        return
    draft.conflict(
        wanted.part,
        f"{wanted.part.text} has tolerationSeconds {_shown(there.toleration_seconds)}, "
        f"{wanted.part.source} wants {_shown(wanted.seconds)}",
        f"/spec/tolerations/{at}",
    )


def _shown(seconds: int | None) -> str:
    return "none (for ever)" if seconds is None else str(seconds)
