"""One part of a placement taken off a pod again, by field: see `as_sent`.

The pod is plain data here, and is changed in place.
"""

from collections.abc import Callable
from typing import Any

from webhook.engine.draft import Part
from webhook.kube.meaning import of_spread, of_term
from webhook.kube.quantity import parse_quantity

Json = dict[str, Any]

# What the API server computes from a field goes with it.
_SCALARS = {
    "priorityClassName": ("priority", "preemptionPolicy"),
    "schedulerName": (),
    "runtimeClassName": ("overhead",),
    "serviceAccountName": ("serviceAccount",),
}
_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"


def take_off(pod: Json, part: Part) -> bool:
    """Whether the pod carried exactly this part, which it does not any more."""
    if part.field in _SCALARS:
        return _scalar(pod["spec"], part)
    if part.field == "affinity" and part.path.endswith(f"/nodeAffinity/{_REQUIRED}"):
        return _node_affinity(pod["spec"], part.value)
    return _TAKERS[part.field](pod, part)


def _scalar(spec: Json, part: Part) -> bool:
    if spec.get(part.field) != part.value:
        return False
    for key in (part.field, *_SCALARS[part.field]):
        spec.pop(key, None)
    return True


def _entry(entries: Json | None, part: Part) -> bool:
    if not entries or entries.get(part.key) != part.value:
        return False
    del entries[part.key]
    return True


def _element(elements: list[Any] | None, is_it: Callable[[Any], bool]) -> bool:
    if elements is None:
        return False
    at = next((at for at, element in enumerate(elements) if is_it(element)), None)
    if at is not None:
        del elements[at]
    return at is not None


def _member(pod: Json, part: Part) -> bool:
    """Of metadata: labels, annotations."""
    return _entry(pod["metadata"].get(part.field), part)


def _node_selector(pod: Json, part: Part) -> bool:
    return _entry(pod["spec"].get("nodeSelector"), part)


def _toleration(pod: Json, part: Part) -> bool:
    def is_it(there: Json) -> bool:
        return _written(there) == _written(part.value)

    return _element(pod["spec"].get("tolerations"), is_it)


def _written(entry: Json) -> Json:
    """Null and absent are alike, and an operator that is not written is Equal."""
    return {"operator": "Equal"} | {key: one for key, one in entry.items() if one is not None}


def _spread(pod: Json, part: Part) -> bool:
    constraints = pod["spec"].get("topologySpreadConstraints")
    return _element(constraints, lambda there: of_spread(there) == of_spread(part.value))


def _affinity_term(pod: Json, part: Part) -> bool:
    _, _, _, kind, terms = part.path.split("/")  # /spec/affinity/KIND/LIST
    group = (pod["spec"].get("affinity") or {}).get(kind) or {}
    return _element(group.get(terms), lambda there: of_term(there) == of_term(part.value))


def _named(elements: list[Json] | None, name: str) -> bool:
    return _element(elements, lambda there: bool(there.get("name") == name))


def _pull_secret(pod: Json, part: Part) -> bool:
    return _named(pod["spec"].get("imagePullSecrets"), part.key)


def _variable(pod: Json, part: Part) -> bool:
    at = int(part.path.split("/")[3])  # /spec/containers/AT/env
    return _named(pod["spec"]["containers"][at].get("env"), part.key)


def _quantity(pod: Json, part: Part) -> bool:
    _, _, _, at, _, kind, *_ = part.path.split("/")  # /spec/containers/AT/resources/KIND/NAME
    resources = pod["spec"]["containers"][int(at)].get("resources") or {}
    there = (resources.get(kind) or {}).get(part.key)
    if there is None or not _is_as_much(there, part.value):
        return False
    del resources[kind][part.key]
    return True


def _is_as_much(one: str | int | float, other: str) -> bool:
    try:
        return parse_quantity(one) == parse_quantity(other)
    except ValueError:
        return False


def _node_affinity(spec: Json, given: list[Json]) -> bool:
    """Each term without the first of the policy's terms that it holds whole."""
    node = (spec.get("affinity") or {}).get("nodeAffinity") or {}
    terms = (node.get(_REQUIRED) or {}).get("nodeSelectorTerms") or []
    left: list[Json] = []
    taken = False
    for term in terms:
        held = next((policy for policy in given if _holds(term, policy)), None)
        rest = term if held is None else _apart(term, held)
        taken = taken or held is not None
        if rest not in left:
            left.append(rest)
    if taken:
        node[_REQUIRED] = {"nodeSelectorTerms": left} if any(map(_says, left)) else None
    return taken


def _holds(term: Json, policy: Json) -> bool:
    return all(
        _expression(expression) in map(_expression, term.get(name) or ())
        for name, expressions in policy.items()
        for expression in expressions
    )


def _apart(term: Json, policy: Json) -> Json:
    return {
        name: [
            one
            for one in expressions or ()
            if _expression(one) not in map(_expression, policy.get(name) or ())
        ]
        for name, expressions in term.items()
    }


def _expression(expression: Json) -> tuple[str, str, frozenset[str]]:
    return expression["key"], expression["operator"], frozenset(expression.get("values") or ())


def _says(term: Json) -> bool:
    return any(term.values())


_TAKERS: dict[str, Callable[[Json, Part], bool]] = {
    "labels": _member,
    "annotations": _member,
    "tolerations": _toleration,
    "nodeSelector": _node_selector,
    "affinity": _affinity_term,
    "topologySpreadConstraints": _spread,
    "imagePullSecrets": _pull_secret,
    "env": _variable,
    "resources": _quantity,
}
