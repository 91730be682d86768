"""Where a node stands in its document, and what is said there when it is not what is wanted."""

from collections.abc import Callable, Iterable
from typing import Any

from webhook.policy import limits
from webhook.policy.errors import Path, Problem, clip
from webhook.policy.nodes import Broken, Mapping, Node, Scalar, Sequence
from webhook.policy.scalars import Meaning, meaning, quoted
from webhook.policy.suggestion import suggest

Json = dict[str, Any]
Check = Callable[[str], str | None]  # why a text is not valid, or None


class _Bad:
    """A value that has a problem; it was reported."""

    def __repr__(self) -> str:
        return "BAD"


BAD: Any = _Bad()


class Place:
    """Where in a document a node stands, and the list that takes the problems found there.

    `steps` lead there. Who reads the parts of a node adds a step before each and takes it away
    after, which costs a tenth of a new place; nobody may keep a place, then.
    """

    __slots__ = ("problems", "steps")

    def __init__(self, path: Path, problems: list[Problem]) -> None:
        self.steps = list(path)
        self.problems = problems

    @property
    def path(self) -> Path:
        return tuple(self.steps)

    def __truediv__(self, step: str | int) -> "Place":
        return Place((*self.steps, step), self.problems)

    def report(self, node: Node | Scalar, message: str) -> Any:
        """Add a problem, up to the number that anybody would read. Returns BAD."""
        if len(self.problems) < limits.PROBLEMS:
            mark = node.mark
            self.problems.append(Problem(mark.line, mark.column, self.path, message))
        return BAD

    def suggest(self, name: str, known: Iterable[str]) -> str:
        return suggest(name, known) if len(self.problems) < limits.SUGGESTIONS else ""


def is_null(node: Node) -> bool:
    return isinstance(node, Scalar) and node.plain and meaning(node.text) is Meaning.NULL


def wrong(node: Node, at: Place, wanted: str) -> Any:
    """Report that a node is not what is wanted here."""
    if isinstance(node, Broken):
        return BAD
    if is_null(node):
        return at.report(node, "is empty; give it a value or delete the key")
    return at.report(node, f"must be {wanted}, not {_kind(node)}")


def _kind(node: Node) -> str:
    if isinstance(node, Scalar):
        return meaning(node.text).value if node.plain else Meaning.STRING.value
    return "a list" if isinstance(node, Sequence) else "a mapping"


def not_a_list(node: Node, at: Place) -> Any:
    if isinstance(node, Scalar) and not is_null(node) and len(node.text) < 60:
        return at.report(node, f"must be a list; write a list: [{_in_flow(node)}]")
    if isinstance(node, Mapping):
        return at.report(node, "must be a list, not a mapping; put `- ` before it")
    return wrong(node, at, "a list")


def _in_flow(node: Scalar) -> str:
    simple = node.text.replace("-", "").replace("_", "").isalnum() and node.plain
    return node.text if simple else quoted(clip(node.text))
