"""How to read documents that differ in their values alone: by shapes, without nodes.

A plan is made of one document's nodes and the shape that they have. It takes what the lines of
another document say, which has the same keys, dashes and indents (see `alike`), and gives what the
shape would read. It finds no errors: whatever the shape would report is Unfit, and the document is
then read by its nodes, which know where they stand.

| node                               | plan                                                 |
|------------------------------------|------------------------------------------------------|
| a value on one line, of any shape  | known by its text, which the shape reads once        |
| a mapping or list of several lines | built of its parts', and checked as the shape checks |
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from webhook.policy.nodes import Mapping, Node, Scalar, Sequence
from webhook.policy.one_line import KEY, Unfit, one_line, string
from webhook.policy.places import Place, is_null
from webhook.policy.scalars import Meaning, meaning
from webhook.policy.shapes import Either, Field, ListOf, MapOf, OrNothing, Record, Shape
from webhook.policy.shapes_scalar import Text

_KEYED = re.compile(f"{KEY}:", re.ASCII)

Values = tuple[str, ...]  # what each line says, less its key and dash
Plan = Callable[[Values], Any]  # raises Unfit
# Of each shape. What is many teams' is soon read again; 40 shapes keep 4 MiB.
_KNOWN_VALUES = 512


class _Known(dict[str, Any]):
    """What a shape makes of a value, by how it is written."""

    __slots__ = ("_shape",)

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self._shape = shape

    def __missing__(self, written: str) -> Any:
        node, at = one_line(written, 0, 0), Place((), [])
        if is_null(node):  # it may count as not given, which the mapping around it knows
            raise Unfit
        value = self._shape.read(node, at)
        if at.problems:
            raise Unfit
        if len(self) >= _KNOWN_VALUES:
            self.clear()
        self[written] = value
        return value


class _KnownText(_Known):
    """The same, sooner: eight of ten values are texts that one team alone has."""

    __slots__ = ("_wrong",)

    def __init__(self, shape: Text) -> None:
        super().__init__(shape)
        self._wrong = shape.check

    def __missing__(self, written: str) -> Any:
        text = string(written)
        if text is None:
            return super().__missing__(written)
        if self._wrong(text) is not None:
            raise Unfit
        if len(self) >= _KNOWN_VALUES:
            self.clear()
        self[written] = text
        return text


@lru_cache(None)  # as many as the language has shapes
def _known(shape: Any) -> _Known:
    return _KnownText(shape) if isinstance(shape, Text) else _Known(shape)


class Planner:
    """Plans for a document whose lines begin with these `heads`: indent, dash, key.

    `keyed`: lines of which the key is in no head but counts as what the line says.
    """

    def __init__(self, heads: tuple[str, ...], keyed: frozenset[int]) -> None:
        self._heads, self._keyed = heads, keyed
        self._read: set[int] = set()

    def whole(self, shape: Shape, root: Node) -> Plan:
        """A plan that leaves nothing unread. Raises Unfit."""
        plan = self._plan(shape, root)
        for line, head in enumerate(self._heads):
            if line not in self._read and not head.endswith(":") and head != "---":
                raise Unfit
        return plan

    def _plan(self, shape: Shape, node: Node) -> Plan:
        line: int = node.mark.line
        if line not in self._keyed and node.mark.column == len(self._heads[line]):
            self._read.add(line)
            known = _known(shape)  # type: ignore[arg-type]  # each shape is itself alone
            return lambda values: known[values[line]]
        match shape, node:
            case Record(), Mapping():
                return self._record(shape, node)
            case ListOf(), Sequence():
                return self._list(shape, node)
            case MapOf(), Mapping():
                return self._map(shape, node)
            case OrNothing(), Mapping():
                return self._plan(shape.shape, node)
            case Either(), Sequence():
                return self._plan(shape.many, node)
        raise Unfit

    def _record(self, shape: Record, node: Mapping) -> Plan:
        if not all(key in node.pairs for key in shape.required):
            raise Unfit
        parts = [
            (field.attribute or key, self._plan(field.shape, value))
            for key, (mark, value) in node.pairs.items()
            for field in (self._field(shape, mark),)
        ]
        build, check = shape.build, shape.check
        if check is None:
            return lambda values: build(**{name: plan(values) for name, plan in parts})

        def checked(values: Values) -> Any:
            given, at = {name: plan(values) for name, plan in parts}, Place((), [])
            check(given, node, at)  # of a node it asks which keys there are, and where
            if at.problems:
                raise Unfit
            return build(**given)

        return checked

    def _field(self, shape: Record, key: Scalar) -> Field:
        field = shape.fields.get(key.text)
        if field is None or key.mark.line in self._keyed:
            raise Unfit
        return field

    def _list(self, shape: ListOf, node: Sequence) -> Plan:
        if not shape.least <= len(node.items) <= shape.most:
            raise Unfit
        plans = [self._plan(shape.item, item) for item in node.items]
        key = shape.key
        if key is None or len(plans) == 1:
            return lambda values: tuple([plan(values) for plan in plans])

        def unique(values: Values) -> Any:
            found = tuple([plan(values) for plan in plans])
            if len(set(map(key, found))) < len(found):
                raise Unfit
            return found

        return unique

    def _map(self, shape: MapOf, node: Mapping) -> Plan:
        if not shape.least <= len(node.pairs) <= shape.most:
            raise Unfit
        lines = {key.mark.line for key, _ in node.pairs.values()}
        if not lines.isdisjoint(self._keyed):
            return self._keyed_map(shape, node)
        plans = [
            (name, self._plan(shape.value, node.pairs[name][1])) for name in sorted(node.pairs)
        ]
        if any(shape.key(name) is not None for name, _ in plans):
            raise Unfit
        build = shape.build
        if build is None:
            return lambda values: {name: plan(values) for name, plan in plans}
        return lambda values: {name: build(name, plan(values)) for name, plan in plans}

    def _keyed_map(self, shape: MapOf, node: Mapping) -> Plan:
        """One pair, of which the key is what its line says, and a colon."""
        if len(node.pairs) > 1:
            raise Unfit
        ((key, value),) = node.pairs.values()
        line, plan = key.mark.line, self._plan(shape.value, value)
        build, wrong = shape.build, shape.key
        self._read.add(line)

        def keyed(values: Values) -> Any:
            said = values[line]
            name = said[:-1]
            if not _KEYED.fullmatch(said) or meaning(name) is not Meaning.STRING or wrong(name):
                raise Unfit
            held = plan(values)
            return {name: held if build is None else build(name, held)}

        return keyed
