"""What became of each pod, judged by what was stored and by what its creator was answered.

| its creator got                                   | a good pod     | a bad pod        |
|---------------------------------------------------|----------------|------------------|
| the pod                                           | admitted       | let in           |
| 400 `BadRequest`, by Taxiway                      | wrongly denied | refused          |
| no answer, or one that names no webhook of ours,  | not counted    | not counted      |
| while the API server was down                     |                |                  |
| anything else                                     | failed         | failed           |

Down is an API server from the moment it is told to end until it says that it is ready (`/readyz`).
Where a load balancer stands before several, it sends nobody there in that time.

Whatever the answers were, every pod that is stored is looked at: a bad one was let in, and a good
one must have all that one of the policies gives, exactly, or it is unplaced.
"""

from collections.abc import Collection, Iterable, Sequence

from msgspec import Struct

from tests.cluster.api import Object
from tests.cluster.creations import CREATED, Creation
from tests.reliability.policies import BAD, Placement, found

DENIED = (400, "BadRequest")
OURS = ".taxiway"  # what the names of our webhooks end with
EXAMPLES = 5
EXAMPLE_LENGTH = 300


class Period(Struct, frozen=True):
    """In which the API server was down; seconds, monotonic."""

    began: float
    ended: float


class Verdict(Struct, frozen=True, kw_only=True):
    """Counts, and for what must not happen the first examples."""

    admitted: int = 0
    refused: int = 0
    not_counted: int = 0
    failed: int = 0
    wrongly_denied: int = 0
    let_in: int = 0
    unplaced: int = 0
    stored: int = 0
    examples: tuple[str, ...] = ()

    @property
    def is_clean(self) -> bool:
        """No pod is where it should not be; creations may have failed."""
        return not (self.wrongly_denied or self.let_in or self.unplaced)


def judge(
    creations: Sequence[Creation],
    stored: Iterable[Object],
    placements: Collection[Placement],
    down: Sequence[Period] = (),
) -> Verdict:
    """`placements`: what the policies give, each of them."""
    outcomes = [(outcome(each, down), each) for each in creations]
    pods = [(pod["metadata"]["name"], pod) for pod in stored]
    let_in = [name for name, _ in pods if is_bad(name)]
    unplaced = [pod for name, pod in pods if not is_bad(name) and found(pod) not in placements]
    counts = dict.fromkeys(("admitted", "refused", "not_counted", *WRONG), 0)
    for kind, _ in outcomes:
        counts[kind] += 1
    examples = [
        *(f"{kind}: {each.failure}" for kind, each in outcomes if kind in WRONG),
        *(f"let in: {name}" for name in let_in),
        *(f"unplaced: {found(pod)}" for pod in unplaced),
    ]
    return Verdict(
        **counts,
        let_in=len(let_in),
        unplaced=len(unplaced),
        stored=len(pods),
        examples=tuple(each[:EXAMPLE_LENGTH] for each in examples[:EXAMPLES]),
    )


WRONG = ("failed", "wrongly_denied")


def outcome(creation: Creation, down: Sequence[Period]) -> str:
    """By the table above; pods that were let in are found among those that are stored."""
    if creation.code == CREATED:
        return "admitted"
    body = {} if creation.error else creation.body
    said = creation.error or str(body.get("message"))
    if (creation.code, body.get("reason")) == DENIED and "denied the request" in said:
        return "refused" if is_bad(creation.name) else "wrongly_denied"
    if OURS not in said and any(overlap(creation, period) for period in down):
        return "not_counted"
    return "failed"


def is_bad(name: str) -> bool:
    return name.startswith(BAD)


def overlap(creation: Creation, period: Period) -> bool:
    return creation.began <= period.ended and creation.ended >= period.began
