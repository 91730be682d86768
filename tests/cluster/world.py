"""The cluster that the tests' pods come into: nodes, namespaces, accounts and priority classes.

No node is without a taint. A pod that got nothing from Taxiway therefore stays Pending, and one
that runs says by its node which team it was given to.
"""

from functools import partial

from tests.cluster.api import Api, Object
from tests.serving import until

# Airflow's own accounts, as its chart names them. A KubernetesExecutor's pods come from the
# scheduler, a KubernetesPodOperator's from the worker that runs the task.
SCHEDULER = "system:serviceaccount:airflow:airflow-scheduler"
WORKER = "system:serviceaccount:airflow:airflow-worker"
JOB_CONTROLLER = "system:serviceaccount:kube-system:job-controller"

TEAMS = ("payments", "fraud", "platform")
PRIORITIES = {"payments-batch": 1000, "batch-high": 5000}
ACCOUNTS = {
    "airflow": ("airflow-scheduler", "airflow-worker", "payments-etl", "fraud-etl"),
    "data": ("payments-etl", "fraud-etl"),
    "governed": (),
    "unwatched": (),
}


def make_world(api: Api) -> None:
    """Create it all, and wait until each namespace can hold pods."""
    for name, value in PRIORITIES.items():
        api.create(priority_class(name, value)).made()
    for team in TEAMS:
        made = api.create(node(team)).made()
        # An admission plugin adds `not-ready` to a new node, for a controller to take away.
        api.patch(made, {"spec": {"taints": node(team)["spec"]["taints"]}}).made()
    for namespace, accounts in ACCOUNTS.items():
        labels = {"taxiway/govern": "all"} if namespace == "governed" else {}
        api.create(of("v1", "Namespace", namespace, labels=labels)).made()
        for account in accounts:
            api.create(of("v1", "ServiceAccount", account, namespace=namespace)).made()
    for thing in launchers():
        api.create(thing).made()
    for namespace in ACCOUNTS:  # a pod is refused until its namespace has this account
        until(f"{namespace} can hold pods", partial(has_default_account, api, namespace))


def has_default_account(api: Api, namespace: str) -> bool:
    return api.get("ServiceAccount", "default", namespace).code == 200


def of(api_version: str, kind: str, name: str, **metadata: object) -> Object:
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": name, **metadata}}


def priority_class(name: str, value: int) -> Object:
    return of("scheduling.k8s.io/v1", "PriorityClass", name) | {"value": value}


def node(team: str) -> Object:
    """A node that only pods of this team tolerate."""
    labels = {"dedicated": team, "pool": "batch", "kubernetes.io/hostname": team}
    return of("v1", "Node", team, labels=labels) | {
        "spec": {"taints": [{"key": "dedicated", "value": team, "effect": "NoSchedule"}]},
    }


def launchers() -> tuple[Object, Object]:
    """Airflow's accounts may do in every namespace what its chart's pod-launcher role lets them."""
    group = "rbac.authorization.k8s.io"
    verbs = ["create", "list", "get", "patch", "watch", "delete", "update"]
    rules = [
        {"apiGroups": [""], "resources": ["pods"], "verbs": verbs},
        {"apiGroups": [""], "resources": ["pods/log"], "verbs": ["get"]},
        {"apiGroups": [""], "resources": ["pods/exec"], "verbs": ["create", "get"]},
        {"apiGroups": [""], "resources": ["events"], "verbs": ["list", "watch"]},
        {"apiGroups": ["batch"], "resources": ["jobs"], "verbs": verbs},
    ]
    name = "airflow-pod-launcher"
    bound = {
        "roleRef": {"apiGroup": group, "kind": "ClusterRole", "name": name},
        "subjects": [
            {"apiGroup": group, "kind": "User", "name": user} for user in (SCHEDULER, WORKER)
        ],
    }
    return (
        of(f"{group}/v1", "ClusterRole", name) | {"rules": rules},
        of(f"{group}/v1", "ClusterRoleBinding", name) | bound,
    )
