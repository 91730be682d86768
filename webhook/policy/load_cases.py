"""Files in, their policy tests out, or every error at once: `file:line:column: path: message`.

Documents that are no tests (policies, mostly) are passed over, as those who load policies pass
over tests. A text that is no YAML is nobody's, and an error.
"""

from collections.abc import Iterable, Iterator
from datetime import date

from msgspec import Struct

from webhook.policy.cases import VERSION, Case, Cases
from webhook.policy.errors import PolicyError, PolicyErrors, Problem
from webhook.policy.language_cases import DOCUMENT
from webhook.policy.nodes import Mapping, Scalar, compose
from webhook.policy.places import Place
from webhook.policy.source import Chunk, Unreadable, chunks


class Placed(Struct, frozen=True):
    """A test where it was written: `line` counts from 1 in its file."""

    file: str
    line: int
    case: Case
    now: date | None  # its own day, else its document's


def load_cases(files: Iterable[tuple[str, bytes]]) -> tuple[Placed, ...]:
    """All tests of files (name and content), in order. Raises PolicyErrors."""
    found: list[Placed] = []
    errors: list[PolicyError] = []
    for name, data in files:
        try:
            parts = chunks(data)
        except Unreadable as unreadable:
            errors.append(unreadable.problem.at(name, 0))
            continue
        for part in parts:
            found.extend(_tests(name, part, errors))
    if errors:
        raise PolicyErrors(errors)
    return tuple(found)


def _tests(name: str, part: Chunk, errors: list[PolicyError]) -> Iterator[Placed]:
    node, seen = compose(part.text)
    problems: list[Problem] = list(seen)
    cases = None
    if isinstance(node, Mapping):
        version = node.get("apiVersion")
        if not isinstance(version, Scalar) or version.text != VERSION:
            return
        cases = DOCUMENT.read(node, Place((), problems))
    elif node is not None and not problems:
        return
    errors.extend(problem.at(name, part.line) for problem in problems)
    if not problems and isinstance(cases, Cases):
        for case in cases.tests:
            line = part.line + case.line + 1
            yield Placed(name, line, case, case.now or cases.now)
