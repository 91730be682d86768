"""The shapes without parts: texts, choices, whole numbers, days, quantities.

A text that was written without quotes must be one to every YAML reader; the message shows the
quoted form. Numbers are decimal, because YAML 1.1 reads `010` as eight and YAML 1.2 as ten.
"""

import re
from collections.abc import Sequence as Names
from datetime import date
from typing import Any

from webhook.policy import limits
from webhook.policy.errors import clip
from webhook.policy.nodes import Node, Scalar
from webhook.policy.places import Check, Json, Place, is_null, wrong
from webhook.policy.scalars import DECIMAL, DECIMAL_FRACTION, Meaning, meaning, quoted
from webhook.policy.suggestion import one_of

_NO_TEXT = re.compile("[\0\ud800-\udfff]")


class Text:
    """A string. `check` says why one is not valid; `pattern` says the same to editors."""

    def __init__(
        self, check: Check, pattern: str | None = None, example: str | None = None
    ) -> None:
        self.check, self._pattern, self._example = check, pattern, example

    def read(self, node: Node, at: Place) -> Any:
        if not isinstance(node, Scalar):
            return wrong(node, at, "a string")
        text = node.text
        said = meaning(text) if node.plain else Meaning.STRING
        if said is Meaning.NULL:
            return wrong(node, at, "a string")
        if said is not Meaning.STRING:
            return at.report(
                node, f"YAML reads {clip(text)} as {said.value}; quote it: {quoted(text)}"
            )
        problem = self.check(text)
        return text if problem is None else at.report(node, problem)

    def schema(self, _: Json) -> Json:
        made: Json = {"type": "string"}
        if self._pattern is not None:
            made["pattern"] = self._pattern
        return made if self._example is None else {**made, "examples": [self._example]}


class Choice:
    """One of a few words."""

    def __init__(self, names: Names[str]) -> None:
        self._names = tuple(names)

    def read(self, node: Node, at: Place) -> Any:
        if isinstance(node, Scalar) and node.text in self._names:
            return node.text
        if not isinstance(node, Scalar) or is_null(node):
            return wrong(node, at, one_of(self._names))
        said = f"`{clip(node.text)}` is not {one_of(self._names)}"
        near = at.suggest(node.text, self._names)
        return at.report(node, said + (near if "did you mean" in near else ""))

    def schema(self, _: Json) -> Json:
        return {"enum": list(self._names)}


class Whole:
    """A whole number within bounds, written in decimal and without quotes."""

    def __init__(self, least: int, most: int) -> None:
        self._least, self._most = least, most

    def read(self, node: Node, at: Place) -> Any:
        if not isinstance(node, Scalar) or is_null(node):
            return wrong(node, at, "a whole number")
        if not (node.plain and DECIMAL.fullmatch(node.text)):
            shown = clip(node.text) if node.plain else quoted(clip(node.text))
            return at.report(
                node, f"{shown} is no whole number; write one such as {max(self._least, 1)}"
            )
        number = int(node.text)
        if not self._least <= number <= self._most:
            return at.report(node, f"{number} is not between {self._least} and {self._most}")
        return number

    def schema(self, _: Json) -> Json:
        return {"type": "integer", "minimum": self._least, "maximum": self._most}


class Flag:
    """`true` or `false`, which is how YAML 1.1 and 1.2 both write them."""

    def read(self, node: Node, at: Place) -> Any:
        if isinstance(node, Scalar) and node.plain and node.text in ("true", "false"):
            return node.text == "true"
        if not isinstance(node, Scalar) or is_null(node):
            return wrong(node, at, "true or false")
        return at.report(node, f"`{clip(node.text)}` is not true or false, without quotes")

    def schema(self, _: Json) -> Json:
        return {"type": "boolean"}


class Day:
    """A date such as 2026-12-31, with or without quotes."""

    def read(self, node: Node, at: Place) -> Any:
        if not isinstance(node, Scalar) or is_null(node):
            return wrong(node, at, "a date such as 2026-12-31")
        try:
            if len(node.text) != len("2026-12-31"):
                raise ValueError
            return date.fromisoformat(node.text)
        except ValueError:
            return at.report(node, f"`{clip(node.text)}` is no date; write one such as 2026-12-31")

    def schema(self, _: Json) -> Json:
        return {"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}


class Amount:
    """A quantity such as 500m, 2 or 1Gi, as text; a plain number need not be quoted."""

    def __init__(self, check: Check) -> None:
        self.check = check

    def read(self, node: Node, at: Place) -> Any:
        if not isinstance(node, Scalar) or is_null(node):
            return wrong(node, at, "a quantity such as 500m, 2 or 1Gi")
        odd = node.plain and meaning(node.text) is not Meaning.STRING
        if odd and not DECIMAL_FRACTION.fullmatch(node.text):
            shown = quoted(clip(node.text))
            return at.report(
                node, f"YAML readers differ about {clip(node.text)}; quote it: {shown}"
            )
        problem = self.check(node.text)
        return node.text if problem is None else at.report(node, problem)

    def schema(self, _: Json) -> Json:
        return {"type": ["string", "number"], "examples": ["500m", 2, "1Gi"]}


def any_text(text: str) -> str | None:
    """Free text of a bounded length, such as an annotation's value."""
    if len(text) > limits.ANNOTATION_BYTES:
        return f"has {len(text)} characters; at most {limits.ANNOTATION_BYTES} are allowed"
    if _NO_TEXT.search(text):
        return "holds a NUL or half of a surrogate pair, which no container can be given"
    return None
