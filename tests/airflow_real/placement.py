"""Where a pod of Airflow came to be: what its team's policy gave it, and what became of that.

The policies are tests/cluster/policies/teams.yaml, the nodes those of `tests.cluster.world`.
"""

from typing import Any

from tests.airflow_real.place import NAMESPACE, Place
from tests.cluster.api import Object

# What the payments team's policy gives, and the cluster made of it.
PAYMENTS = {
    "team": "payments",
    "cost center": "CC-1001",
    "role": "arn:aws:iam::111122223333:role/payments-etl",
    "account": "default",
    "class": ("payments-batch", 1000),
    "nodeSelector": None,
    "required": [[{"key": "dedicated", "operator": "In", "values": ["payments"]}]],
    "tolerations": ["dedicated=payments"],
    "node": "payments",
    "phase": "Succeeded",
}
FRAUD = {
    "team": "fraud",
    "cost center": "CC-2001",
    "role": None,
    "account": "fraud-etl",
    "class": (None, 0),
    "nodeSelector": {"dedicated": "fraud"},
    "required": [],
    "tolerations": ["dedicated=fraud"],
    "node": "fraud",
    "phase": "Succeeded",
}


def pods_of(place: Place, dag: str, task: str) -> list[Object]:
    """The pods of a task, by map index."""
    selector = f"kubernetes_pod_operator=True,dag_id={dag},task_id={task}"
    return sorted(place.api.list("Pod", NAMESPACE, selector), key=index_of)


def index_of(pod: Object) -> int:
    return int(pod["metadata"]["labels"].get("map_index", -1))


def summary(place: Place, pod: Object) -> dict[str, Any]:
    """What policy decided of a pod, and what the cluster made of that."""
    meta, spec = pod["metadata"], pod["spec"]
    team = meta["labels"].get("team")
    assert meta["annotations"]["taxiway/applied"] == f"{team}@{place.taxiway.revision()}"
    return {
        "team": team,
        "cost center": meta["labels"].get("cost-center"),
        "role": meta["annotations"].get("iam.amazonaws.com/role"),
        "account": spec["serviceAccountName"],
        "class": (spec.get("priorityClassName"), spec["priority"]),
        "nodeSelector": spec.get("nodeSelector"),
        "required": required(spec),
        "tolerations": [
            f"{each['key']}={each['value']}" for each in spec["tolerations"] if "value" in each
        ],
        "node": spec.get("nodeName"),
        "phase": pod["status"]["phase"],
    }


def required(spec: Object) -> list[Any]:
    """The expressions of each term of the required node affinity."""
    affinity = (spec.get("affinity") or {}).get("nodeAffinity") or {}
    terms = affinity.get("requiredDuringSchedulingIgnoredDuringExecution") or {}
    return [term["matchExpressions"] for term in terms.get("nodeSelectorTerms", ())]
