"""The shapes that a test needs beside a policy's: any value, and a name that may be none."""

from typing import Any

from webhook.policy.errors import clip
from webhook.policy.nodes import Broken, Mapping, Node, Scalar, Sequence
from webhook.policy.places import BAD, Json, Place, is_null
from webhook.policy.scalars import DECIMAL, DECIMAL_FRACTION, Meaning, meaning, quoted
from webhook.policy.shapes import Shape


class Anything:
    """What JSON can say, such as a part of a pod. Words that YAML readers differ about are not.

    `without`: null is a problem, and this says what to write in its place.
    """

    def __init__(self, *, only_mappings: bool = False, without: str | None = None) -> None:
        self._only_mappings, self._without = only_mappings, without

    def read(self, node: Node, at: Place) -> Any:
        if isinstance(node, Broken):
            return BAD
        if self._only_mappings and not isinstance(node, Mapping):
            return at.report(node, "must be a mapping, as in a pod's own YAML")
        if self._without is not None and is_null(node):
            return at.report(node, self._without)
        before = len(at.problems)
        value = _value(node, at)
        return value if len(at.problems) == before else BAD

    def schema(self, _: Json) -> Json:
        return {"type": "object"} if self._only_mappings else {}


class OrNull:
    """A value, or `null` where there is none on purpose."""

    def __init__(self, shape: Shape) -> None:
        self._shape = shape

    def read(self, node: Node, at: Place) -> Any:
        return None if is_null(node) else self._shape.read(node, at)

    def schema(self, defs: Json) -> Json:
        return {"anyOf": [self._shape.schema(defs), {"type": "null"}]}


def _value(node: Node, at: Place) -> Any:
    if isinstance(node, Mapping):
        return {key: _value(value, at / key) for key, (_, value) in node.pairs.items()}
    if isinstance(node, Sequence):
        return [_value(item, at / step) for step, item in enumerate(node.items)]
    return _scalar(node, at) if isinstance(node, Scalar) else BAD


def _scalar(node: Scalar, at: Place) -> Any:
    text = node.text
    said = meaning(text) if node.plain else Meaning.STRING
    if said is Meaning.STRING:
        return text
    if said is Meaning.NULL:
        return None
    if said is Meaning.BOOLEAN and text in ("true", "false"):
        return text == "true"
    if said is Meaning.NUMBER and DECIMAL_FRACTION.fullmatch(text):
        return int(text) if DECIMAL.fullmatch(text) else float(text)
    return at.report(
        node, f"YAML readers differ about {clip(text)}; quote it: {quoted(clip(text))}"
    )
