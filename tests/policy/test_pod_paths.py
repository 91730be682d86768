"""Paths into a pod, as people write them in tests of policies."""

from typing import Any

import pytest

from webhook.policy.pod_paths import ABSENT, problem, readable, resolve, steps

POD: dict[str, Any] = {
    "metadata": {"labels": {"team": "a", "example.com/x": "y", "0": "zero"}, "annotations": None},
    "spec": {
        "nodeSelector": {},
        "containers": [{"name": "base", "env": [{"name": "A.b", "value": "1"}]}, {"name": "x"}],
    },
}

FOUND = [
    ("a key", "metadata.labels.team", "a"),
    ("a key in brackets", 'metadata.labels["example.com/x"]', "y"),
    ("a key of digits", "metadata.labels.0", "zero"),
    ("an item by its place", "spec.containers[1].name", "x"),
    ("an item by its name", "spec.containers[base].env[A.b].value", "1"),
    ("an empty mapping is there", "spec.nodeSelector", {}),
    ("what is null is not there", "metadata.annotations", ABSENT),
    ("a key of what is not there", "metadata.annotations.a", ABSENT),
    ("an item past the end", "spec.containers[2]", ABSENT),
    ("a name that no item has", "spec.containers[other]", ABSENT),
    ("an item of a mapping", "spec[0]", ABSENT),
    ("a key of a list", "spec.containers.name", ABSENT),
]


@pytest.mark.parametrize(
    ("path", "value"), [row[1:] for row in FOUND], ids=[row[0] for row in FOUND]
)
def test_a_path_leads_to(path: str, value: Any) -> None:
    assert problem(path) is None
    assert resolve(POD, steps(path)) == value


REFUSED = [
    ("nothing", "", "`` is no path; write one such as spec.containers[base].env[0].name"),
    (
        "a pointer",
        "/spec",
        "`/spec` is no path; write one such as spec.containers[base].env[0].name",
    ),
    (
        "a label key with a slash",
        "metadata.labels.example.com/x",
        "`metadata.labels.example.com/x` is no path from its character 28 on; write a key with "
        "other characters than letters, digits, `-` and `_` in brackets: "
        '["example.com/key"]',
    ),
    (
        "a dot at its end",
        "spec.",
        "`spec.` is no path from its character 5 on; write a key with other characters than "
        'letters, digits, `-` and `_` in brackets: ["example.com/key"]',
    ),
    ("far too long", "a" * 1001, "has 1001 characters; no path into a pod has over 1000"),
]


@pytest.mark.parametrize(
    ("path", "why"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_no_path_is(path: str, why: str) -> None:
    assert problem(path) == why


@pytest.mark.parametrize(
    ("pointer", "path"),
    [
        ("/metadata/labels/cost-center", "metadata.labels.cost-center"),
        (
            "/metadata/annotations/iam.amazonaws.com~1role",
            'metadata.annotations["iam.amazonaws.com/role"]',
        ),
        ("/spec/tolerations/0", "spec.tolerations[0]"),
    ],
    ids=["a key", "a key with a slash", "a place"],
)
def test_a_pointer_is_shown_as_a_path(pointer: str, path: str) -> None:
    assert readable(pointer) == path
    assert problem(path) is None
