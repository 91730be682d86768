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

Documents whose heads are equal are alike. From the third of its kind on a document is read by a
plan (see `plans`), which is four times as fast as by its nodes. What the plan does not fit is read
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
# there are 800. A plan takes some 15 KiB, a hash 100 bytes.
_KINDS = 512
_SEEN = 4096
# To make a plan takes as long as to read it by its nodes; it spares three quarters of that.
_SIGHTS = 3
# A pattern takes 2 ms to be compiled, and spares 20 µs each time that it is used.
_IN_A_ROW = 100

Heads = tuple[str, ...]


class Alike:
    """The kinds of documents that are known."""

    def __init__(self) -> None:
        self._seen: dict[int, int] = {}  # how often, by a hash
        self._kinds: dict[Heads, _Kind] = {}
        self._last: _Kind | None = None  # the next is mostly of the same

    def read(self, text: str) -> Content | None:
        """What the document says, without a problem; None where it has to be read by its nodes."""
        if len(text) > _LONGEST:
            return None
        kind = self._last
        values = None if kind is None else kind.values(text)
        if values is None:
            bare = _bare(text)
            heads, values = _cut(bare)
            kind = self._kinds.get(heads) or self._learnt(bare, heads, values)
            if kind is not None and kind is self._last:
                kind.again()
            self._last = kind
        if kind is None or kind.plan is None:
            return None
        try:
            content: Content = kind.plan(values)
        except Unfit:
            return None
        return content

    def _learnt(self, text: str, heads: Heads, values: Values) -> "_Kind | None":
        """A kind that has been seen often enough: there is a plan for it now."""
        seen = hash(heads)
        sights = self._seen.pop(seen, 0) + 1
        if sights < _SIGHTS:
            if len(self._seen) >= _SEEN:
                self._seen.clear()
            self._seen[seen] = sights
            return None
        if len(self._kinds) >= _KINDS:
            del self._kinds[next(iter(self._kinds))]
        kind = self._kinds[heads] = _Kind(heads, _planned(text, heads, values))
        return kind


class _Kind:
    """Documents that have these heads. `plan`: None where they are to be read by their nodes."""

    __slots__ = ("_heads", "_in_a_row", "_pattern", "plan")

    def __init__(self, heads: Heads, plan: Plan | None) -> None:
        self.plan = plan
        self._heads = heads
        self._pattern: re.Pattern[str] | None = None
        self._in_a_row = 0

    def again(self) -> None:
        """The one before was of this kind too."""
        self._in_a_row += 1
        if self._in_a_row == _IN_A_ROW and self.plan is not None:
            self._pattern = re.compile("\n".join(map(_said_after, self._heads)) + "\n*")

    def values(self, text: str) -> Values | None:
        """What the lines say, in one step where many such follow each other; None: not known."""
        found = None if self._pattern is None else self._pattern.fullmatch(text)
        return None if found is None else found.groups()


def _said_after(head: str) -> str:
    """A group for what a line says. What `_cut` would not leave there is Unfit for the plan."""
    says_nothing = head.endswith(":") or head == "---"
    return re.escape(head) + ("()" if says_nothing else "(.*+)")


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
