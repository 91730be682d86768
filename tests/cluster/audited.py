"""A cluster to be audited: what runs in it, the policies, and people with more and fewer rights."""

import json
from datetime import date
from pathlib import Path

from tests.cluster.api import Api, Object
from tests.cluster.credentials import Credentials
from tests.cluster.world import of
from tests.engine.given import apply, request, workload_of
from webhook.engine import Engine
from webhook.policy.compile import compile_policy
from webhook.policy.load import load

GROUP = "rbac.authorization.k8s.io"
POLICY = """\
apiVersion: taxiway/v1
requirements:
  - label: team
  - {label: cost-center, from: team.costCenters}
  - {label: data-class, mode: warn, match: {namespaces: [data]}}
teams:
  payments:
    contact: "#payments-data"
    costCenters: [CC-1001, CC-1002]
    members: {namespaces: [airflow, data], dags: ["payments_*"]}
    apply:
      labels: {cost-center: CC-1001}
      nodeSelector: {pool: payments}
  fraud:
    costCenters: [CC-2001]
"""
NEXT = POLICY.replace("{pool: payments}", "{pool: payments-v2}") + "    members: {dags: [none]}\n"
NAMESPACES = {"airflow": {}, "data": {}, "governed": {"taxiway/govern": "all"}, "taxiway": {}}
# What each may list, in the whole cluster and in namespace airflow.
PEOPLE = {
    "nobody": ([], []),
    "of-one-namespace": ([], ["pods", "deployments", "statefulsets", "cronjobs"]),
    "of-pods": (["pods", "namespaces"], []),
}


def engine(policy: str = POLICY) -> Engine:
    return Engine(compile_policy(load([("policy.yaml", policy.encode())]).spec))


def pod(name: str, namespace: str, dag: str | None, **labels: str) -> Object:
    """Of a KubernetesPodOperator; without a dag of somebody else."""
    airflow = {"kubernetes_pod_operator": "True", "dag_id": dag, "task_id": "load"} if dag else {}
    made = of("v1", "Pod", name, namespace=namespace, labels={**airflow, **labels})
    return made | {"spec": {"containers": [{"name": "base", "image": "busybox"}]}}


def placed(body: Object) -> Object:
    """As `/mutate` leaves it."""
    by, asked = engine(), request(body, namespace=body["metadata"]["namespace"])
    decided = by.decide(asked, workload_of(asked), date(2026, 6, 1), patched=True)
    return apply(body, decided.operations)


def template(labels: dict[str, str]) -> Object:
    containers = [{"name": "worker", "image": "airflow"}]
    return {"metadata": {"labels": labels}, "spec": {"containers": containers}}


def workers() -> Object:
    """The Celery workers of Airflow's own chart."""
    labels = {"tier": "airflow", "component": "worker", "team": "fraud"}
    return of("apps/v1", "Deployment", "airflow-worker", namespace="airflow") | {
        "spec": {"selector": {"matchLabels": labels}, "template": template(labels)}
    }


def schedule() -> Object:
    """In a namespace of which everything is governed."""
    made = template({"team": "fraud", "cost-center": "CC-2001"})
    made["spec"]["restartPolicy"] = "Never"
    return of("batch/v1", "CronJob", "report", namespace="governed") | {
        "spec": {"schedule": "0 0 * * *", "jobTemplate": {"spec": {"template": made}}}
    }


def things() -> list[Object]:
    return [
        *(placed(pod(f"payments-{at}", "airflow", "payments_daily")) for at in (1, 2)),
        pod("payments-3", "airflow", "payments_daily"),  # the webhook did not see it
        *(pod(f"fraud-{at}", "airflow", "fraud_daily", team="fraud") for at in (1, 2)),
        pod("fraud-3", "airflow", "fraud_hourly", **{"team": "fraud", "cost-center": "CC-1001"}),
        placed(pod("payments-4", "data", "payments_daily")),
        pod("web", "airflow", None),  # not governed
        pod("web", "governed", None),
        pod("own", "taxiway", "payments_daily"),
        workers(),
        schedule(),
    ]


def make_cluster(api: Api) -> None:
    for name, labels in NAMESPACES.items():
        api.create(of("v1", "Namespace", name, labels=labels)).made()
        # No controller is here to make it, and a pod without its account is refused.
        api.create(of("v1", "ServiceAccount", "default", namespace=name)).made()
    for thing in things():
        api.create(thing).made()
    data = {"policy.yaml": POLICY}
    label = {"taxiway/policy": "live"}
    api.create(
        of("v1", "ConfigMap", "teams", namespace="taxiway", labels=label) | {"data": data}
    ).made()


def make_people(api: Api, credentials: Credentials, folder: Path) -> None:
    """A kubeconfig of each in `folder`."""
    administrator = credentials.kubeconfig("administrator")
    (folder / "administrator").write_text(administrator.read_text())
    for person, (everywhere, in_airflow) in PEOPLE.items():
        api.create(of("v1", "ServiceAccount", person, namespace="taxiway")).made()
        _allow(api, person, "ClusterRole", everywhere, {})
        _allow(api, person, "Role", in_airflow, {"namespace": "airflow"})
        known = json.loads(administrator.read_text())
        token = api.token(person, "taxiway")
        known["users"] = [{"name": "administrator", "user": {"token": token}}]
        (folder / person).write_text(json.dumps(known))


def _allow(api: Api, person: str, kind: str, resources: list[str], where: dict[str, str]) -> None:
    if not resources:
        return
    rule = {"apiGroups": ["*"], "resources": resources, "verbs": ["list"]}
    api.create(of(f"{GROUP}/v1", kind, person, **where) | {"rules": [rule]}).made()
    subject = {"kind": "ServiceAccount", "name": person, "namespace": "taxiway"}
    binding = of(f"{GROUP}/v1", f"{kind}Binding", person, **where)
    reference = {"apiGroup": GROUP, "kind": kind, "name": person}
    api.create(binding | {"roleRef": reference, "subjects": [subject]}).made()
