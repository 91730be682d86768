"""What a toleration tolerates. Source: core/v1 `Toleration.ToleratesTaint`.

A taint is (key, value, effect). No key with `Exists` is every key, `Exists` is every value, no
effect is every effect, no operator is `Equal`. `Lt` and `Gt` (alpha since 1.35) compare numbers:
what they reach cannot be listed, so they count as reaching every value and as covering none but
themselves. `tolerationSeconds` says how long, not what.
"""

from webhook.kube.pod import Toleration

EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")
Taint = tuple[str, str, str, str]  # key, operator, value, effect; "" is every effect


def taint_of(toleration: Toleration) -> Taint:
    """What it tolerates, written one way: two tolerations are for exactly the same if equal."""
    operator = toleration.operator or "Equal"
    value = "" if operator == "Exists" else toleration.value or ""
    return (toleration.key or "", operator, value, toleration.effect or "")


def covers(wide: Taint, narrow: Taint) -> bool:
    """Whether `wide` tolerates all that `narrow` tolerates."""
    key, operator, value, effect = wide
    if effect and effect != narrow[3]:
        return False
    if not key:
        return operator == "Exists"
    if key != narrow[0]:
        return False
    return operator == "Exists" or (operator == narrow[1] and value == narrow[2])


def effects(taint: Taint) -> tuple[str, ...]:
    return (taint[3],) if taint[3] else EFFECTS


def describe(taint: Taint) -> str:
    """As kubectl writes taints: `dedicated=payments:NoSchedule`; a whole key is `dedicated`."""
    key, operator, value, effect = taint
    if not key:
        shown = "for every taint"
    elif operator == "Exists":
        shown = key
    else:
        sign = "=" if operator == "Equal" else f" {operator} "
        shown = f"{key}{sign}{value}"
    return f"{shown}:{effect}" if effect else shown
