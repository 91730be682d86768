"""The shape of what a policy may say: read a node by it, and describe it as JSON Schema.

A shape is both at once, so that what editors check and what the loader accepts cannot differ.
(pydantic would do both as well, but sees a value only after YAML has made `true` of `on`, and
knows no places.) Every problem is reported at its node
and reading goes on; a value with a problem in it reads as BAD.
"""

from collections.abc import Callable, Iterator
from typing import Any, Protocol

from msgspec import Struct

from webhook.policy.nodes import Mapping, Node, Scalar, Sequence
from webhook.policy.places import BAD, Check, Json, Place, is_null, not_a_list, wrong


class Shape(Protocol):
    def read(self, node: Node, at: Place) -> Any:
        """The value that the node stands for, or BAD once a problem is reported."""

    def schema(self, defs: Json, /) -> Json:
        """JSON Schema of it; named parts go into `defs` once."""


class Field(Struct, frozen=True):
    """One key of a record."""

    shape: Any  # a Shape
    about: str
    required: bool = False
    attribute: str | None = None  # its name in the value that is built; None: the same
    default: Any = None  # what applies where the key is left out, for the schema alone

    def read_required(self, node: Node, at: Place) -> Any:
        """By its shape; but nobody is told to delete the key."""
        if is_null(node):
            return at.report(node, "is empty; give it a value")
        if isinstance(self.shape, ListOf) and self.shape.lacks_items(node):
            return at.report(node, "is empty; name at least one")
        return self.shape.read(node, at)


class Record:
    """A mapping of known keys. `build` makes the value of what was given; `check` may object.

    `nulls_absent`: a key that holds null counts as not given, as in Kubernetes' own objects.
    `partial`: built even where fields are BAD, which are left out then.
    """

    def __init__(
        self,
        name: str,
        about: str,
        fields: dict[str, Field],
        build: Callable[..., Any] = dict,
        check: Callable[[Json, Mapping, Place], object] | None = None,
        *,
        nulls_absent: bool = False,
        partial: bool = False,
    ) -> None:
        self.name, self.about, self.fields = name, about, fields
        self.build, self.check = build, check
        self._nulls_absent, self._partial = nulls_absent, partial
        self.required = [key for key, field in fields.items() if field.required]

    def read(self, node: Node, at: Place) -> Any:
        if not isinstance(node, Mapping):
            return wrong(
                node, at, f"a mapping with keys such as {', '.join(list(self.fields)[:3])}"
            )
        before = len(at.problems)
        given = self._read_fields(node, at)
        for key in self.required:
            if key not in node.pairs or (self._nulls_absent and is_null(node.pairs[key][1])):
                at.report(node, f"`{key}` is missing: {_in_a_sentence(self.fields[key].about)}")
        if self.check is not None and len(at.problems) == before:
            self.check(given, node, at)
        if len(at.problems) > before and not self._partial:
            return BAD
        return self.build(**{key: value for key, value in given.items() if value is not BAD})

    def _read_fields(self, node: Mapping, at: Place) -> Json:
        given: Json = {}
        steps = at.steps
        for key, (mark, value) in node.pairs.items():
            steps.append(key)
            field = self.fields.get(key)
            if field is None:
                at.report(mark, f"unknown key{at.suggest(key, self.fields)}")
            elif not (self._nulls_absent and is_null(value)):
                # Most fields are not required, and a call more for each would be felt in a load.
                read = field.read_required if field.required else field.shape.read
                given[field.attribute or key] = read(value, at)
            steps.pop()
        return given

    def schema(self, defs: Json) -> Json:
        if self.name not in defs:
            defs[self.name] = {}  # holds its place, in this order
            defs[self.name] = {
                "type": "object",
                "title": self.name,
                "description": self.about,
                "properties": {key: self._property(key, defs) for key in self.fields},
                "required": self.required,
                "additionalProperties": False,
            }
        return {"$ref": f"#/$defs/{self.name}"}

    def _property(self, key: str, defs: Json) -> Json:
        field = self.fields[key]
        made = field.shape.schema(defs)
        if self._nulls_absent and not field.required:
            made = {"anyOf": [made, {"type": "null"}]}
        described = {"description": field.about, **made}
        return described if field.default is None else {**described, "default": field.default}


