"""The smallest pod, the smallest policy, and how the engine is asked about them.

A test takes both as they are and makes one change. Policies go through the loader: a policy that
no SRE could write tests nothing.
"""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

import jsonpatch
import msgspec

from webhook.airflow.workload import Workload, recognise
from webhook.engine import Decision, Engine, Operation
from webhook.kube.pod import Pod
from webhook.kube.review import AdmissionRequest
from webhook.names import APPLIED
from webhook.policy.compile import compile_policy
from webhook.policy.load import load

Json = dict[str, Any]

TODAY = date(2026, 6, 1)
WORKER = "system:serviceaccount:airflow:airflow-worker"
REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"

# An executor's pod says so by its value of this label; the operator's goes before it.
EXECUTOR = {"kubernetes_pod_operator": None, "kubernetes_executor": "True"}
CELERY = {"kubernetes_pod_operator": None, "tier": "airflow", "component": "worker"}


def engine(**top: Any) -> Engine:
    """An engine for the policy with these top-level keys, in the YAML's own words."""
    text = json.dumps({"apiVersion": "taxiway/v1", **top}).encode()
    return Engine(compile_policy(load([("policy.yaml", text)]).spec))


def team(name: str = "payments", **keys: Any) -> Json:
    """Top-level keys of a policy with one team, for `engine(**team(...))`."""
    return {"teams": {name: keys}}


def applies(on_conflict: str = "deny", **apply: Any) -> Engine:
    """A policy whose team payments applies this."""
    return engine(**team(apply={**apply, "onConflict": on_conflict}))


def pod(
    labels: Json | None = None, annotations: Json | None = None, spec: Json | None = None
) -> Json:
    """A KubernetesPodOperator's pod of team payments; a label of None is left out."""
    every = {
        "kubernetes_pod_operator": "True",
        "dag_id": "daily",
        "task_id": "load",
        "team": "payments",
        **(labels or {}),
    }
    kept = {key: value for key, value in every.items() if value is not None}
    metadata: Json = {"name": "daily-load-x7k2", "labels": kept}
    if annotations is not None:
        metadata["annotations"] = annotations
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": metadata,
        "spec": {"containers": [{"name": "base", "image": "busybox"}], **(spec or {})},
    }


def request(body: Json, **keys: Any) -> AdmissionRequest:
    """A request to create this pod in namespace airflow by Airflow's worker."""
    given: Json = {"namespace": "airflow", "user": WORKER, "operation": "CREATE", **keys}
    return AdmissionRequest(uid="uid-1", pod=msgspec.convert(body, Pod), **given)


def workload_of(asked: AdmissionRequest, *, govern_all: bool = False) -> Workload:
    found = recognise(
        asked.pod, namespace=asked.namespace, govern_all=govern_all, own_namespace=None
    )
    assert found is not None, "the pod of a test is governed"
    return found


def decide(
    by: Engine,
    body: Json,
    *,
    patched: bool = True,
    today: date = TODAY,
    govern_all: bool = False,
    **keys: Any,
) -> Decision:
    """The decision about a pod: its violations after the patch, else (`patched=False`) as it is."""
    asked = request(body, **keys)
    return by.decide(asked, workload_of(asked, govern_all=govern_all), today, patched=patched)


def operations(decision: Decision) -> list[Json]:
    """The patch as it goes out, but for the annotation that every pod gets."""
    every = [json.loads(operation.encoded) for operation in decision.operations]
    ours = f"/metadata/annotations/{APPLIED.replace('/', '~1')}"
    empty = {"op": "add", "path": "/metadata/annotations", "value": {}}
    rest = [operation for operation in every if operation["path"] != ours]
    assert len(rest) == len(every) - 1, "the annotation is always written"
    return rest[:-1] if rest and rest[-1] == empty else rest


def told(decision: Decision) -> list[tuple[str, str | None, str]]:
    """The violations: rule, path, message."""
    return [(each.rule, each.path, each.message) for each in decision.violations]


def apply(body: Json, patch: Sequence[Operation]) -> Json:
    """The pod as the API server would store it. Raises where an operation does not apply."""
    result: Json = jsonpatch.JsonPatch([json.loads(each.encoded) for each in patch]).apply(body)
    return result
