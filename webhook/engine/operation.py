"""One operation of a JSON Patch (RFC 6902), encoded once: most when policy is compiled."""

from typing import Any

from msgspec import Struct, json

_encode = json.Encoder().encode


class Operation(Struct, frozen=True, gc=False):
    """What to do at `path`, a JSON Pointer into the pod; `encoded` is its JSON, as it goes out."""

    op: str  # add | replace | remove | copy
    path: str
    encoded: bytes
    value: Any = None  # of add and replace


def add(path: str, value: Any) -> Operation:
    return _valued("add", path, value)


def replace(path: str, value: Any) -> Operation:
    return _valued("replace", path, value)


def remove(path: str) -> Operation:
    return Operation("remove", path, _encode({"op": "remove", "path": path}))


def copy(source: str, path: str) -> Operation:
    return Operation("copy", path, _encode({"op": "copy", "from": source, "path": path}))


def _valued(op: str, path: str, value: Any) -> Operation:
    return Operation(op, path, _encode({"op": op, "path": path, "value": value}), value)


def pointer(*keys: str | int) -> str:
    """A JSON Pointer (RFC 6901) of these keys."""
    return "".join("/" + str(key).replace("~", "~0").replace("/", "~1") for key in keys)
