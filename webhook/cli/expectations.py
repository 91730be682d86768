"""What a policy test expects, held against what came of its pod.

| key                      | holds when                                                        |
|--------------------------|-------------------------------------------------------------------|
| `governed`, `workload`,  | they are equal; a `team` of null: it has none                     |
| `team`, `allowed`,       |                                                                   |
| `mode`                   |                                                                   |
| `violations`, `warnings` | each one expected fits another that there is, and none is left    |
| `pod`                    | what stands at the path is like what is expected: of a mapping    |
|                          | the keys given, of a list each item given like one that is there; |
|                          | `{}` and `[]` mean empty, or absent                               |
| `absent`                 | nothing stands at the path                                        |
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from msgspec import Struct

from webhook.cli.diff import hidden
from webhook.cli.kubernetes_yaml import write_yaml
from webhook.cli.verdict import Verdict
from webhook.engine import Violation
from webhook.policy.cases import Expected, ExpectedViolation
from webhook.policy.pod_paths import ABSENT, readable, resolve, steps

HIDDEN = "something else, which is not shown: args, commands and variables are the author's"


class Mismatch(Struct, frozen=True):
    """One expectation that does not hold. Both sides are lines."""

    what: str  # a key of `expect`, or a path into the pod
    expected: tuple[str, ...]
    actual: tuple[str, ...]


def mismatches(expected: Expected, verdict: Verdict) -> tuple[Mismatch, ...]:
    """In the order in which the test names them; empty: all holds."""
    return tuple(found for key in expected.asked for found in _CHECKS[key](expected, verdict))


def _fact(key: str, actual: Callable[[Verdict], object]) -> Any:
    def check(expected: Expected, verdict: Verdict) -> Iterator[Mismatch]:
        wanted, there = getattr(expected, key), actual(verdict)
        if wanted != there:
            yield Mismatch(key, (_word(wanted),), (_word(there),))

    return check


def _violations(expected: Expected, verdict: Verdict) -> Iterator[Mismatch]:
    if not _pair(expected.violations, verdict.violations, _fits):
        wanted, told = map(_wanted, expected.violations), map(_told, verdict.violations)
        yield Mismatch("violations", _items(wanted), _items(told))


def _warnings(expected: Expected, verdict: Verdict) -> Iterator[Mismatch]:
    warnings = verdict.decision.warnings  # what is said about a file is no pod's warning
    if not _pair(expected.warnings, warnings, _is_part):
        yield Mismatch("warnings", _items(expected.warnings), _items(warnings))


def _pod(expected: Expected, verdict: Verdict) -> Iterator[Mismatch]:
    for path, wanted in expected.pod.items():
        there = resolve(verdict.after, steps(path))
        if not is_like(wanted, there):
            yield Mismatch(path, _lines(wanted), _visible(path, verdict))


def _absent(expected: Expected, verdict: Verdict) -> Iterator[Mismatch]:
    for path in expected.absent:
        if resolve(verdict.after, steps(path)) is not ABSENT:
            yield Mismatch(path, ("absent",), _visible(path, verdict))


_CHECKS: dict[str, Callable[[Expected, Verdict], Iterator[Mismatch]]] = {
    "governed": _fact("governed", lambda verdict: verdict.workload is not None),
    "workload": _fact("workload", lambda verdict: verdict.workload and verdict.workload.kind),
    "team": _fact("team", lambda verdict: verdict.decision.team),
    "allowed": _fact("allowed", lambda verdict: verdict.allowed),
    "mode": _fact("mode", lambda verdict: verdict.decision.mode),
    "violations": _violations,
    "warnings": _warnings,
    "pod": _pod,
    "absent": _absent,
}


def is_like(expected: Any, actual: Any) -> bool:
    """Whether what is there is like what is expected; see above."""
    if expected in ({}, []):
        return actual is ABSENT or actual == expected
    if isinstance(expected, dict):
        return isinstance(actual, dict) and all(
            is_like(value, actual.get(key, ABSENT)) for key, value in expected.items()
        )
    if isinstance(expected, list):
        return isinstance(actual, list) and all(
            any(is_like(item, other) for other in actual) for item in expected
        )
    return bool(expected == actual) and isinstance(expected, bool) == isinstance(actual, bool)


def _pair(
    expected: tuple[Any, ...], actual: tuple[Any, ...], fits: Callable[[Any, Any], bool]
) -> bool:
    """Whether each expected one fits another that there is, and none is left.

    One that says little may take what another needs, and then looks for something else: Kuhn's
    way to a matching, whose time grows with the cube of their number and not faster.
    """
    owner: dict[int, int] = {}

    def place(which: int, tried: set[int]) -> bool:
        for at, there in enumerate(actual):
            if at not in tried and fits(expected[which], there):
                tried.add(at)
                if at not in owner or place(owner[at], tried):
                    owner[at] = which
                    return True
        return False

    return len(expected) == len(actual) and all(place(at, set()) for at in range(len(expected)))


def _fits(expected: ExpectedViolation, actual: Violation) -> bool:
    return (
        expected.rule == actual.rule
        and (expected.message is None or expected.message in actual.message)
        and (expected.mode is None or expected.mode == actual.mode)
        and (expected.path is None or _same_path(expected.path, actual.path))
    )


def _same_path(expected: str, pointer: str | None) -> bool:
    return pointer is not None and steps(expected) == steps(readable(pointer))


def _is_part(expected: str, actual: str) -> bool:
    return expected in actual


def _wanted(expected: ExpectedViolation) -> str:
    mode = f" ({expected.mode})" if expected.mode else ""
    where = f" [{expected.path}]" if expected.path else ""
    return f"{expected.rule}{mode}{where}: {expected.message or 'any message'}"


def _told(actual: Violation) -> str:
    mode = f" ({actual.mode})" if actual.mode != "enforce" else ""
    where = f" [{readable(actual.path)}]" if actual.path else ""
    return f"{actual.rule}{mode}{where}: {actual.message}"


def _visible(path: str, verdict: Verdict) -> tuple[str, ...]:
    """What stands there, as far as it is anybody's business."""
    there = resolve(verdict.after, steps(path))
    shown = resolve(hidden(verdict.subject.raw, verdict.after)[1], steps(path))
    return _lines(there) if there == shown else (HIDDEN,)


def _items(listed: Iterable[str]) -> tuple[str, ...]:
    return tuple(f"- {item}" for item in listed) or ("none",)


def _lines(value: Any) -> tuple[str, ...]:
    """As YAML, where a number is told from its text."""
    return ("absent",) if value is ABSENT else tuple(write_yaml(value))


def _word(value: object) -> str:
    return "none" if value is None else write_yaml(value)[0]
