"""A comparison of two policy sets as Markdown, for a pull request: GitHub's and GitLab's dialect.

Names come from whoever wrote the pods: they stand in code, and neither as links, mentions nor
markup. The whole is cut before 60,000 characters: a comment on GitHub may have 65,536.
"""

from collections.abc import Iterator

from webhook.cli.compared import NOBODY, Alike, Compared
from webhook.cli.policy_diff_text import (
    MOST_TEAMS,
    Line,
    Sets,
    headline,
    pods_text,
    such_as,
    table,
    title,
    words,
)
from webhook.cli.terminal import printable
from webhook.engine.difference import KINDS

LONGEST = 60_000


def diff_markdown(found: Compared, sets: Sets, notes: list[str], examples: int) -> list[str]:
    """Its lines."""
    head = [
        f"### Taxiway: {headline(found)}",
        "",
        f"{code(sets.old)} ({sets.old_revision}) → {code(sets.new)} ({sets.new_revision})",
        *_table(table(found)),
    ]
    foot = [line for note in notes for line in ("", f"> {escaped(note)}")]
    room = LONGEST - sum(len(line) + 1 for line in (*head, *foot))
    return [*head, *_fitting(found, examples, room), *foot]


def code(text: str) -> str:
    """Text as inline code; a backtick cannot end it."""
    plain = printable(text).replace("`", "'")
    return f"`{plain}`"


def escaped(text: str) -> str:
    """Text as itself."""
    return "".join(f"\\{one}" if one in "\\`*_[]<>#|~" else one for one in printable(text))


def cell(text: str) -> str:
    """Inline code inside a table: there a bar ends the cell even in code."""
    return code(text).replace("|", "\\|")


def _table(lines: list[Line]) -> Iterator[str]:
    if not lines:
        return
    yield ""
    yield "| what | rule | pods | teams |"
    yield "|---|---|---:|---|"
    for line in lines:
        what = f"**{words(line.kind)}**" if line.kind == "newly-denied" else words(line.kind)
        yield f"| {what} | {line.rule} | {line.pods:,} | {_teams(line)} |"


def _teams(line: Line) -> str:
    told = [f"{cell(team) if team != NOBODY else '(none)'} {n:,}" for team, n in line.teams]
    left = len(told) - MOST_TEAMS
    return ", ".join([*told[:MOST_TEAMS], *([f"and {left} teams more"] if left > 0 else [])])


def _fitting(found: Compared, most: int, room: int) -> Iterator[str]:
    """As many examples as there is room for; whole ones, so that no block stays open."""
    for kind in KINDS:
        every = found.examples(kind)
        if not every or not most:
            continue
        blocks = [_example(alike) for alike in every[:most]]
        left = len(every) - most
        if left > 0:
            blocks.append(["", f"and {left:,} more, of other tasks"])
        opened = ["", f"<details><summary>{words(kind)}</summary>"]
        shown = [line for block in blocks for line in block]
        whole = [*opened, *shown, "", "</details>"]
        room -= sum(len(line) + 1 for line in whole)
        if room < 0:
            yield from ("", f"Examples of {words(kind)} are left out: this would be too long.")
            return
        yield from whole


def _example(alike: Alike) -> list[str]:
    old, new = alike.example.old.lines, alike.example.new.lines
    lines = [*(f"- {line}" for line in old), *(f"+ {line}" for line in new)]
    return [
        "",
        f"{pods_text(alike)}: {code(title(alike))}, such as {code(such_as(alike))}",
        "",
        "```diff",
        *map(printable, lines),
        "```",
    ]