class ListOf:
    """A list of one shape. With `key`, two items of the same key are a problem: they are `alike`.

    `partial`: read even where items are BAD, which keep their positions.
    """

    def __init__(
        self,
        item: Shape,
        most: int,
        *,
        least: int = 0,
        key: Callable[[Any], object] | None = None,
        alike: str = "is the same as",
        partial: bool = False,
    ) -> None:
        self.item, self.least, self.most, self.key = item, least, most, key
        self._alike, self._partial = alike, partial

    def read(self, node: Node, at: Place) -> Any:
        if not isinstance(node, Sequence):
            return not_a_list(node, at)
        if not self.least <= len(node.items) <= self.most:
            return at.report(node, self._wrong_length(len(node.items)))
        before = len(at.problems)
        values = tuple(self._read_items(node, at))
        if self.key is not None and len(values) > 1:
            self._check_unique(values, node, at)
        return values if self._partial or len(at.problems) == before else BAD

    def lacks_items(self, node: Node) -> bool:
        return isinstance(node, Sequence) and not node.items and self.least > 0

    def _read_items(self, node: Sequence, at: Place) -> Iterator[Any]:
        read, steps = self.item.read, at.steps
        for step, item in enumerate(node.items):
            steps.append(step)
            yield read(item, at)
            steps.pop()

    def _wrong_length(self, length: int) -> str:
        if not length:
            return "is empty; name at least one, or delete the key"
        return f"has {length} items; at most {self.most} are allowed"

    def _check_unique(self, values: tuple[Any, ...], node: Sequence, at: Place) -> None:
        seen: dict[object, int] = {}
        for step, value in enumerate(values):
            if value is BAD or self.key is None:
                continue
            first = seen.setdefault(self.key(value), step)
            if first != step:
                (at / step).report(
                    node.items[step], f"{self._alike} item [{first}]; delete one of them"
                )

    def schema(self, defs: Json) -> Json:
        made: Json = {"type": "array", "items": self.item.schema(defs), "maxItems": self.most}
        return {**made, "minItems": self.least} if self.least else made


class MapOf:
    """A mapping whose keys the author chooses; `key` says why one is not valid.

    The value's keys are sorted, so that their order in the file means nothing. `partial`: read
    even where values are BAD, so that their names are known.
    """

    def __init__(
        self,
        value: Shape,
        most: int,
        key: Check,
        *,
        least: int = 0,
        build: Callable[[str, Any], Any] | None = None,
        partial: bool = False,
    ) -> None:
        self.value, self.most, self.key, self.least = value, most, key, least
        self.build, self._partial = build, partial

    def read(self, node: Node, at: Place) -> Any:
        if not isinstance(node, Mapping):
            return wrong(node, at, "a mapping")
        if not self.least <= len(node.pairs) <= self.most:
            return at.report(node, self._wrong_size(len(node.pairs)))
        before = len(at.problems)
        found: Json = {}
        for key, pair in node.pairs.items():
            at.steps.append(key)
            found[key] = self._read_pair(pair, at)
            at.steps.pop()
        if len(at.problems) > before and not self._partial:
            return BAD
        return dict(sorted(found.items())) if len(found) > 1 else found

    def _read_pair(self, pair: tuple[Scalar, Node], at: Place) -> Any:
        key, node = pair
        problem = self.key(key.text)
        if problem is not None:
            at.report(key, problem)
        value = self.value.read(node, at)
        if value is BAD or problem is not None:
            return BAD
        return value if self.build is None else self.build(key.text, value)

    def _wrong_size(self, size: int) -> str:
        if not size:
            return "is empty; give at least one key, or delete it"
        return f"has {size} keys; at most {self.most} are allowed"

    def schema(self, defs: Json) -> Json:
        made: Json = {
            "type": "object",
            "additionalProperties": self.value.schema(defs),
            "maxProperties": self.most,
        }
        return {**made, "minProperties": self.least} if self.least else made


class Either:
    """One text or a list of them; always read as a tuple."""

    def __init__(self, one: Shape, many: ListOf) -> None:
        self._one, self.many = one, many

    def read(self, node: Node, at: Place) -> Any:
        if isinstance(node, Scalar):
            value = self._one.read(node, at)
            return BAD if value is BAD else (value,)
        return self.many.read(node, at)

    def schema(self, defs: Json) -> Json:
        return {"anyOf": [self._one.schema(defs), self.many.schema(defs)]}


class OrNothing:
    """A mapping that may be left empty: `payments:` with nothing under it is a team."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape

    def read(self, node: Node, at: Place) -> Any:
        return self.shape.read(Mapping({}, node.mark) if is_null(node) else node, at)

    def schema(self, defs: Json) -> Json:
        return {"anyOf": [self.shape.schema(defs), {"type": "null"}]}


def _in_a_sentence(about: str) -> str:
    return about[:1].lower() + about[1:].rstrip(".")
