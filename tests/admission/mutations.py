"""Requests that no API server sends: real AdmissionReviews with something wrong in them.

A mutation is three numbers (where, what is done, with what), so that a failing request shrinks
to the one mutation that matters. Wherever they point, they point at something.
"""

import copy
import json
from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]
Mutation = tuple[int, int, int]
Place = tuple[Any, Any]  # an object or a list, and the key or index in it

DEEP: Any = []
for _ in range(60):
    DEEP = [DEEP]

# Wrong types, numbers out of every range, texts that are no names, shapes that are nearly right.
VALUES: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    2**63,
    10**40,
    1.5,
    1e300,
    "",
    "True",
    "default",
    "payments",
    "été\n\u2028\u0000",
    "\ud800",
    "~1~0/",
    "x" * 300,
    [],
    {},
    [None],
    [[]],
    {"": ""},
    {"key": None},
    [{"key": "dedicated", "operator": "Exists"}],
    [{"operator": "Exists"}, {"key": "dedicated", "operator": 7}],
    [{"name": "base"}, {"name": "base"}, {}],
    [{"topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule"}],
    {"requests": {"cpu": "1e9999", "memory": ""}, "limits": {"cpu": -1}},
    {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {}}},
    {"taxiway/applied": "payments@0000000000"},
    {"kubernetes_pod_operator": "True", "team": "paymnets"},
    DEEP,
)
# Fields that the engine reads, put where they may not belong.
KEYS = (
    "labels",
    "annotations",
    "tolerations",
    "nodeSelector",
    "affinity",
    "topologySpreadConstraints",
    "priorityClassName",
    "priority",
    "overhead",
    "serviceAccountName",
    "imagePullSecrets",
    "containers",
    "resources",
    "env",
    "envFrom",
    "nodeName",
    "ownerReferences",
    "oldObject",
    "team",
)
# Members that are there already, once more: JSON allows it, and the last counts.
TWICE = (
    b'"metadata":null,',
    b'"spec":[],',
    b'"labels":{"team":"fraud"},',
    b'"object":{},',
    b'"uid":7,',
)
BYTES = (
    b"\xff",
    b"\x00",
    b"\xed\xa0\x80",
    b"NaN",
    b"Infinity",
    b"1" * 5000,
    b"[" * 300,
    b"}",
    b'"',
)


def mutated(review: Json, structure: list[Mutation], text: list[Mutation]) -> bytes:
    """The review's bytes after mutations of its structure, and then of its text."""
    changed = copy.deepcopy(review)
    for mutation in structure:
        _mutate(changed, *mutation)
    body = json.dumps(changed, separators=(",", ":")).encode()
    for mutation in text:
        body = _scrawl(body, *mutation)
    return body


def _mutate(review: Json, where: int, how: int, what: int) -> None:
    places = list(_places(review))
    if not places:
        return  # an earlier mutation took all away
    holder, at = places[where % len(places)]
    value = copy.deepcopy(VALUES[what % len(VALUES)])
    match how % 6:
        case 0 | 1:
            holder[at] = value
        case 2:
            del holder[at]
        case 3 if isinstance(holder, dict):
            holder[KEYS[what % len(KEYS)]] = holder.pop(at)
        case 4:
            other, there = places[what % len(places)]
            holder[at] = copy.deepcopy(other[there])
        case _ if isinstance(holder, dict):
            holder[KEYS[where % len(KEYS)]] = value
        case _:
            holder.insert(at, value)


def _places(node: Any) -> Iterator[Place]:
    """Every member and every item, outermost first."""
    within: list[Place] = []
    if isinstance(node, dict):
        within = [(node, key) for key in node]
    elif isinstance(node, list):
        within = [(node, index) for index in range(len(node))]
    for place in within:
        yield place
        yield from _places(place[0][place[1]])


def _scrawl(body: bytes, where: int, how: int, what: int) -> bytes:
    at = where % (len(body) + 1)
    match how % 4:
        case 0:
            return body[:at]
        case 1:
            return body[:at] + BYTES[what % len(BYTES)] + body[at:]
        case 2:
            return body[:at] + body[at + 1 + what % 50 :]
        case _:
            opened = body.find(b"{", at) + 1
            return body[:opened] + TWICE[what % len(TWICE)] + body[opened:]
