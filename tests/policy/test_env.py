# ruff: noqa: E501 - an expected line is one line here too
"""The container's env: what the API server would refuse, and what YAML reads otherwise."""

import pytest

from tests.policy.loading import applying, refused

# What is written, and every line that the loader then says.
REFUSED: dict[str, tuple[str, *tuple[str, ...]]] = {
    "a variable without a name": (
        "container: {env: [{value: a}]}",
        "p.yaml:3:19: teams.a.apply.container.env[0]: `name` is missing: the variable's name",
    ),
    "a name of nothing": (
        "container: {env: [{name: null, value: a}]}",
        "p.yaml:3:19: teams.a.apply.container.env[0]: `name` is missing: the variable's name",
    ),
    "a name that begins with a digit": (
        "container: {env: [{name: 1A, value: a}]}",
        "p.yaml:3:26: teams.a.apply.container.env[0].name: `1A` is no name of an environment variable: letters, digits, `-`, `_` and `.`, not beginning with a digit or `..`",
    ),
    "a name that leads up": (
        "container: {env: [{name: ..a, value: a}]}",
        "p.yaml:3:26: teams.a.apply.container.env[0].name: `..a` is no name of an environment variable: letters, digits, `-`, `_` and `.`, not beginning with a digit or `..`",
    ),
    "a name with a space": (
        'container: {env: [{name: "A B", value: a}]}',
        "p.yaml:3:26: teams.a.apply.container.env[0].name: `A B` is no name of an environment variable: letters, digits, `-`, `_` and `.`, not beginning with a digit or `..`",
    ),
    "the same name twice": (
        "container: {env: [{name: A, value: a}, {name: A, value: b}]}",
        "p.yaml:3:40: teams.a.apply.container.env[1]: has the same name as item [0]; delete one of them",
    ),
    "neither value nor valueFrom": (
        "container: {env: [{name: A}]}",
        'p.yaml:3:19: teams.a.apply.container.env[0]: has neither `value` nor `valueFrom`; for an empty one write value: ""',
    ),
    "both value and valueFrom": (
        "container: {env: [{name: A, value: a, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]}",
        "p.yaml:3:19: teams.a.apply.container.env[0]: has both `value` and `valueFrom`; keep one",
    ),
    "a value that YAML takes for a boolean": (
        "container: {env: [{name: A, value: yes}]}",
        'p.yaml:3:36: teams.a.apply.container.env[0].value: YAML reads yes as a boolean; quote it: "yes"',
    ),
    "a value that YAML takes for a number": (
        "container: {env: [{name: A, value: 8080}]}",
        'p.yaml:3:36: teams.a.apply.container.env[0].value: YAML reads 8080 as a number; quote it: "8080"',
    ),
    "a value that no container can be given": (
        'container: {env: [{name: A, value: "\\0"}]}',
        "p.yaml:3:36: teams.a.apply.container.env[0].value: holds a NUL or half of a surrogate pair, which no container can be given",
    ),
    "a source that does not exist": (
        "container: {env: [{name: A, valueFrom: {secretRef: {name: s}}}]}",
        "p.yaml:3:41: teams.a.apply.container.env[0].valueFrom.secretRef: unknown key; did you mean `secretKeyRef`?",
    ),
    "no source": (
        "container: {env: [{name: A, valueFrom: {}}]}",
        "p.yaml:3:40: teams.a.apply.container.env[0].valueFrom: must have exactly one of fieldRef, resourceFieldRef, configMapKeyRef or secretKeyRef",
    ),
    "two sources": (
        "container: {env: [{name: A, valueFrom: {fieldRef: {fieldPath: metadata.name}, secretKeyRef: {name: s, key: k}}}]}",
        "p.yaml:3:40: teams.a.apply.container.env[0].valueFrom: must have exactly one of fieldRef, resourceFieldRef, configMapKeyRef or secretKeyRef",
    ),
    "a field that cannot be told": (
        "container: {env: [{name: A, valueFrom: {fieldRef: {fieldPath: metadata.nmae}}}]}",
        "p.yaml:3:63: teams.a.apply.container.env[0].valueFrom.fieldRef.fieldPath: `metadata.nmae` is no field a container can be told; did you mean `metadata.name`?",
    ),
    "a label of a bad key": (
        "container: {env: [{name: A, valueFrom: {fieldRef: {fieldPath: \"metadata.labels['a b']\"}}}]}",
        "p.yaml:3:63: teams.a.apply.container.env[0].valueFrom.fieldRef.fieldPath: `a b` is no label key: after any `/`, at most 63 letters, digits, `-`, `_` and `.`, beginning and ending with a letter or digit",
    ),
    "an apiVersion of a field that is not v1": (
        "container: {env: [{name: A, valueFrom: {fieldRef: {apiVersion: v2, fieldPath: metadata.name}}}]}",
        "p.yaml:3:64: teams.a.apply.container.env[0].valueFrom.fieldRef.apiVersion: `v2` is not v1",
    ),
    "a resource that cannot be told": (
        "container: {env: [{name: A, valueFrom: {resourceFieldRef: {resource: cpu}}}]}",
        "p.yaml:3:70: teams.a.apply.container.env[0].valueFrom.resourceFieldRef.resource: `cpu` is no resource a container can be told; write limits.cpu, limits.memory, limits.ephemeral-storage, requests.cpu, requests.memory or requests.ephemeral-storage",
    ),
    "a divisor that cpu does not know": (
        "container: {env: [{name: A, valueFrom: {resourceFieldRef: {resource: limits.cpu, divisor: 2}}}]}",
        "p.yaml:3:91: teams.a.apply.container.env[0].valueFrom.resourceFieldRef.divisor: must be 1m or 1",
    ),
    "a divisor that memory does not know": (
        "container: {env: [{name: A, valueFrom: {resourceFieldRef: {resource: limits.memory, divisor: 1m}}}]}",
        "p.yaml:3:94: teams.a.apply.container.env[0].valueFrom.resourceFieldRef.divisor: must be 1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1Gi, 1Ti, 1Pi or 1Ei",
    ),
    "a Secret without a key": (
        "container: {env: [{name: A, valueFrom: {secretKeyRef: {name: s}}}]}",
        "p.yaml:3:55: teams.a.apply.container.env[0].valueFrom.secretKeyRef: `key` is missing: the key in it",
    ),
    "a ConfigMap's key that is none": (
        "container: {env: [{name: A, valueFrom: {configMapKeyRef: {name: c, key: a/b}}}]}",
        "p.yaml:3:73: teams.a.apply.container.env[0].valueFrom.configMapKeyRef.key: `a/b` is no key of a ConfigMap or Secret: letters, digits, `-`, `_` and `.`",
    ),
    "a Secret's name that is none": (
        "container: {env: [{name: A, valueFrom: {secretKeyRef: {name: S, key: k}}}]}",
        "p.yaml:3:62: teams.a.apply.container.env[0].valueFrom.secretKeyRef.name: `S` is no name of an object: at most 253 small letters, digits and `-`, beginning and ending with a letter or digit; `.` between",
    ),
    "optional as a word": (
        "container: {env: [{name: A, valueFrom: {secretKeyRef: {name: s, key: k, optional: yes}}}]}",
        "p.yaml:3:83: teams.a.apply.container.env[0].valueFrom.secretKeyRef.optional: `yes` is not true or false, without quotes",
    ),
    "a divisor that is no quantity": (
        "container: {env: [{name: A, valueFrom: {resourceFieldRef: {resource: limits.cpu, divisor: one}}}]}",
        "p.yaml:3:91: teams.a.apply.container.env[0].valueFrom.resourceFieldRef.divisor: `one` is no quantity; write one such as 500m, 2 or 1Gi",
    ),
    "optional as a list": (
        "container: {env: [{name: A, valueFrom: {secretKeyRef: {name: s, key: k, optional: [true]}}}]}",
        "p.yaml:3:83: teams.a.apply.container.env[0].valueFrom.secretKeyRef.optional: must be true or false, not a list",
    ),
}


@pytest.mark.parametrize(
    ("text", "lines"), [(row[0], row[1:]) for row in REFUSED.values()], ids=REFUSED
)
def test_it_is_refused(text: str, lines: tuple[str, ...]) -> None:
    assert refused(applying(text)) == list(lines)
