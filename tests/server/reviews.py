"""A small policy, and AdmissionReviews of small pods, for tests of what is around a decision."""

from pathlib import Path
from typing import Any

Json = dict[str, Any]

POLICY = """\
apiVersion: taxiway/v1
docs: https://wiki.example.com/airflow-pods
stages:
  - {namespaces: [trial], mode: audit}
  - {namespaces: [soft], mode: warn}
requirements:
  - label: team
  - label: cost-center
    from: team.costCenters
teams:
  payments:
    contact: "#payments-data"
    costCenters: [CC-1001]
    members: {namespaces: [airflow, trial, soft]}
    apply:
      tolerations: [{key: dedicated, operator: Equal, value: payments, effect: NoSchedule}]
      container:
        env: [{name: POOL, value: payments-pool}]
"""
NOTHING_TO_ADD = "apiVersion: taxiway/v1\n"


def write_policy(directory: Path, text: str = POLICY, name: str = "policy.yaml") -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    (directory / name).write_text(text)
    return directory


def pod(labels: Json | None = None, **metadata: Any) -> Json:
    """A KubernetesPodOperator's pod of team payments with its cost center."""
    given = {
        "kubernetes_pod_operator": "True",
        "dag_id": "daily",
        "task_id": "load",
        "run_id": "run-1",
        "team": "payments",
        "cost-center": "CC-1001",
        **(labels or {}),
    }
    kept = {key: value for key, value in given.items() if value is not None}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "daily-load-x7k2", "labels": kept, **metadata},
        "spec": {"containers": [{"name": "base", "image": "busybox"}]},
    }


def review(obj: Json, **request: Any) -> Json:
    """An AdmissionReview that creates this object in namespace airflow."""
    return {
        "apiVersion": "admission.k8s.io/v1",
        "kind": "AdmissionReview",
        "request": {
            "uid": "705ab4f5-6393-11e8-b7cc-42010a800002",
            "kind": {"group": "", "version": "v1", "kind": "Pod"},
            "operation": "CREATE",
            "namespace": "airflow",
            "userInfo": {"username": "system:serviceaccount:airflow:airflow-worker"},
            "object": obj,
            **request,
        },
    }
