"""Tolerations, as `ValidateTolerations` takes them.

| part | rule |
|---|---|
| `key` | a label key; left out (every key) only with `Exists` |
| `operator` | `Exists` or `Equal` (the default); `Lt` and `Gt` need a feature gate and 1.35 |
| `value` | a label value; none with `Exists` |
| `effect` | `NoSchedule`, `PreferNoSchedule`, `NoExecute`; left out, every effect |
| `tolerationSeconds` | 64 bits, only with `NoExecute` |

Source: Kubernetes 1.36, `pkg/apis/core/validation/validation.go`. That no toleration stands in a
block twice is our own rule.
"""

from webhook.kube.pod import Toleration
from webhook.kube.tolerations import taint_of
from webhook.policy import limits
from webhook.policy.kubernetes_names import LABEL_KEY, LABEL_VALUE, label_key, label_value
from webhook.policy.nodes import Mapping
from webhook.policy.places import Json, Place
from webhook.policy.shapes import Field, ListOf, Record
from webhook.policy.shapes_scalar import Choice, Text, Whole

EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")
_INT64 = 2**63 - 1


def _check(given: Json, node: Mapping, at: Place) -> None:
    exists = given.get("operator") == "Exists"
    if "key" not in given and not exists:
        at.report(node, "has no `key`, which means every key: write `operator: Exists`, or a key")
    if exists and given.get("value"):
        value = node.pairs["value"][1]
        (at / "value").report(
            value, "must be left out with `operator: Exists`, which is every value"
        )
    if "toleration_seconds" in given and given.get("effect") != "NoExecute":
        seconds = node.pairs["tolerationSeconds"][0]
        (at / "tolerationSeconds").report(seconds, "is allowed only with `effect: NoExecute`")


def _build(**given: object) -> Toleration:
    return Toleration(**{key: value for key, value in given.items() if value != ""})  # type: ignore[arg-type]


TOLERATION = Record(
    "Toleration",
    "core/v1 Toleration: lets a pod onto nodes with a matching taint.",
    {
        "key": Field(
            Text(label_key, LABEL_KEY), "The taint's key. Left out with Exists: every key."
        ),
        "operator": Field(
            Choice(("Exists", "Equal")), "How key and value compare.", default="Equal"
        ),
        "value": Field(Text(label_value, LABEL_VALUE), "The taint's value, with Equal."),
        "effect": Field(Choice(EFFECTS), "The taint's effect. Left out: every effect."),
        "tolerationSeconds": Field(
            Whole(-_INT64 - 1, _INT64),
            "How long a NoExecute taint is tolerated, in seconds. Left out: for ever.",
            attribute="toleration_seconds",
        ),
    },
    _build,
    _check,
    nulls_absent=True,
)
TOLERATIONS = ListOf(TOLERATION, limits.TOLERATIONS, key=taint_of, alike="tolerates the same as")
