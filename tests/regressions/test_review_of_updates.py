"""`review` says of an AdmissionReview what the service says of it, updates included."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.command import taxiway

Json = dict[str, Any]
POLICY = """\
apiVersion: taxiway/v1
teams:
  payments: {}
  fraud: {apply: {tolerations: [{key: dedicated, value: fraud, effect: NoSchedule}]}}
"""
AIRFLOW = {"kubernetes_pod_operator": "True", "dag_id": "daily", "team": "payments"}
FRAUD = {"key": "dedicated", "value": "fraud", "effect": "NoSchedule"}


def pod(labels: dict[str, str], *tolerations: Json) -> Json:
    meta = {"name": "p", "namespace": "airflow", "labels": labels}
    spec = {"containers": [{"name": "base", "image": "i"}], "tolerations": list(tolerations)}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": spec}


def review(policies: Path, operation: str, **pods: Json) -> tuple[int, Any, str]:
    """The exit code, the one verdict (None without) and what went to standard error."""
    policies.joinpath("policy.yaml").write_text(POLICY)
    request = {"uid": "u-1", "operation": operation, "userInfo": {"username": "ada"}, **pods}
    sent = {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": request}
    words = ("review", "--policies", str(policies), "-o", "json", "-")
    ended = taxiway(*words, stdin=json.dumps(sent).encode())
    return ended.code, json.loads(ended.out) if ended.out else None, ended.err


def test_an_update_that_takes_the_marker_off_is_judged_as_of_the_pod_that_it_was(
    tmp_path: Path,
) -> None:
    after = pod({"team": "payments"}, FRAUD)
    code, verdict, _ = review(tmp_path, "UPDATE", object=after, oldObject=pod(AIRFLOW))
    assert (code, verdict) == (
        1,
        {
            "name": "p",
            "namespace": "airflow",
            "workload": "pod-operator",
            "team": "payments",
            "allowed": False,
            "mode": "enforce",
            "patch": [],
            "violations": [
                {
                    "rule": "reserved",
                    "message": "toleration dedicated=fraud:NoSchedule belongs to team fraud: "
                    "remove it",
                    "path": "/spec/tolerations/0",
                    "mode": "enforce",
                }
            ],
            "warnings": [],
        },
    )


@pytest.mark.parametrize(
    ("operation", "pods", "reason"),
    [
        pytest.param(
            "UPDATE",
            {"object": pod(AIRFLOW, FRAUD)},
            "the request has no oldObject; give the Pod before the update too",
            id="an update without the pod before it cannot be judged",
        ),
        pytest.param(
            "CREATE",
            {"oldObject": pod(AIRFLOW)},
            "there is nothing where a Pod must be",
            id="a creation has no pod but the new one",
        ),
    ],
)
def test_a_review_that_the_service_would_refuse(
    operation: str, pods: Json, reason: str, tmp_path: Path
) -> None:
    assert review(tmp_path, operation, **pods) == (2, None, f"standard input:1: {reason}\n")


def test_a_deletion_has_the_old_pod_alone_and_is_not_ours(tmp_path: Path) -> None:
    code, verdict, _ = review(tmp_path, "DELETE", oldObject=pod(AIRFLOW))
    assert (code, verdict["name"], verdict["mode"], verdict["patch"]) == (0, "p", None, [])
