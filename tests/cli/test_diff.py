"""The diff of a pod: a minimal pod, one change, and the lines that show it."""

from copy import deepcopy
from typing import Any

import jsonpatch
import pytest

from webhook.cli.diff import hidden, pod_diff

Json = dict[str, Any]
POD: Json = {
    "metadata": {"name": "p", "labels": {"a": "b"}},
    "spec": {
        "containers": [
            {
                "name": "base",
                "args": ["SENTINEL"],
                "command": ["SENTINEL"],
                "env": [{"name": "OWN", "value": "SENTINEL"}],
                "resources": {"requests": {"cpu": "1"}},
            }
        ],
        "tolerations": [{"key": "k", "operator": "Exists"}],
        "affinity": {
            "nodeAffinity": {
                "requiredDuringSchedulingIgnoredDuringExecution": {
                    "nodeSelectorTerms": [
                        {"matchExpressions": [{"key": "zone", "operator": "In", "values": ["a"]}]},
                        {"matchExpressions": [{"key": "zone", "operator": "In", "values": ["b"]}]},
                    ]
                }
            }
        },
    },
}
TERMS = (
    "/spec/affinity/nodeAffinity/requiredDuringSchedulingIgnoredDuringExecution/nodeSelectorTerms"
)


def add(path: str, value: Any) -> Json:
    return {"op": "add", "path": path, "value": value}


CHANGES: list[tuple[str, list[Json], str]] = [
    ("no change has no lines", [], ""),
    (
        "a label among others is shown under its parents",
        [add("/metadata/labels/team", "payments")],
        "  metadata:\n    labels:\n+     team: payments",
    ),
    (
        "the first annotation comes with its parent",
        [add("/metadata/annotations", {"x/y": "on"})],
        "  metadata:\n+   annotations:\n+     x/y: 'on'",
    ),
    (
        "a changed value is taken out and put in",
        [{"op": "replace", "path": "/metadata/labels/a", "value": "c"}],
        "  metadata:\n    labels:\n-     a: b\n+     a: c",
    ),
    (
        "a removed field",
        [{"op": "remove", "path": "/spec/tolerations"}],
        "  spec:\n-   tolerations:\n-   - key: k\n-     operator: Exists",
    ),
    (
        "an appended toleration",
        [add("/spec/tolerations/-", {"key": "n", "operator": "Exists"})],
        "  spec:\n    tolerations:\n+   - key: n\n+     operator: Exists",
    ),
    (
        "a replaced toleration is shown whole",
        [{"op": "replace", "path": "/spec/tolerations/0/key", "value": "n"}],
        (
            "  spec:\n    tolerations:\n-   - key: k\n-     operator: Exists\n"
            "+   - key: n\n+     operator: Exists"
        ),
    ),
    (
        "an expression that goes into every term",
        [
            add(f"{TERMS}/{term}/matchExpressions/-", {"key": "gpu", "operator": "Exists"})
            for term in (0, 1)
        ],
        (
            "  spec:\n    affinity:\n      nodeAffinity:\n"
            "        requiredDuringSchedulingIgnoredDuringExecution:\n"
            "          nodeSelectorTerms:\n"
            "          - matchExpressions:\n"
            "+           - key: gpu\n+             operator: Exists\n"
            "          - matchExpressions:\n"
            "+           - key: gpu\n+             operator: Exists"
        ),
    ),
    (
        "of the environment only what is added",
        [add("/spec/containers/0/env/-", {"name": "NEW", "value": "x"})],
        (
            "  spec:\n    containers:\n    - name: base\n+     env:\n"
            "+     - name: NEW\n+       value: x"
        ),
    ),
    (
        "a missing limit beside the author's request",
        [add("/spec/containers/0/resources/limits", {"cpu": "2"})],
        (
            "  spec:\n    containers:\n    - name: base\n      resources:\n"
            "+       limits:\n+         cpu: '2'"
        ),
    ),
    ("changed args are never shown", [add("/spec/containers/0/args/-", "SENTINEL-2")], ""),
    (
        "a changed variable of the author's is never shown",
        [{"op": "replace", "path": "/spec/containers/0/env/0/value", "value": "SENTINEL-2"}],
        "",
    ),
    (
        "of a container that was not there, its name",
        [add("/spec/containers/-", {"name": "side", "args": ["SENTINEL"]})],
        "  spec:\n    containers:\n+   - name: side",
    ),
    (
        "a key that YAML must quote",
        [add("/metadata/labels/on", "1")],
        "  metadata:\n    labels:\n+     'on': '1'",
    ),
]


@pytest.mark.parametrize(
    ("patch", "shown"), [row[1:] for row in CHANGES], ids=[row[0] for row in CHANGES]
)
def test_a_change(patch: list[Json], shown: str) -> None:
    after = jsonpatch.apply_patch(POD, patch)
    assert "\n".join(str(line) for line in pod_diff(POD, after)) == shown


def test_an_empty_list_that_gives_way_to_a_full_one_is_not_shown_as_removed() -> None:
    before: Json = {"spec": {"tolerations": []}}
    after = {"spec": {"tolerations": [{"operator": "Exists"}]}}
    assert [str(line) for line in pod_diff(before, after)] == [
        "  spec:",
        "+   tolerations:",
        "+   - operator: Exists",
    ]


def test_hiding_leaves_the_pods_themselves_alone() -> None:
    before = deepcopy(POD)
    shown, _ = hidden(POD, POD)
    assert before == POD
    assert "SENTINEL" not in str(shown)
