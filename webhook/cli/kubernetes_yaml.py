"""YAML as Kubernetes reads it: plain values, YAML 1.1 words, no time stamps, no tricks.

kubectl turns YAML into JSON before anything else looks at it, by `sigs.k8s.io/yaml` (goyaml.v2,
`resolve.go`). Its rules for a plain scalar are followed here, because PyYAML's own differ: there
`2026-01-02` is a date and `12:30:45` is 45,045, here both are the text that the API server gets.

Values are built from the parser's events and not by PyYAML's constructors: those descend by
recursion in C, where 100,000 opening brackets end the process instead of raising an error.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

import yaml

try:
    from yaml import CSafeLoader as _Loader
except ImportError:  # PyYAML without libyaml: slower, the same events
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]  # the same interface

# The deepest field of a Pod (a selector's value in a weighted podAffinity term) is 11 levels
# down, in a CronJob in a List 17. Python's own recursion ends at 1,000.
MAX_DEPTH = 100
# A chart's anchors stand for a handful of labels; ten aliases of ten of ten … make a file of
# 1 KB as large as memory. 100,000 values are 300 whole pods.
MAX_ALIASED = 100_000

_WORDS: dict[str, Any] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(
        ["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"], True
    ),
    **dict.fromkeys(
        ["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"], False
    ),
}
_INTEGER = re.compile(r"[-+]?0(?:[xX][0-9a-fA-F]+|[bB][01]+|[oO]?[0-7]+)|[-+]?(?:0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_INFINITE = (float("inf"), float("-inf"))
_TAG = "tag:yaml.org,2002:"


class YamlError(ValueError):
    """What is wrong, and in which line (from 1; None where the parser does not say)."""

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(reason)
        self.line = line


def read_yaml(text: str) -> Iterator[tuple[int, Any]]:
    """Each document's first line and value. Raises YamlError; what came before it stands."""
    try:
        yield from _Builder(yaml.parse(text, Loader=_Loader)).documents()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise YamlError(str(error.problem), mark.line + 1 if mark else None) from None
    except yaml.YAMLError as error:
        raise YamlError(str(error).splitlines()[0]) from None


def write_yaml(value: Any) -> list[str]:
    """Block style, keys in the order they have, a line never folded."""
    text = yaml.dump(
        value,
        Dumper=_Dumper,
        sort_keys=False,
        allow_unicode=True,
        default_flow_style=False,
        width=2**31,
    )
    return text.removesuffix("...\n").splitlines()


class _Dumper(yaml.SafeDumper):
    """Text of several lines as people write it, and nothing as an alias."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002  # PyYAML calls it so
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar(_TAG + "str", text, style)


_Dumper.add_representer(str, _text)


class _Builder:
    """Builds the values of one stream; `sizes` counts the values below each anchor."""

    def __init__(self, events: Iterable[Any]) -> None:
        self.events = iter(events)
        self.anchors: dict[str, tuple[Any, int]] = {}
        self.built = 0
        self.aliased = 0

    def documents(self) -> Iterator[tuple[int, Any]]:
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                self.anchors.clear()
                first = next(self.events)
                yield first.start_mark.line + 1, self.value(first, 0)

    def value(self, event: Any, depth: int) -> Any:
        if isinstance(event, yaml.AliasEvent):
            return self.alias(event)
        if depth > MAX_DEPTH:
            raise _at(event, f"more than {MAX_DEPTH} levels deep; no Kubernetes object is")
        before = self.built
        self.built += 1
        value = self.node(event, depth)
        if event.anchor:
            self.anchors[event.anchor] = value, self.built - before
        return value

    def node(self, event: Any, depth: int) -> Any:
        if isinstance(event, yaml.ScalarEvent):
            return _scalar(event)
        if event.tag and event.tag not in (_TAG + "map", _TAG + "seq"):
            raise _at(event, f"the tag {event.tag} has no meaning in Kubernetes; take it out")
        if isinstance(event, yaml.SequenceStartEvent):
            return [self.value(item, depth + 1) for item in self.until(yaml.SequenceEndEvent)]
        return self.mapping(depth)

    def mapping(self, depth: int) -> dict[str, Any]:
        own: dict[str, Any] = {}
        merged: dict[str, Any] = {}
        for event in self.until(yaml.MappingEndEvent):
            merge = isinstance(event, yaml.ScalarEvent) and event.value == "<<" and not event.style
            key = _key(event, self.value(event, depth + 1))
            value = self.value(next(self.events), depth + 1)
            if merge:
                merged |= _merged(event, value)
            elif key in own:
                raise _at(event, f"`{key}` is given twice in one mapping; keep one")
            else:
                own[key] = value
        return merged | own if merged else own

    def until(self, end: type) -> Iterator[Any]:
        for event in self.events:
            if isinstance(event, end):
                return
            yield event

    def alias(self, event: Any) -> Any:
        if event.anchor not in self.anchors:
            raise _at(event, f"*{event.anchor} stands for nothing that ends before it")
        value, size = self.anchors[event.anchor]
        self.aliased += size
        self.built += size
        if self.aliased > MAX_ALIASED:
            raise _at(event, f"aliases stand for more than {MAX_ALIASED:,} values; write them out")
        return value


def _scalar(event: Any) -> Any:
    if event.style or event.tag in ("!", _TAG + "str"):
        return event.value
    if event.tag and event.tag not in (_TAG + t for t in ("int", "float", "bool", "null")):
        raise _at(event, f"the tag {event.tag} has no meaning in Kubernetes; take it out")
    return plain_scalar(event.value)


def plain_scalar(text: str) -> Any:
    """What goyaml.v2 makes of a scalar without quotes. An integer beyond 64 bits is a float."""
    if text in _WORDS:
        return _WORDS[text]
    digits = text.replace("_", "") if text[0] in "+-.0123456789" else ""
    number: float | None = _integer(digits) if _INTEGER.fullmatch(digits) else None
    if number is None and _FLOAT.fullmatch(digits):
        number = float(digits)
    return text if number is None or number in _INFINITE else number


def _integer(digits: str) -> int | None:
    """None beyond 64 bits, of which 0b… is the longest form."""
    if len(digits) > len("-0b") + 64:
        return None
    octal = digits.lstrip("+-").isdigit() and digits.lstrip("+-")[0] == "0"
    number = int(digits, 8 if octal else 0)
    return number if -(2**63) <= number < 2**64 else None


def _key(event: Any, value: Any) -> str:
    """JSON's keys are text: kubectl writes numbers and booleans out."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    raise _at(event, "a key must be text")


def _merged(event: Any, value: Any) -> dict[str, Any]:
    """`<<: *labels`, or a list of such, of which the first wins."""
    merged: dict[str, Any] = {}
    for source in value if isinstance(value, list) else [value]:
        if not isinstance(source, dict):
            raise _at(event, "`<<` needs a mapping, or a list of mappings")
        merged = source | merged
    return merged


def _at(event: Any, reason: str) -> YamlError:
    return YamlError(reason, event.start_mark.line + 1)
