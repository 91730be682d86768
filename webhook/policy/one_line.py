"""A value that stands on one line, read without the YAML parser.

| written             | is                                                              |
|---------------------|-----------------------------------------------------------------|
| `word`, `two words` | a plain scalar, of letters and signs that mean nothing to YAML  |
| `'text'`, `"text"`  | a scalar in quotes, without an escape or a quote in it          |
| `[a, b]`            | a list of such values                                           |
| `{key: a, other: b}`| a mapping of such values; a plain key, a colon and a blank      |

What differs in the least from these, and all that would be a problem, is Unfit: the parser reads
it, which knows all of YAML.
"""

import re

from msgspec import Struct

from webhook.policy.nodes import Mapping, Node, Scalar, Sequence
from webhook.policy.scalars import Meaning, meaning

# libyaml takes no key of more than 1,024 characters.
KEY = r"[a-zA-Z_][\w./-]{0,200}"
# A plain value ends at `: ` and ` #`: no word holds a colon before a blank or begins with a `#`.
# In a list or mapping it ends at a comma too.
_WORD = r"(?:[\w./*@+=,()$^-]|:(?=[\w./:*]))*"
_FLOW_WORD = _WORD.replace(",", "")
_PLAIN = re.compile(rf"[a-zA-Z0-9_/]{_WORD}(?: [\w./*@+=(]{_WORD})*", re.ASCII)
_FLOW_PLAIN = re.compile(rf"[a-zA-Z0-9_/]{_FLOW_WORD}(?: [\w./*@+=(]{_FLOW_WORD})*", re.ASCII)
_QUOTED = re.compile(r"'[ -&(-~]*'|\"[ !#-\[\]-~]*\"")
_FLOW_KEY = re.compile(rf"({KEY}): +", re.ASCII)
_SEPARATOR = re.compile(r" *([,\]}]) *")
_CLOSED_BY = {"[": "]", "{": "}"}
FLOW_DEPTH = 8  # a pod affinity's deepest list stands 7 deep in its term


class Unfit(Exception):
    """It is not in this style, or it is wrong."""


class Mark(Struct, frozen=True, gc=False):
    """A place in a text: line and column, from 0."""

    line: int
    column: int


def one_line(written: str, line: int, column: int) -> Node:
    """The node of a value that begins at this place. Raises Unfit."""
    if _PLAIN.fullmatch(written):
        return Scalar(written, True, Mark(line, column))
    if _QUOTED.fullmatch(written):
        return Scalar(written[1:-1], False, Mark(line, column))
    if written[:1] in _CLOSED_BY:
        node, end = _Flow(written, line, column).collection(0, FLOW_DEPTH)
        if end == len(written):
            return node
    raise Unfit


def string(written: str) -> str | None:
    """The text of a scalar that is a string, whoever reads it; None where it is none, or Unfit."""
    if _PLAIN.fullmatch(written):
        return written if meaning(written) is Meaning.STRING else None
    return written[1:-1] if _QUOTED.fullmatch(written) else None


class _Flow:
    """A list or a mapping in flow style. Each method takes where in the text something begins, and
    returns it and where it ends. All raise Unfit.
    """

    def __init__(self, text: str, line: int, column: int) -> None:
        self._text, self._line, self._column = text, line, column

    def collection(self, at: int, depth: int) -> tuple[Node, int]:
        """`depth`: how many more may be within each other."""
        if not depth:
            raise Unfit
        node: Mapping | Sequence
        opened, mark = self._text[at], self._mark(at)
        node = Sequence([], mark) if opened == "[" else Mapping({}, mark)
        closing, end = _CLOSED_BY[opened], at + 1
        while self._text[end : end + 1] == " ":
            end += 1
        if self._text[end : end + 1] == closing:
            return node, end + 1
        while True:
            found = _SEPARATOR.match(self._text, self._item(node, end, depth))
            if found is None or found[1] not in (",", closing):
                raise Unfit
            if found[1] == closing:
                return node, found.end(1)
            end = found.end()

    def _item(self, into: Mapping | Sequence, at: int, depth: int) -> int:
        """Adds it, and returns where it ends."""
        if isinstance(into, Sequence):
            node, end = self._value(at, depth)
            into.items.append(node)
            return end
        found = _FLOW_KEY.match(self._text, at)
        if found is None or found[1] in into.pairs or meaning(found[1]) is not Meaning.STRING:
            raise Unfit
        node, end = self._value(found.end(), depth)
        into.pairs[found[1]] = (Scalar(found[1], True, self._mark(at)), node)
        return end

    def _value(self, at: int, depth: int) -> tuple[Node, int]:
        if self._text[at : at + 1] in _CLOSED_BY:
            return self.collection(at, depth - 1)
        if found := _FLOW_PLAIN.match(self._text, at):
            return Scalar(found[0], True, self._mark(at)), found.end()
        if found := _QUOTED.match(self._text, at):
            return Scalar(found[0][1:-1], False, self._mark(at)), found.end()
        raise Unfit

    def _mark(self, at: int) -> Mark:
        return Mark(self._line, self._column + at)
