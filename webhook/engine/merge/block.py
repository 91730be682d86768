"""What the merges are made of: the `apply` blocks that hold for a pod, and a step for each field.

The blocks come in order: the team's, then the profiles' by name. Where two differ about one
field the earlier wins; that is settled when a placement is built, so that a request only ever
compares one policy with one pod, and a second pass cannot take our own value for the author's.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

from msgspec import Struct

from webhook.engine.draft import Draft, Part
from webhook.policy.spec import Apply


class Block(Struct, frozen=True):
    source: str  # `team payments` or `profile spot`
    apply: Apply


class Step(Protocol):
    """One field's merge, compiled from the blocks."""

    def merge(self, draft: Draft) -> None:
        """Add to the draft what the pod lacks, and note conflicts."""

    def parts(self, draft: Draft) -> Sequence[Part]:
        """All that a pod of this workload may get of it, be it there or not: for explanations."""


Maker = Callable[[Sequence[Block]], Step | None]  # None: no block gives the field
