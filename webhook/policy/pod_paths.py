"""Paths into a pod as people write them: `spec.containers[base].env[0].value`.

| step            | leads to                                                       |
|-----------------|----------------------------------------------------------------|
| `spec`, `.pool` | the value of this key; letters, digits, `-` and `_`            |
| `["a.b/c"]`     | the value of a key with other characters                       |
| `[0]`           | the item in this place, from 0                                 |
| `[base]`        | the item with this `name`, such as a container or a variable   |
"""

import re
from json import loads
from typing import Any

from msgspec import Struct

from webhook.policy.errors import Path, clip, show_path

_FIRST = re.compile(r"[A-Za-z0-9_-]+")
_STEP = re.compile(
    r"""\.(?P<key>[A-Za-z0-9_-]+)
      | \[(?P<index>[0-9]{1,4})\]
      | \[(?P<name>[A-Za-z0-9_][A-Za-z0-9_.-]*)\]
      | \[(?P<quoted>"(?:[^"\\]|\\["\\])+")\]""",
    re.VERBOSE,
)
_LONGEST = 1000  # the deepest field of a pod has a path of about 150 characters


class Named(Struct, frozen=True):
    """The item of a list that has this name."""

    name: str


Step = str | int | Named


class _Absent:
    def __repr__(self) -> str:
        return "absent"


ABSENT: Any = _Absent()


def problem(text: str) -> str | None:
    """Why this is no path, or None."""
    if len(text) > _LONGEST:
        return f"has {len(text)} characters; no path into a pod has over {_LONGEST}"
    end = _end(text)
    if text and end == len(text):
        return None
    if end:
        return (
            f"`{clip(text)}` is no path from its character {end + 1} on; write a key with other "
            'characters than letters, digits, `-` and `_` in brackets: ["example.com/key"]'
        )
    return f"`{clip(text)}` is no path; write one such as spec.containers[base].env[0].name"


def steps(text: str) -> tuple[Step, ...]:
    """The steps of a path without a problem."""
    first = _FIRST.match(text)
    start = first.end() if first else 0
    return (text[:start], *(_step(found) for found in _STEP.finditer(text, start)))


def resolve(pod: Any, path: tuple[Step, ...]) -> Any:
    """What stands there, or ABSENT; so does what is null."""
    value = pod
    for step in path:
        value = _item(value, step)
        if value is ABSENT:
            return ABSENT
    return value


def readable(pointer: str) -> str:
    """A JSON Pointer as such a path, positions by number."""
    return show_path(_keys(pointer))


def _keys(pointer: str) -> Path:
    parts = [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]
    return tuple(int(part) if part.isdecimal() else part for part in parts)


def _end(text: str) -> int:
    """How far it is a path."""
    found = _FIRST.match(text)
    at = 0
    while found is not None:
        at = found.end()
        found = _STEP.match(text, at)
    return at


def _step(found: re.Match[str]) -> Step:
    if found["index"] is not None:
        return int(found["index"])
    if found["name"] is not None:
        return Named(found["name"])
    quoted = found["quoted"]
    return str(loads(quoted)) if quoted is not None else str(found["key"])


def _item(value: Any, step: Step) -> Any:
    found: Any = None
    if isinstance(value, list) and isinstance(step, int):
        found = value[step] if step < len(value) else None
    elif isinstance(value, list) and isinstance(step, Named):
        found = next((e for e in value if isinstance(e, dict) and e.get("name") == step.name), None)
    elif isinstance(value, dict) and isinstance(step, str):
        found = value.get(step)
    return ABSENT if found is None else found
