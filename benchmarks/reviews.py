"""AdmissionReviews as the API server sends them, around one pod of 3 KB.

`pod.json` is a KubernetesExecutor's pod of Airflow 3.3 as it looks when the API server has filled
in its defaults: the token's volume, priority 0, the two tolerations. A comment in its env pads it.
No two reviews are alike, as no two tasks are.
"""

import base64
import json
from pathlib import Path
from typing import Any

import jsonpatch

POD = json.loads((Path(__file__).parent / "pod.json").read_text())
DIFFERENT = 32  # reviews, sent in turn
ORDINARY = POD | {"metadata": {"labels": {"app": "web", "pod-template-hash": "5d4f8c7b9"}}}
SCHEDULER = "system:serviceaccount:airflow:airflow-scheduler"


def created(pod: dict[str, Any]) -> list[bytes]:
    """Reviews of a CREATE of `pod`, each for a task of its own of the same dag."""
    return [numbered(pod, f"{number:08}") for number in range(DIFFERENT)]


def unlike(pod: dict[str, Any]) -> list[bytes]:
    """The same, and no two have the same variables: what is kept by shape serves none of them."""
    return [numbered(_with_variable(pod, number), f"{number:08}") for number in range(DIFFERENT)]


def labelled(labels: dict[str, str]) -> dict[str, Any]:
    """The pod with `labels` beside its own."""
    metadata = POD["metadata"] | {"labels": POD["metadata"]["labels"] | labels}
    pod: dict[str, Any] = POD | {"metadata": metadata}
    return pod


def patched(pod: dict[str, Any], answer: bytes) -> dict[str, Any]:
    """`pod` as the patch in a mutating answer leaves it."""
    response = json.loads(answer)["response"]
    patch = jsonpatch.JsonPatch.from_string(base64.b64decode(response["patch"]))
    result: dict[str, Any] = patch.apply(pod)
    return result


def numbered(pod: dict[str, Any], number: str) -> bytes:
    """A review of a CREATE of `pod` for a task of this number, of eight characters."""
    return _review(_of_task(pod, number), number)


def _of_task(pod: dict[str, Any], number: str) -> dict[str, Any]:
    metadata = dict(pod["metadata"])
    for part in ("labels", "annotations"):
        if "task_id" in metadata.get(part, {}):
            metadata[part] = metadata[part] | {"task_id": f"load_{number}"}
    return pod | {"metadata": metadata}


def _with_variable(pod: dict[str, Any], number: int) -> dict[str, Any]:
    base = pod["spec"]["containers"][0]
    env = [*base["env"][:-1], base["env"][-1] | {"name": f"AIRFLOW_VAR_NOTE_{number:02}"}]
    return pod | {"spec": pod["spec"] | {"containers": [base | {"env": env}]}}


def _review(pod: dict[str, Any], number: str) -> bytes:
    kind = {"group": "", "version": "v1", "kind": "Pod"}
    resource = {"group": "", "version": "v1", "resource": "pods"}
    name = f"payments-daily-load-{number}"
    request = {
        "uid": f"705ab4f5-6393-11e8-b7cc-4201{number}",
        "kind": kind,
        "resource": resource,
        "requestKind": kind,
        "requestResource": resource,
        "name": name,
        "namespace": "airflow",
        "operation": "CREATE",
        "userInfo": {"username": SCHEDULER, "groups": ["system:authenticated"]},
        "object": pod | {"metadata": pod["metadata"] | {"name": name}},
        "oldObject": None,
        "dryRun": False,
        "options": {"kind": "CreateOptions", "apiVersion": "meta.k8s.io/v1"},
    }
    review = {"kind": "AdmissionReview", "apiVersion": "admission.k8s.io/v1", "request": request}
    return json.dumps(review, separators=(",", ":")).encode()
