"""The pods in the documents of `tests/pods`, as the API server would be asked to create them."""

import json
from pathlib import Path
from typing import Any

import msgspec

from webhook.kube.pod import Pod

PODS = Path(__file__).parents[1] / "pods"


def names() -> list[str]:
    return sorted(path.stem for path in PODS.glob("*.json"))


def document(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((PODS / f"{name}.json").read_text())
    return loaded


def pods(document: dict[str, Any]) -> list[Pod]:
    """The pods of a document, as far as Taxiway reads them."""
    return [msgspec.convert(body, Pod) for body in bodies(document)]


def bodies(document: dict[str, Any]) -> list[dict[str, Any]]:
    """A Pod itself; what the Job controller, or Spark, makes of a Job or a SparkApplication."""
    if document["kind"] == "Job":
        template = document["spec"]["template"]
        owner = {"apiVersion": "batch/v1", "kind": "Job", "name": document["metadata"]["name"]}
        metadata = template["metadata"] | {"ownerReferences": [owner]}
        return [{"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": template["spec"]}]
    if document["kind"] == "SparkApplication":
        return [_spark_pod(document["spec"], role) for role in ("driver", "executor")]
    return [document]


def _spark_pod(spec: dict[str, Any], role: str) -> dict[str, Any]:
    labels = spec[role]["labels"] | {"spark-role": role, "spark-app-selector": "spark-1"}
    metadata = {"name": f"pi-abc-{role}", "labels": labels}
    containers = [{"name": f"spark-kubernetes-{role}", "env": spec[role]["env"]}]
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": metadata,
        "spec": {"containers": containers},
    }
