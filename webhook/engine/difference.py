"""What another policy set would do differently with one request: two decisions compared.

| kind               | when                                                                       |
|--------------------|----------------------------------------------------------------------------|
| `newly-denied`     | it is refused now; by each rule in enforce that was not broken before      |
| `newly-admitted`   | it was refused; by each rule in enforce that it broke                      |
| `team-changed`     | another team, or one in place of none, or none                             |
| `placed-elsewhere` | admitted by both, with another patch                                       |
| `told-differently` | refused by both for other things, or admitted by both with other warnings   |

A request can differ in several ways; the first is the gravest. By which set a pod was decided
(`taxiway/applied`) always differs and says nothing, and so does an object or list that is made
only to hold what is added. In audit nothing is patched and nobody is told.
"""

from collections.abc import Iterator

from msgspec import Struct

from webhook.engine.decision import Decision, Violation
from webhook.engine.operation import Operation, pointer
from webhook.names import APPLIED

KINDS = (
    "newly-denied",
    "newly-admitted",
    "team-changed",
    "placed-elsewhere",
    "told-differently",
)
_APPLIED = pointer("metadata", "annotations", APPLIED)


class Difference(Struct, frozen=True, gc=False):
    kind: str  # one of KINDS
    rule: str = ""  # where a rule is what makes it


def differences(live: Decision, planned: Decision) -> tuple[Difference, ...]:
    """In the order of KINDS, each kind and rule once."""
    return tuple(dict.fromkeys(_differences(live, planned)))


def denying(decision: Decision) -> tuple[Violation, ...]:
    """The violations that refuse it."""
    return tuple(each for each in decision.violations if each.mode == "enforce")


def only_in(one: Decision, other: Decision) -> list[Operation]:
    """What the first decision's patch does to the pod, and the other's does not."""
    theirs = {operation.encoded for operation in _effective(other)}
    return [operation for operation in _effective(one) if operation.encoded not in theirs]


def _differences(live: Decision, planned: Decision) -> Iterator[Difference]:
    before, after = _rules(live), _rules(planned)
    if after and not before:
        yield from (Difference("newly-denied", rule) for rule in after)
    elif before and not after:
        yield from (Difference("newly-admitted", rule) for rule in before)
    if live.team != planned.team:
        yield Difference("team-changed")
    if not before and not after:
        if only_in(live, planned) or only_in(planned, live):
            yield Difference("placed-elsewhere")
        if _told(live) != _told(planned):
            yield Difference("told-differently")
    elif before and after:
        changed = sorted(_broken(live) ^ _broken(planned))
        yield from (Difference("told-differently", rule) for rule, _ in changed)


def _rules(decision: Decision) -> tuple[str, ...]:
    """The rules that refuse it, each once, in the order of the violations."""
    return tuple(dict.fromkeys(violation.rule for violation in denying(decision)))


def _broken(decision: Decision) -> set[tuple[str, str]]:
    """Each rule that refuses it, with its place in the pod."""
    return {(violation.rule, violation.path or "") for violation in denying(decision)}


def _told(decision: Decision) -> tuple[str, ...]:
    """What the API server passes on to the author as warnings."""
    if decision.mode == "audit":
        return ()
    warned = [f"[{v.rule}] {v.message}" for v in decision.violations if v.mode == "warn"]
    return (*warned, *decision.warnings)


def _effective(decision: Decision) -> list[Operation]:
    if decision.mode == "audit":
        return []
    return [each for each in decision.operations if each.path != _APPLIED and not _is_room(each)]


def _is_room(operation: Operation) -> bool:
    return operation.op == "add" and operation.value in ({}, [])
