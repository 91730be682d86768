"""PyYAML, as far as policies need it: the events of a text, and the words that are no strings.

Neither its composer nor its constructor is used: they recurse, unfold aliases and make objects.
"""

import re
from collections.abc import Iterator
from typing import Any

import yaml
from yaml.events import (
    AliasEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from yaml.resolver import Resolver

from webhook.policy.errors import Problem

__all__ = [
    "AliasEvent",
    "MappingEndEvent",
    "MappingStartEvent",
    "NotYaml",
    "ScalarEvent",
    "SequenceEndEvent",
    "SequenceStartEvent",
    "events",
    "implicit_tag",
]

# Only their events are used. A PyYAML that was built without libyaml has only the slower one.
_PARSER: Any = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader


class NotYaml(Exception):
    """A text that is no YAML. `problem` says where and why."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(problem.message)


def events(text: str) -> Iterator[Any]:
    """The events of one document's text, in order. Raises NotYaml where it stops being YAML."""
    parser = _PARSER(text)
    try:
        while (event := parser.get_event()) is not None:
            yield event
    except yaml.MarkedYAMLError as error:
        raise NotYaml(_syntax(text, error)) from None


def implicit_tag(word: str) -> str | None:
    """The tag that YAML 1.1 gives a word without quotes; None for a string."""
    resolvers: list[tuple[str, re.Pattern[str]]]
    resolvers = Resolver.yaml_implicit_resolvers.get(word[:1], [])
    return next((tag for tag, expression in resolvers if expression.match(word)), None)


def _syntax(text: str, error: yaml.MarkedYAMLError) -> Problem:
    mark, begin = error.problem_mark or error.context_mark, error.context_mark
    line, column = (mark.line, mark.column) if mark is not None else (0, 0)
    also = ("it begins", begin.line) if begin is not None and begin.line != line else None
    return Problem(line, column, (), f"is not YAML: {_why(text, line, column, error)}", also)


def _why(text: str, line: int, column: int, error: yaml.MarkedYAMLError) -> str:
    """The parser's reason, or a better one where the character under the mark tells more."""
    lines = text.split("\n")
    rest = lines[line][column:] if line < len(lines) else ""
    if rest.startswith("\t"):
        return "a tab; indent with spaces"
    if rest[:1] in ("@", "`", "%"):
        return f"a value cannot begin with {rest[0]} without quotes; quote it"
    if str(error.problem).startswith("mapping values are not allowed"):
        return "a `:` that begins a second value on this line; quote the text, or indent the key"
    return " ".join(filter(None, (error.context, error.problem)))
