"""One document's text as nodes that know their place: mappings, sequences and scalars.

Only what JSON could say is accepted. Anchors and aliases (a small text may unfold to gigabytes),
tags (`!!python/...`), merge keys and keys that are no strings are problems, as is a key given
twice. Nodes are built from the parser's events, without recursion, so that no nesting can
exhaust the stack; libyaml reads if PyYAML was built with it.
"""

from collections.abc import Iterable
from typing import Any

from msgspec import Struct

from webhook.policy import limits, parser
from webhook.policy.errors import Path, Problem, clip
from webhook.policy.parser import NotYaml, events
from webhook.policy.scalars import Meaning, meaning, quoted
from webhook.policy.source import directive


class Scalar(Struct, frozen=True, gc=False):
    text: str
    plain: bool  # written without quotes
    mark: Any  # where it starts: `line` and `column`, from 0


class Sequence(Struct):
    items: list["Node"]
    mark: Any


class Mapping(Struct):
    pairs: dict[str, tuple[Scalar, "Node"]]  # by the key's text
    mark: Any

    def get(self, key: str) -> "Node | None":
        pair = self.pairs.get(key)
        return None if pair is None else pair[1]


class Broken(Struct):
    """Something that was reported already; whoever reads it says nothing more."""

    mark: Any


Node = Scalar | Sequence | Mapping | Broken


def compose(text: str) -> tuple[Node | None, tuple[Problem, ...]]:
    """The document's node, or None where it has none, and what is wrong with it as YAML."""
    if directive(text):
        message = "YAML directives (`%` lines) are not allowed; delete the line"
        return None, (Problem(text[: text.index("%")].count("\n"), 0, (), message),)
    composer = _Composer()
    try:
        root = composer.root(events(text))
    except NotYaml as error:
        return None, (*composer.problems, error.problem)
    except _TooDeep:
        return None, tuple(composer.problems)
    return root, tuple(composer.problems)


class _TooDeep(Exception):
    """Nesting past the limit; already among the composer's problems."""


class _Frame:
    """A collection that is being built, and of a mapping the key that waits for its value."""

    __slots__ = ("broken", "items", "key", "node", "pairs")

    def __init__(self, node: Sequence | Mapping, broken: bool) -> None:
        self.node = node
        self.items = node.items if isinstance(node, Sequence) else None
        self.pairs = node.pairs if isinstance(node, Mapping) else {}
        self.broken = broken  # it has a tag, so what it holds is not what it seems to be
        self.key: Scalar | Broken | None = None


class _Composer:
    """Builds the nodes of one document."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self._open: list[_Frame] = []

    def root(self, events: Iterable[Any]) -> Node | None:
        """The outermost node. What nearly all events are is done here: a call costs as much."""
        root: Node | None = None
        frame: _Frame | None = None
        for event in events:
            kind = type(event)
            node: Node
            if kind is parser.ScalarEvent and event.anchor is None and event.tag is None:
                node = Scalar(event.value, event.implicit[0], event.start_mark)
            elif kind is parser.MappingEndEvent or kind is parser.SequenceEndEvent:
                node, frame = self._end()
            elif kind is parser.MappingStartEvent or kind is parser.SequenceStartEvent:
                frame = self._begin(event)
                continue
            elif kind is parser.ScalarEvent or kind is parser.AliasEvent:
                node = self._refuse(event)
            else:
                continue
            if frame is None:
                root = node
            elif frame.items is not None:
                frame.items.append(node)
            elif frame.key is None:
                frame.key = self._key(node)
            else:
                key = frame.key
                if type(key) is Scalar and key.text not in frame.pairs:
                    frame.pairs[key.text] = (key, node)
                else:
                    self._refuse_key(frame.pairs, key)
                frame.key = None
        return root

    def _begin(self, event: Any) -> _Frame:
        mark = event.start_mark
        if event.anchor is not None or event.tag is not None:
            self._refuse(event)
        if len(self._open) >= limits.DEPTH:
            self._report(mark, f"is nested more than {limits.DEPTH} deep; no policy is")
            raise _TooDeep
        is_mapping = type(event) is parser.MappingStartEvent
        node = Mapping({}, mark) if is_mapping else Sequence([], mark)
        self._open.append(_Frame(node, event.tag is not None))
        return self._open[-1]

    def _end(self) -> tuple[Node, _Frame | None]:
        """What is complete now, and what it stands in."""
        done = self._open.pop()
        node = Broken(done.node.mark) if done.broken else done.node
        return node, self._open[-1] if self._open else None

    def _key(self, node: Node) -> Scalar | Broken:
        if type(node) is Scalar:
            said = meaning(node.text) if node.plain else Meaning.STRING
            if said is Meaning.STRING:
                return node
            self._report(node.mark, _odd_key(node.text, said))
        elif not isinstance(node, Broken):
            self._report(node.mark, "a key must be a string, not a list or a mapping")
        return Broken(node.mark)

    def _refuse_key(self, pairs: dict[str, tuple[Scalar, Node]], key: Scalar | Broken) -> None:
        if isinstance(key, Scalar):
            also = ("the first is", pairs[key.text][0].mark.line)
            self._report(key.mark, "the key stands here twice; delete one of them", also)

    def _refuse(self, event: Any) -> Broken:
        if event.anchor is not None:
            sign = "*" if isinstance(event, parser.AliasEvent) else "&"
            shown = f"{sign}{clip(event.anchor)}"
            self._report(event.start_mark, f"`{shown}`: {_NO_ALIASES}")
        else:
            shown = clip(event.tag.replace("tag:yaml.org,2002:", "!!"))
            self._report(event.start_mark, f"`{shown}`: YAML tags are not allowed; {_NO_TAGS}")
        return Broken(event.start_mark)

    def _report(self, mark: Any, message: str, also: tuple[str, int] | None = None) -> None:
        self.problems.append(Problem(mark.line, mark.column, self._path(), message, also))

    def _path(self) -> Path:
        steps = (_step(frame) for frame in self._open)
        return tuple(step for step in steps if step is not None)


_NO_ALIASES = "YAML anchors and aliases are not allowed; write the value out, or make it a profile"
_NO_TAGS = "write the value plainly, and a string in quotes"


def _step(frame: _Frame) -> str | int | None:
    if isinstance(frame.node, Sequence):
        return len(frame.node.items)
    return frame.key.text if isinstance(frame.key, Scalar) else None


def _odd_key(text: str, said: Meaning) -> str:
    if said is Meaning.MERGE:
        return "merge keys (`<<`) are not allowed; write the values out, or make them a profile"
    return f"YAML reads the key `{clip(text)}` as {said.value}; quote it: {quoted(clip(text))}"
