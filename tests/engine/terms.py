"""The parts of affinity that tests write again and again."""

from typing import Any

from tests.engine.given import REQUIRED, Json

TERMS = f"/spec/affinity/nodeAffinity/{REQUIRED}/nodeSelectorTerms"


def expr(key: str, operator: str, *values: str) -> Json:
    return {"key": key, "operator": operator, **({"values": list(values)} if values else {})}


POOL = expr("pool", "In", "ours")
ZONE = expr("zone", "In", "a", "b")
GPU = expr("gpu", "Exists")


def term(*expressions: Json) -> Json:
    return {"matchExpressions": list(expressions)}


def node(*terms: Json) -> Json:
    """An affinity with these required terms."""
    return {"nodeAffinity": {REQUIRED: {"nodeSelectorTerms": list(terms)}}}


def make(path: str, value: Any) -> Json:
    return {"op": "add", "path": path, "value": value}
