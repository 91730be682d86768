"""Lines for people: colour on a terminal that has it, plain text everywhere else.

`NO_COLOR` (to any value) means none, neither bold; what is piped into another program is not
wrapped either, so that a violation stays one line for `grep`.
"""

import os
import textwrap
from collections.abc import Iterable

from rich.console import Console
from rich.text import Text

from webhook.cli.exits import leave_broken_pipe

Row = tuple[tuple[str, str], ...]  # (text, style); a style is rich's: "bold red", "dim", ""


class Terminal(Console):
    """Standard output."""

    def __init__(self) -> None:
        colours = None if os.environ.get("NO_COLOR") else "auto"
        super().__init__(color_system=colours, highlight=False, markup=False, emoji=False)  # type: ignore[arg-type]  # rich types it as a Literal that None is not named in

    @property
    def wrap_at(self) -> int | None:
        """Columns; None where nothing is wrapped."""
        return self.width if self.is_terminal else None

    def rows(self, rows: Iterable[Row]) -> None:
        """All at once: each call of rich's own costs as much as ten lines."""
        lines = [Text.assemble(*((printable(part), style) for part, style in row)) for row in rows]
        if lines:
            self.print(Text("\n").join(lines), soft_wrap=True)

    def on_broken_pipe(self) -> None:
        leave_broken_pipe()


def row(text: str = "", style: str = "") -> Row:
    return ((text, style),)


def paragraph(label: str, text: str, width: int | None, style: str = "") -> list[Row]:
    """`label` and text beside it, wrapped between words to `width` columns under its beginning."""
    room = max(20, width - len(label)) if width else 2**31
    first, *others = textwrap.wrap(
        printable(text), room, break_long_words=False, break_on_hyphens=False
    ) or [""]
    return [((label, style), (first, "")), *(row(" " * len(label) + other) for other in others)]


def printable(text: str) -> str:
    """Control characters written out: a label in a file may hold an escape sequence."""
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in text)
