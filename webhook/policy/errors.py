"""What is wrong with a policy, and where: `file:line:column: path: message`, lines from 1.

Exception
└── PolicyErrors     everything that is wrong with one load, sorted; nothing was loaded
"""

import re
from collections.abc import Iterable

from msgspec import Struct

from webhook.policy import limits

Path = tuple[str | int, ...]  # the keys and positions that lead to a place in a document
_BARE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*")


class Problem(Struct, frozen=True, gc=False):
    """Something wrong in one document, whichever file it is in: line and column from 0."""

    line: int
    column: int
    path: Path
    message: str
    also: tuple[str, int] | None = None  # another place: what is there, and its line

    def at(self, file: str, line: int) -> "PolicyError":
        """The same as an error of the file in which the document starts on `line` (from 0)."""
        also = "" if self.also is None else f" ({self.also[0]} on line {line + self.also[1] + 1})"
        path, message = show_path(self.path), self.message + also
        return PolicyError(file, line + self.line + 1, self.column + 1, path, message)


class PolicyError(Struct, frozen=True, order=True, gc=False):
    """One thing that is wrong. `str` is the line a person sees. Line and column count from 1."""

    file: str
    line: int
    column: int
    path: str
    message: str

    def __str__(self) -> str:
        where = f"{self.path}: " if self.path else ""
        return f"{self.file}:{self.line}:{self.column}: {where}{self.message}"


class PolicyWarning(PolicyError, frozen=True, order=True, gc=False):
    """What is legal and probably not meant."""


class PolicyErrors(Exception):
    """All that is wrong with one load; `errors` is sorted by file and line and never empty."""

    def __init__(self, errors: Iterable[PolicyError]) -> None:
        every = sorted(set(errors))
        self.errors = tuple(every[: limits.PROBLEMS])
        self.left_out = len(every) - len(self.errors)
        super().__init__(self.errors)

    def __str__(self) -> str:
        lines = [str(error) for error in self.errors]
        if self.left_out:
            lines.append(f"and {self.left_out} more; mend these first")
        return "\n".join(lines)


def show_path(path: Path) -> str:
    """`teams.payments.tolerations[0]`; keys with other characters are quoted in brackets."""
    shown = ""
    for step in path:
        if isinstance(step, int):
            shown += f"[{step}]"
        elif _BARE.fullmatch(step):
            shown += f".{clip(step)}" if shown else clip(step)
        else:
            shown += f'["{clip(step)}"]'
    return shown


def clip(text: str, longest: int = 80) -> str:
    """Text from a policy, on one line and short enough to be shown."""
    shown = text if len(text) <= longest else f"{text[:longest]}…"
    return shown if shown.isprintable() else shown.encode("unicode_escape").decode()
