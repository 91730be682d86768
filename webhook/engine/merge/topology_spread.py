"""topologySpreadConstraints: appended by (topologyKey, whenUnsatisfiable), which must be unique.

The same pair with other content is a conflict: the API server refuses a pod with both.
Source: core validation, validateTopologySpreadConstraints.
"""

from collections.abc import Hashable, Sequence
from typing import Any

from msgspec import Struct

from webhook.engine.draft import Draft, Part
from webhook.engine.merge.block import Block
from webhook.engine.message import shown
from webhook.engine.operation import add
from webhook.kube.meaning import of_spread

_PATH = "/spec/topologySpreadConstraints"
_Pair = tuple[object, object]


class _Wanted(Struct, frozen=True):
    pair: _Pair
    meaning: Hashable
    part: Part


class TopologySpread:
    """The constraints of the blocks, each pair by the first block that gives it."""

    def __init__(self, wanted: Sequence[_Wanted]) -> None:
        self._wanted = tuple(wanted)

    def merge(self, draft: Draft) -> None:
        constraints = draft.pod.spec.topology_spread_constraints
        there = {_pair(given): (at, given) for at, given in enumerate(constraints or ())}
        for wanted in self._wanted:
            if wanted.pair not in there:
                draft.ensure(_PATH, constraints, [])
                draft.add(wanted.part)
                continue
            at, given = there[wanted.pair]
            if of_spread(given) != wanted.meaning:
                draft.conflict(wanted.part, _differs(wanted.part, given), f"{_PATH}/{at}")

    def parts(self, draft: Draft) -> Sequence[Part]:  # noqa: ARG002  the same for every pod
        return [wanted.part for wanted in self._wanted]


def topology_spread(blocks: Sequence[Block]) -> TopologySpread | None:
    wanted: dict[_Pair, _Wanted] = {}
    for block in blocks:
        for given in block.apply.topology_spread_constraints:
            pair = _pair(given)
            wanted.setdefault(pair, _Wanted(pair, of_spread(given), _part(given, block)))
    return TopologySpread(list(wanted.values())) if wanted else None


def _pair(constraint: dict[str, Any]) -> _Pair:
    key, when = constraint.get("topologyKey"), constraint.get("whenUnsatisfiable")
    return (key if isinstance(key, str) else None, when if isinstance(when, str) else None)


def _part(given: dict[str, Any], block: Block) -> Part:
    key, when = _pair(given)
    text = f"topologySpreadConstraint on {key} ({when})"
    return Part(
        "topologySpreadConstraints",
        str(key),
        given,
        _PATH,
        text,
        block.source,
        block.apply.on_conflict,
        add(f"{_PATH}/-", given),
    )


def _differs(part: Part, there: dict[str, Any]) -> str:
    """The first of the policy's keys with another meaning there, and both values."""
    wanted = part.value
    keys = [key for key in {**wanted, **there} if _meaning(wanted, key) != _meaning(there, key)]
    key = keys[0] if keys else "maxSkew"
    return f"{part.text} has {key} {_value(there, key)}, {part.source} wants {_value(wanted, key)}"


def _meaning(constraint: dict[str, Any], key: str) -> Hashable:
    pair = {name: constraint.get(name) for name in ("matchLabelKeys", key)}
    return of_spread(pair)


def _value(constraint: dict[str, Any], key: str) -> str:
    return "none" if constraint.get(key) is None else shown(constraint[key])
