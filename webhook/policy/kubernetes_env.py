"""core/v1 EnvVar, as `ValidateEnv` takes it, each name once in a block.

A variable has a `value` or a `valueFrom`, and a `valueFrom` one source: `fieldRef`,
`resourceFieldRef`, `configMapKeyRef` or `secretKeyRef` (`fileKeyRef` needs a feature gate).
Source: Kubernetes 1.36, `pkg/apis/core/validation/validation.go`.
"""

import re

from webhook.kube.quantity import parse_quantity
from webhook.policy import limits
from webhook.policy.errors import clip
from webhook.policy.kubernetes_names import (
    annotation_key,
    data_key,
    dns_label,
    dns_name,
    env_name,
    label_key,
)
from webhook.policy.nodes import Mapping
from webhook.policy.places import Json, Place
from webhook.policy.shapes import Field, ListOf, Record
from webhook.policy.shapes_scalar import Amount, Choice, Flag, Text, any_text
from webhook.policy.suggestion import one_of, suggest

_SOURCES = ("fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef")
_FIELDS = (
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "spec.nodeName",
    "spec.serviceAccountName",
    "status.hostIP",
    "status.hostIPs",
    "status.podIP",
    "status.podIPs",
)
_SUBSCRIPT = re.compile(r"metadata\.(labels|annotations)\['(.*)'\]")
_RESOURCES = tuple(
    f"{kind}.{name}"
    for kind in ("limits", "requests")
    for name in ("cpu", "memory", "ephemeral-storage")
)
_CPU_DIVISORS = ("1m", "1")
_BYTE_DIVISORS = tuple(f"1{suffix}" for suffix in ("", *"kMGTPE", *(f"{p}i" for p in "KMGTPE")))


def _field_path(path: str) -> str | None:
    subscript = _SUBSCRIPT.fullmatch(path)
    if subscript is not None:
        return (label_key if subscript[1] == "labels" else annotation_key)(subscript[2])
    if path in _FIELDS:
        return None
    return f"`{clip(path)}` is no field a container can be told{suggest(path[:100], _FIELDS)}"


def _resource(name: str) -> str | None:
    if name in _RESOURCES or name.startswith(("requests.hugepages-", "limits.hugepages-")):
        return None
    return f"`{clip(name)}` is no resource a container can be told; write {one_of(_RESOURCES)}"


def _amount(text: str) -> str | None:
    try:
        parse_quantity(text)
    except ValueError as error:
        return str(error)
    return None


def _check_divisor(given: Json, node: Mapping, at: Place) -> None:
    allowed = _CPU_DIVISORS if given["resource"].endswith(".cpu") else _BYTE_DIVISORS
    if "divisor" in given and given["divisor"] not in allowed:
        (at / "divisor").report(node.pairs["divisor"][1], f"must be {one_of(allowed)}")


def _check_source(given: Json, node: Mapping, at: Place) -> None:
    if len(given) != 1:
        at.report(node, f"must have exactly one of {one_of(_SOURCES)}")


def _check_variable(given: Json, node: Mapping, at: Place) -> None:
    if ("value" in given) == ("valueFrom" in given):
        said = "has both `value` and `valueFrom`; keep one" if "value" in given else _NO_VALUE
        at.report(node, said)


_NO_VALUE = 'has neither `value` nor `valueFrom`; for an empty one write value: ""'


def _key_of(name: str, kind: str) -> Record:
    return Record(
        name,
        f"A key of a {kind} in the pod's namespace.",
        {
            "name": Field(Text(dns_name), f"The {kind}'s name.", required=True),
            "key": Field(Text(data_key), "The key in it.", required=True),
            "optional": Field(Flag(), "Whether the pod may start without it."),
        },
        nulls_absent=True,
    )


_FIELD_REF = Record(
    "ObjectFieldSelector",
    "A field of the pod.",
    {
        "apiVersion": Field(Choice(("v1",)), "The only version."),
        "fieldPath": Field(
            Text(_field_path, example="metadata.labels['team']"), "The field.", required=True
        ),
    },
    nulls_absent=True,
)
_RESOURCE_REF = Record(
    "ResourceFieldSelector",
    "A container's own request or limit.",
    {
        "resource": Field(Text(_resource, example="limits.cpu"), "Which.", required=True),
        "containerName": Field(Text(dns_label), "Of which container. Left out: this one."),
        "divisor": Field(Amount(_amount), "What it is divided by.", default="1"),
    },
    check=_check_divisor,
    nulls_absent=True,
)
_SOURCE = Record(
    "EnvVarSource",
    "Where a variable's value comes from: exactly one of these.",
    {
        "fieldRef": Field(_FIELD_REF, "A field of the pod."),
        "resourceFieldRef": Field(_RESOURCE_REF, "A request or limit of the container."),
        "configMapKeyRef": Field(
            _key_of("ConfigMapKeySelector", "ConfigMap"), "A ConfigMap's key."
        ),
        "secretKeyRef": Field(_key_of("SecretKeySelector", "Secret"), "A Secret's key."),
    },
    check=_check_source,
    nulls_absent=True,
)
_VARIABLE = Record(
    "EnvVar",
    "core/v1 EnvVar.",
    {
        "name": Field(Text(env_name), "The variable's name.", required=True),
        "value": Field(Text(any_text), "Its value. A number or a boolean must be quoted."),
        "valueFrom": Field(_SOURCE, "Where its value comes from."),
    },
    check=_check_variable,
    nulls_absent=True,
)


def _name(variable: Json) -> str:
    return str(variable["name"])


ENV = ListOf(_VARIABLE, limits.ENV, key=_name, alike="has the same name as")
