"""Documents in YAML's plainest style, read without the YAML parser: four times as fast.

Policies of thousands of teams are written by programs, a value a line:

| line            | what it may hold                                                            |
|-----------------|-----------------------------------------------------------------------------|
| `---`           | the first line alone                                                        |
| blank, `# text` | nothing                                                                     |
| `key:`          | what it holds begins on the next line, deeper; a list may begin in its column |
| `key: value`    | a value on one line, as `one_line` reads it                                 |
| `- `            | an item: a value, or the first key of a mapping                             |

What differs in the least from these lines, and all that would be a problem, is left to the parser,
which knows all of YAML: here `None` is the answer. So no error is found here, and what is read here
is read by the parser as the same nodes, at the same places (a test holds both against each other).
"""

import re
from functools import lru_cache

from webhook.policy import limits
from webhook.policy.nodes import Mapping, Node, Scalar, Sequence
from webhook.policy.one_line import FLOW_DEPTH, KEY, Mark, Unfit, one_line
from webhook.policy.scalars import Meaning, meaning

_HEAD = re.compile(rf"(?P<indent> *)(?P<dash>- +)?(?P<key>{KEY})", re.ASCII)
_ITEM = re.compile(r"(?P<indent> *)- +")
_ODD = re.compile(r"[^\n -~]")  # such as a tab, a carriage return, and what YAML forbids
_NO_CONTENT = re.compile(r" *(?:#.*)?")
# Documents of one program have the same lines at the same places: of 30 of a team's, 20 are also
# another's. What a line says takes 0.5 KiB.
_KNOWN_LINES = 4096
_DEPTH = limits.DEPTH - FLOW_DEPTH  # in the deepest a value in flow style may stand

# What a line says: its column, whether a dash stands there, a key, a value.
_Said = tuple[int, bool, Scalar | None, Node | None]
_NOTHING: _Said = (-1, False, None, None)


class _Collection:
    """A mapping or a list that is being read, and the column it stands in."""

    __slots__ = ("column", "items", "node", "pairs", "waiting")

    def __init__(self, column: int, node: Mapping | Sequence) -> None:
        self.column = column
        self.node = node
        self.pairs = node.pairs if type(node) is Mapping else None
        self.items = node.items if type(node) is Sequence else None
        self.waiting: Scalar | None = None  # a key whose value begins on a line below


def block_style(text: str) -> Mapping | None:
    """The document's node, with the place of each value; None where the parser has to read it."""
    if _ODD.search(text):
        return None
    try:
        return _Reader().read(text.split("\n"))
    except Unfit:
        return None


class _Reader:
    """`_open`: what is being read, outermost first."""

    def __init__(self) -> None:
        self._open: list[_Collection] = []

    def read(self, lines: list[str]) -> Mapping:
        """What nearly all lines are is done here: a call costs as much. Raises Unfit."""
        top: _Collection | None = None
        for number, line in enumerate(lines):
            column, is_item, key, value = _said(line, number)
            if column < 0:
                continue
            if top is None or top.column != column or top.waiting is not None:
                top = self._at(column, is_item, number)
            if is_item:
                top = self._item(top, key, value)
                if key is None:
                    continue
            elif top.items is not None:
                top = self._after_list(column)
            pairs = top.pairs
            if pairs is None or key is None or key.text in pairs:
                raise Unfit
            if value is None:
                top.waiting = key
            else:
                pairs[key.text] = (key, value)
        return self._root()

    def _root(self) -> Mapping:
        if not self._open or self._open[-1].waiting is not None:
            raise Unfit
        root = self._open[0].node
        if not isinstance(root, Mapping):
            raise Unfit
        return root

    def _item(self, top: _Collection, key: Scalar | None, value: Node | None) -> _Collection:
        """One more of a list: a value, or a mapping that begins with this key."""
        if top.items is None:
            raise Unfit
        if key is None:
            if value is not None:
                top.items.append(value)
            return top
        node = Mapping({}, key.mark)
        top.items.append(node)
        return self._begin(key.mark.column, node)

    def _at(self, column: int, is_item: bool, number: int) -> _Collection:
        """What stands in this column: it begins here, or goes on and what stands deeper ends."""
        top = self._open[-1] if self._open else None
        if top is None or top.waiting is not None:
            mark = Mark(number, column)
            return self._begin(column, Sequence([], mark) if is_item else Mapping({}, mark))
        return self._back_to(column)

    def _back_to(self, column: int) -> _Collection:
        every = self._open
        while every and every[-1].column > column:
            every.pop()
        if not every or every[-1].column != column:
            raise Unfit
        return every[-1]

    def _after_list(self, column: int) -> _Collection:
        """A list in its key's own column ends where the next key begins."""
        self._open.pop()
        return self._back_to(column)

    def _begin(self, column: int, node: Mapping | Sequence) -> _Collection:
        """Also as the value of the key that waits for one."""
        top = self._open[-1] if self._open else None
        if top is not None and top.waiting is not None and top.pairs is not None:
            is_deeper = column > top.column or (column == top.column and type(node) is Sequence)
            if not is_deeper:
                raise Unfit
            top.pairs[top.waiting.text] = (top.waiting, node)
            top.waiting = None
        if len(self._open) >= _DEPTH:
            raise Unfit
        begun = _Collection(column, node)
        self._open.append(begun)
        return begun


@lru_cache(_KNOWN_LINES)
def _said(line: str, number: int) -> _Said:
    """What the line of this number says. Raises Unfit where it has another style."""
    head, colon, tail = line.partition(": ")
    if not colon and not line.endswith(":"):
        return _without_key(line, number)
    headed = _headed(head if colon else line[:-1], number)
    if headed is None:
        return _without_key(line, number)
    written = tail.lstrip(" ")
    node = one_line(written, number, len(line) - len(written)) if colon else None
    return *headed, node


@lru_cache(_KNOWN_LINES)
def _headed(head: str, number: int) -> tuple[int, bool, Scalar] | None:
    """What stands before a colon: column, whether there is a dash, key; None: it is no key."""
    found = _HEAD.fullmatch(head)
    if found is None:
        return None
    if meaning(found["key"]) is not Meaning.STRING:
        raise Unfit
    key = Scalar(found["key"], True, Mark(number, found.start("key")))
    return found.end("indent"), found["dash"] is not None, key


def _without_key(line: str, number: int) -> _Said:
    """An item that is a value, or nothing."""
    if _NO_CONTENT.fullmatch(line) or (line == "---" and not number):
        return _NOTHING
    item = _ITEM.match(line)
    if item is None:
        raise Unfit
    return item.end("indent"), True, None, one_line(line[item.end() :], number, item.end())
