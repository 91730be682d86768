"""What `docs/dag-authors.md` is held against: its code, and a pod for each denial it quotes."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from webhook.airflow.workload import recognise
from webhook.engine import Engine
from webhook.kube.pod import Pod
from webhook.kube.review import AdmissionRequest
from webhook.policy.compile import compile_policy
from webhook.policy.load import load

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs/dag-authors.md"
POLICIES = ROOT / "examples/policies"
TODAY = date(2026, 6, 1)
WORKER = "system:serviceaccount:airflow:airflow-worker"

Json = dict[str, Any]


class Case(Struct, frozen=True, kw_only=True):
    """The pod of a KubernetesPodOperator in a dag `reports`, but for what is said here."""

    dag: str = "reports"
    namespace: str = "airflow"
    labels: dict[str, str] = {}
    annotations: dict[str, str] = {}
    spec: Json = {}
    is_executors: bool = False

    def pod(self) -> Json:
        sign = "kubernetes_executor" if self.is_executors else "kubernetes_pod_operator"
        labels = {sign: "True", "dag_id": self.dag, "task_id": "load", **self.labels}
        spec = {"containers": [{"name": "base"}], **self.spec}
        metadata = {"name": "load", "labels": labels, "annotations": self.annotations}
        return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}


# By rule, in the order of the page.
DENIALS: dict[str, tuple[Case, ...]] = {
    "requirement": (
        Case(),
        Case(labels={"team": "payment"}),
        Case(dag="payments_daily", labels={"cost-center": "cc-17"}),
        Case(dag="payments_daily", labels={"cost-center": "cc-17"}, is_executors=True),
    ),
    "membership": (Case(labels={"team": "growth"}),),
    "reserved": (
        Case(
            dag="chargebacks",
            annotations={"iam.amazonaws.com/role": "payments-etl"},
        ),
        Case(dag="payments_daily", spec={"serviceAccountName": "fraud-training"}),
        Case(dag="payments_daily", spec={"tolerations": [{"operator": "Exists"}]}),
        Case(dag="payments_daily", spec={"nodeName": "node-7"}),
    ),
    "conflict": (
        Case(dag="payments_daily", spec={"nodeSelector": {"pool": "batch"}}),
        Case(
            dag="chargebacks",
            spec={"serviceAccountName": "my-account"},
        ),
    ),
    "not-applied": (
        Case(
            namespace="growth",
            annotations={"taxiway/applied": "growth@1"},
            labels={"team": "growth", "cost-center": "CC-3001"},
            spec={"containers": [{"name": "base", "resources": {"requests": {"cpu": "1"}}}]},
        ),
    ),
}


def engine() -> Engine:
    files = [(path.name, path.read_bytes()) for path in sorted(POLICIES.glob("*.yaml"))]
    return Engine(compile_policy(load(files).spec))


def messages(rule: str) -> list[str]:
    """What the engine says of each case by this rule: the first that is broken."""
    return [_message(case, rule) for case in DENIALS[rule]]


def _message(case: Case, rule: str) -> str:
    pod = msgspec.convert(case.pod(), Pod)
    request = AdmissionRequest("1", "CREATE", pod, case.namespace, user=WORKER)
    workload = recognise(pod, namespace=case.namespace, govern_all=False, own_namespace=None)
    assert workload is not None
    decided = engine().decide(request, workload, TODAY, patched=rule != "not-applied")
    found = [each.message for each in decided.violations if each.rule == rule]
    return next((each for each in found if "label cost-center is missing" not in each), found[0])


def blocks(language: str) -> list[str]:
    """The code of the page in this language, as a reader copies it."""
    found: list[str] = re.findall(rf"```{language}\n(.*?)```", PAGE.read_text(), re.DOTALL)
    return found


def section(title: str) -> str:
    """The text under a heading, up to the next one."""
    _, _, after = PAGE.read_text().partition(f"### `{title}`\n")
    return re.split(r"^##", after, maxsplit=1, flags=re.MULTILINE)[0]
