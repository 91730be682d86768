"""What a patch changes in a pod, as lines of YAML: the changed ones, under their parent keys.

A pod's args and environment never get this far: `hidden` takes them out of both sides, so that
no way of comparing can bring them back. Of the environment, what the policy adds is left.
Airflow 3 puts a live token in the args of its executor's pods.
"""

from collections.abc import Iterator
from difflib import SequenceMatcher
from json import dumps
from typing import Any

from msgspec import Struct

from webhook.cli.kubernetes_yaml import write_yaml

SAME, ADDED, REMOVED = " ", "+", "-"
_CONTAINERS = ("containers", "initContainers", "ephemeralContainers")
_SECRET = ("args", "command", "lifecycle", "livenessProbe", "readinessProbe", "startupProbe")
_NONE = object()


class Line(Struct, frozen=True):
    """`sign` is SAME for a parent key that only says where the next lines are."""

    sign: str
    depth: int
    text: str

    def __str__(self) -> str:
        return f"{self.sign} {'  ' * self.depth}{self.text}".rstrip()


def pod_diff(before: dict[str, Any], after: dict[str, Any]) -> list[Line]:
    """Empty where nothing changed."""
    return list(_mapping(*hidden(before, after), 0))


def hidden(before: dict[str, Any], after: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Both pods without args, and without those variables that the pod already had."""
    known = dict(_environment(before))
    return _hide(before, known), _hide(after, known)


def _environment(pod: dict[str, Any]) -> Iterator[tuple[tuple[str, int], set[Any]]]:
    for place, container in _containers(pod):
        env = container.get("env")
        listed = env if isinstance(env, list) else []
        yield place, {item.get("name") for item in listed if isinstance(item, dict)}


def _containers(pod: dict[str, Any]) -> Iterator[tuple[tuple[str, int], dict[str, Any]]]:
    spec = pod.get("spec")
    for kind in _CONTAINERS:
        listed = spec.get(kind) if isinstance(spec, dict) else None
        for index, container in enumerate(listed if isinstance(listed, list) else []):
            if isinstance(container, dict):
                yield (kind, index), container


def _hide(pod: dict[str, Any], known: dict[tuple[str, int], set[Any]]) -> dict[str, Any]:
    shown = {place: _shown(container, known.get(place)) for place, container in _containers(pod)}
    spec = pod.get("spec")
    if not isinstance(spec, dict):
        return pod
    kinds = {kind: [c for (k, _), c in shown.items() if k == kind] for kind in _CONTAINERS}
    return pod | {"spec": spec | {kind: listed for kind, listed in kinds.items() if listed}}


def _shown(container: dict[str, Any], known: set[Any] | None) -> dict[str, Any]:
    """`known` is None for a container that was not there: of such a one only the name is shown."""
    if known is None:
        return {"name": container.get("name")}
    shown = {key: part for key, part in container.items() if key not in _SECRET}
    env = shown.pop("env", None) or []
    added = [item for item in env if isinstance(item, dict) and item.get("name") not in known]
    return shown | {"env": added} if added else shown


def _mapping(before: dict[str, Any], after: dict[str, Any], depth: int) -> Iterator[Line]:
    """Keys in the order they have after, those that were removed in front."""
    for key in [*(key for key in before if key not in after), *after]:
        yield from _entry(key, before.get(key, _NONE), after.get(key, _NONE), depth)


def _entry(key: str, before: Any, after: Any, depth: int) -> Iterator[Line]:
    if before == after and type(before) is type(after):
        return
    if isinstance(before, dict) and isinstance(after, dict) and before and after:
        yield _parent(key, depth)
        yield from _mapping(before, after, depth + 1)
    elif isinstance(before, list) and isinstance(after, list) and before and after:
        yield _parent(key, depth)
        yield from _sequence(before, after, depth)
    else:
        yield from _whole(REMOVED, {key: before}, depth) if _written(before) else ()
        yield from _whole(ADDED, {key: after}, depth) if _written(after) else ()


def _parent(key: str, depth: int) -> Line:
    """The key as YAML writes it, in quotes where it needs them."""
    return Line(SAME, depth, write_yaml({key: {}})[0].removesuffix(" {}"))


def _written(value: Any) -> bool:
    """An empty list that gives way to a full one (`tolerations: []`) would only be noise."""
    return value is not _NONE and value not in ({}, [], None)


def _sequence(before: list[Any], after: list[Any], depth: int) -> Iterator[Line]:
    matcher = SequenceMatcher(None, _keys(before), _keys(after), autojunk=False)
    for tag, from_, to, new_from, new_to in matcher.get_opcodes():
        old, new = before[from_:to], after[new_from:new_to]
        if tag == "equal":
            continue
        pairs = list(zip(old, new, strict=False)) if len(old) == len(new) else []
        if pairs and all(_goes_on(*pair) for pair in pairs):
            for pair in pairs:
                yield from _item(*pair, depth)
        else:
            yield from _whole(REMOVED, old, depth) if old else ()
            yield from _whole(ADDED, new, depth) if new else ()


def _keys(items: list[Any]) -> list[str]:
    return [dumps(item, sort_keys=True) for item in items]


def _goes_on(before: Any, after: Any) -> bool:
    """Whether two items are one that changed inside: the same name, or the same parts changed."""
    if not (isinstance(before, dict) and isinstance(after, dict)):
        return False
    if before.get("name") or after.get("name"):
        return before.get("name") == after.get("name")
    changed = [key for key in before | after if before.get(key) != after.get(key)]
    return all(before.get(key) and isinstance(before[key], list | dict) for key in changed)


def _item(before: dict[str, Any], after: dict[str, Any], depth: int) -> Iterator[Line]:
    """The item's own dash stands before its name, or before the first key that leads on."""
    lines = _mapping(before, after, depth + 1)
    if "name" in after:
        yield Line(SAME, depth, f"- {write_yaml({'name': after['name']})[0]}")
    else:
        first = next(lines)
        yield Line(first.sign, depth, f"- {first.text}")
    yield from lines


def _whole(sign: str, value: Any, depth: int) -> Iterator[Line]:
    for text in write_yaml(value):
        yield Line(sign, depth, text)
