"""Documents that differ from one read before in their values alone: read by its plan.

A program that writes a policy for each team writes the same lines for each, with other values. So
each line is cut in two:

| line                        | head              | what it says |
|-----------------------------|-------------------|--------------|
| `---`, `  members:`         | all of it         | nothing      |
| `  contact: '#payments'`    | `  contact: `     | `'#payments'` |
| `  - CC-1001`               | `  - `            | `CC-1001`    |
| `  - key: dedicated`        | `  - key: `       | `dedicated`  |
| `  payments:` below `teams:` | the blanks       | `payments:`  |

Documents whose heads are equal are alike. From the second of its kind on a document is read by a
plan (see `plans`), which is six times as fast as by its nodes. What the plan does not fit is read
by its nodes, and so is all that has an error.
"""

import re
from typing import Any

from webhook.policy.block_style import block_style
from webhook.policy.language import DOCUMENT, Content
from webhook.policy.one_line import KEY, Unfit
from webhook.policy.plans import Plan, Planner, Values

_LINE = re.compile(
    rf"^(---$|(?<=\nteams:\n) +(?={KEY}:$)| *(?:- +)?(?:{KEY}:(?: +|$))?)(.*)$",
    re.MULTILINE | re.ASCII,
)
_NOTHING = re.compile(r"^ *(?:#.*)?\n", re.MULTILINE)
# A team's document has under 2 KiB. Longer ones hold many teams, and are seldom alike.
_LONGEST = 8 * 1024
# Kinds of documents: with 1 to 5 dags, 0 to 4 tolerations, with or without five optional keys
# there are 800. A plan takes some 10 KiB, a hash 100 bytes.
_PLANS = 256
_SEEN = 4096

Heads = tuple[str, ...]


class Alike:
    """The kinds of documents that are known."""

    def __init__(self) -> None:
        self._seen: set[int] = set()
        self._plans: dict[Heads, Plan | None] = {}

    def read(self, text: str) -> Content | None:
        """What the document says, without a problem; None where it has to be read by its nodes."""
        if len(text) > _LONGEST:
            return None
        bare = _bare(text)
        heads, values = _cut(bare)
        try:
            plan = self._plans[heads]
        except KeyError:
            plan = self._learn(bare, heads, values)
        if plan is None:
            return None
        try:
            content: Content = plan(values)
        except Unfit:
            return None
        return content

    def _learn(self, text: str, heads: Heads, values: Values) -> Plan | None:
        """A plan for the second of its kind."""
        kind = hash(heads)
        if kind not in self._seen:
            if len(self._seen) >= _SEEN:
                self._seen.clear()
            self._seen.add(kind)
            return None
        if len(self._plans) >= _PLANS:
            del self._plans[next(iter(self._plans))]
        plan = self._plans[heads] = _planned(text, heads, values)
        return plan


def _bare(text: str) -> str:
    """Without comments, and lines that hold nothing: they are not alike, and mean nothing.

    They would within a text of several lines, and such a document is not read here.
    """
    if "\n#" in text or " #" in text or "\n\n" in text or text[:1] == "#":
        text = _NOTHING.sub("", text)
    return text.rstrip("\n")


def _cut(text: str) -> tuple[Heads, Values]:
    heads, values = zip(*_LINE.findall(text), strict=True)
    return heads, values


def _planned(text: str, heads: Heads, values: Values) -> Plan | None:
    """None: such documents are to be read by their nodes."""
    root: Any = block_style(text)
    if root is None:
        return None
    keyed = {
        line
        for line, (head, said) in enumerate(zip(heads, values, strict=True))
        if said.endswith(":") and head.isspace()
    }
    try:
        return Planner(heads, frozenset(keyed)).whole(DOCUMENT, root)
    except Unfit:
        return None
