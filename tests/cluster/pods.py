"""The pods that the tests create: real ones, rendered by Airflow, and small ones."""

import json
import secrets
from pathlib import Path

from tests.cluster.api import Object

REAL = Path(__file__).parent.parent / "pods"


def real(file: str) -> Object:
    """A document that Airflow rendered, under a name of its own so that tests may repeat."""
    document: Object = json.loads((REAL / file).read_text())
    document["metadata"]["name"] = fresh(document["metadata"]["name"])
    return document


def fresh(name: str) -> str:
    """`name` with an end of its own; at most 63 characters, which is what a label can hold.

    Of 15,000 names with an end of 32 bits two are the same once in forty times.
    """
    return f"{name[:46]}-{secrets.token_hex(8)}"


def pod_operator(dag: str, *, namespace: str = "data", **labels: str) -> Object:
    """The least pod of a KubernetesPodOperator."""
    airflow = {"kubernetes_pod_operator": "True", "dag_id": dag, "task_id": "load"}
    return pod(namespace, **airflow, **labels)


def pod(namespace: str, **labels: str) -> Object:
    """The least pod; without Airflow's labels it is nobody's."""
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": fresh("pod"), "namespace": namespace, "labels": labels},
        "spec": {"containers": [{"name": "base", "image": "busybox:1.36"}]},
    }


def tolerating(team: str) -> Object:
    """The toleration that opens a team's nodes."""
    return {"key": "dedicated", "operator": "Equal", "value": team, "effect": "NoSchedule"}
