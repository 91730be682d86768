"""A V1Pod of whatever Kubernetes client Airflow has: as JSON, and changed to be other JSON.

Airflow shares parts of pods between tasks: what stands in `default_args`, or in a template, is one
object in many pods. So nothing inside a pod is written to: each part that changes is copied first,
from the pod down, and whatever does not change stays the object that it was. The V1Pod alone is
changed in place.

Its models say by `attribute_map` what their fields are called in JSON, and by `openapi_types` of
what type they are. Up to release 36 a field takes anything, and authors do give dictionaries where
a model belongs; from 37 on they are pydantic's, and check what they are given.
Source: `sanitize_for_serialization` of the client, which makes what is sent.
"""

from collections.abc import Mapping
from copy import copy
from functools import cache
from typing import Any

Json = dict[str, Any]
_PARTS = ("metadata", "spec")


class NotTheSame(Exception):
    """Our own bug: the changed pod would not be sent as it was decided."""

    def __str__(self) -> str:
        return "the changed pod cannot be written in this Kubernetes client; report it"


def as_json(pod: Any) -> Json:
    """What the client would send."""
    sent: Json = _client().sanitize_for_serialization(pod)
    return sent


def change(pod: Any, before: Json, after: Json) -> None:
    """Make `pod`, which is `before` as JSON, be `after`. Raises NotTheSame, and changes nothing."""
    made = {}
    for part in _PARTS:
        old = getattr(pod, part)
        made[part] = _changed(old, before.get(part) or {}, after.get(part) or {})
        if as_json(made[part]) != after.get(part):
            raise NotTheSame
    for part, model in made.items():
        setattr(pod, part, model)


@cache
def _client() -> Any:
    from kubernetes.client import ApiClient

    return ApiClient()


def _changed(model: Any, before: Json, after: Json) -> Any:
    """A copy of the model with the fields that differ, or the model itself."""
    if before == after:
        return model
    made, names = copy(model), _names(model)
    for key in before.keys() | after.keys():
        if before.get(key) != after.get(key):
            name = names[key]
            kind, old = model.openapi_types[name], getattr(model, name)
            setattr(made, name, _value(kind, old, before.get(key), after.get(key)))
    return made


def _value(kind: str, old: Any, before: Any, after: Any) -> Any:
    """What was `old`, of this type, and `before` as JSON, as it is to be."""
    if before == after:
        return old
    if not before or not after:
        return _made(kind, after)
    if isinstance(before, dict) and _is_model(old):
        return _changed(old, before, after)
    if isinstance(old, list) and isinstance(after, list):
        each = _inner(kind)
        kept = [_value(each, *three) for three in zip(old, before, after, strict=False)]
        return [*kept, *(_made(each, value) for value in after[len(kept) :])]
    return after  # a map, or what the author gave as plain data


def _made(kind: str, value: Any) -> Any:
    """A new model of JSON; plain data where there is none, or where it could not hold all of it."""
    if isinstance(value, list):
        return [_made(_inner(kind), each) for each in value]
    model = _models().get(kind)
    if model is None or not isinstance(value, dict):
        return value
    fields: Mapping[str, str] = model.attribute_map
    types: Mapping[str, str] = model.openapi_types
    given = {name: _made(types[name], value[key]) for name, key in fields.items() if key in value}
    try:
        made = model(**given)
    except ValueError:  # it lacks what its type must have; the API server will say so
        return value
    return made if as_json(made) == value else value


def _inner(kind: str) -> str:
    """What `list[V1Toleration]` is a list of; from release 37 on it is written `List[...]`."""
    return kind[5:-1] if kind.lower().startswith("list[") else ""


def _is_model(value: Any) -> bool:
    return not isinstance(value, dict | list | str | int | float)


@cache
def _models() -> Mapping[str, Any]:
    """By name."""
    from kubernetes.client import models

    return {name: model for name, model in vars(models).items() if hasattr(model, "openapi_types")}


def _names(model: Any) -> Mapping[str, str]:
    """The model's own name of each field, by its JSON name."""
    fields: Mapping[str, str] = model.attribute_map
    return {key: name for name, key in fields.items()}
