"""What policies name and a cluster lacks: one warning each, and none of what is not known."""

import time

import pytest
from msgspec import structs

from tests.policy.loading import document
from webhook.policy.documents import parse_documents
from webhook.policy.inventory import Inventory, Node, Wanted, Where, wanted
from webhook.policy.lint_cluster import absent
from webhook.policy.load import load
from webhook.policy.union import gather

CLUSTER = Inventory(
    service_accounts={
        "airflow": frozenset({"default", "payments-etl"}),
        "data": frozenset({"default", "fraud-etl"}),
        "data-2": frozenset({"default"}),
        "kube-system": frozenset({"default"}),
    },
    is_whole=True,
    priority_classes=frozenset({"batch-high"}),
    runtime_classes=frozenset({"gvisor"}),
    nodes=(
        Node({"pool": "payments", "disk": "hdd"}, (("dedicated", "payments", "NoSchedule"),)),
        Node({"pool": "fraud", "disk": "ssd"}, (("gpu", "", "NoExecute"),)),
    ),
)
BY_NAMESPACE = structs.replace(
    CLUSTER, service_accounts={"data": frozenset({"fraud-etl"})}, is_whole=False
)
NOTHING_KNOWN = Inventory()

REFUSED = "the API server refuses pods that get it (403); create it"
WAITING = "the pods wait for ever, unless an autoscaler brings such nodes up from none"
UNTAINTED = (
    "and no node has such a taint: mend one of them, "
    "unless an autoscaler brings such nodes up from none"
)


def account(name: str, namespaces: str | None = None) -> str:
    members = f"members: {{namespaces: {namespaces}}}, " if namespaces else ""
    iam = f"iam: {{provider: irsa, serviceAccountName: {name}}}"
    return f"teams: {{t: {{{members}apply: {{{iam}}}}}}}\n"


def applying(apply: str) -> str:
    return f"teams: {{t: {{apply: {{{apply}}}}}}}\n"


def warned(body: str, cluster: Inventory = CLUSTER) -> list[str]:
    """Without places, which are those of every warning."""
    parts, errors = gather(parse_documents("p.yaml", document(body).encode()))
    assert errors == []
    return [f"{warning.path}: {warning.message}" for warning in absent(parts, cluster)]


IAM = "teams.t.apply.iam.serviceAccountName"
SAID: dict[str, tuple[str, list[str]]] = {
    "an account that is in the one namespace": (account("payments-etl", "[airflow]"), []),
    "an account that is missing in one of two": (
        account("payments-etl", "[airflow, data]"),
        [f"{IAM}: there is no service account `payments-etl` in namespace data: {REFUSED}"],
    ),
    "an account that is missing in many": (
        account("nobody", "[a, b, c, d, airflow]"),
        [
            f"{IAM}: there is no service account `nobody` in namespaces a, airflow, b and 2 more: "
            f"{REFUSED}"
        ],
    ),
    "an account in some namespaces that a glob matches": (
        account("fraud-etl", '["data*"]'),
        [f"{IAM}: there is no service account `fraud-etl` in namespace data-2: {REFUSED}"],
    ),
    "a glob that no namespace matches": (account("nobody", '["later-*"]'), []),
    "a namespace that is never touched": (account("nobody", '[kube-system, "kube-s*"]'), []),
    "an account of pods that run anywhere, in one namespace": (account("fraud-etl"), []),
    "an account of pods that run anywhere, in none": (
        account("fraud-elt"),
        [
            f"{IAM}: there is no service account `fraud-elt` in any namespace "
            f"(did you mean `fraud-etl`?): {REFUSED}"
        ],
    ),
    "a glob for every namespace is no list of them": (account("fraud-etl", '["*"]'), []),
    "an account of a profile": (
        "profiles: {p: {match: {namespaces: [data]}, apply: {iam: "
        "{provider: gke, serviceAccountName: nobody}}}}\n",
        [
            "profiles.p.apply.iam.serviceAccountName: there is no service account `nobody` in "
            f"namespace data: {REFUSED}"
        ],
    ),
    "a role of kube2iam names no account": (
        applying('iam: {provider: kube2iam, role: "arn:aws:iam::111122223333:role/t"}'),
        [],
    ),
    "a priority class that there is": (applying("priorityClassName: batch-high"), []),
    "a priority class that there is not": (
        applying("priorityClassName: batch-hihg"),
        [
            "teams.t.apply.priorityClassName: the cluster has no PriorityClass `batch-hihg` "
            f"(did you mean `batch-high`?): {REFUSED}"
        ],
    ),
    "a runtime class that there is not": (
        applying("runtimeClassName: kata"),
        [f"teams.t.apply.runtimeClassName: the cluster has no RuntimeClass `kata`: {REFUSED}"],
    ),
    "labels that one node has": (applying("nodeSelector: {pool: fraud, disk: ssd}"), []),
    "a label that no node has": (
        applying("nodeSelector: {disk: ssd, pool: growth}"),
        [f"teams.t.apply.nodeSelector.pool: no node has the label pool=growth: {WAITING}"],
    ),
    "labels that no node has together": (
        applying("nodeSelector: {disk: ssd, pool: payments}"),
        [f"teams.t.apply.nodeSelector: no node has all of these labels: {WAITING}"],
    ),
    "a taint that a node has": (
        applying("tolerations: [{key: dedicated, value: payments, effect: NoSchedule}]"),
        [],
    ),
    "a key that a node's taint has": (
        applying("tolerations: [{key: gpu, operator: Exists}]"),
        [],
    ),
    "a taint that no node has": (
        applying("tolerations: [{key: gpu, operator: Exists, effect: NoSchedule}]"),
        [f"teams.t.apply.tolerations[0]: is for gpu:NoSchedule, {UNTAINTED}"],
    ),
    "taints that Kubernetes sets itself": (
        applying("tolerations: [{key: node.kubernetes.io/memory-pressure, operator: Exists}]"),
        [],
    ),
}


@pytest.mark.parametrize(("body", "said"), SAID.values(), ids=SAID)
def test_what_is_not_there_is_said(body: str, said: list[str]) -> None:
    assert warned(body) == said


@pytest.mark.parametrize("body", [body for body, _ in SAID.values()], ids=SAID)
def test_of_what_is_not_known_nothing_is_said(body: str) -> None:
    assert warned(body, NOTHING_KNOWN) == []


LOOKED_AT = {
    "a namespace that was looked at": ("[data]", True),
    "a namespace that was not": ("[airflow]", False),
    "a glob, for those that were": ('["data*"]', True),
    "pods that run anywhere": ('["*"]', False),
}


@pytest.mark.parametrize(("namespaces", "is_said"), LOOKED_AT.values(), ids=LOOKED_AT)
def test_where_not_all_namespaces_were_looked_at(namespaces: str, is_said: bool) -> None:
    expected = f"{IAM}: there is no service account `nobody` in namespace data: {REFUSED}"
    found = warned(account("nobody", namespaces), BY_NAMESPACE)
    assert found == ([expected] if is_said else [])


WANTED = {
    "nothing": ("", Wanted()),
    "an account by namespace": (
        account("a", "[data, airflow]"),
        Wanted(service_accounts=(Where(("data", "airflow")),)),
    ),
    "an account by glob": (
        account("a", '["data-*", airflow]'),
        Wanted(service_accounts=(Where(("airflow",), ("data-*",)),)),
    ),
    "an account anywhere": (account("a"), Wanted(service_accounts=(Where(is_anywhere=True),))),
    "a priority class": (applying("priorityClassName: a"), Wanted(priority_classes=True)),
    "a runtime class": (applying("runtimeClassName: a"), Wanted(runtime_classes=True)),
    "a node's label": (applying("nodeSelector: {pool: a}"), Wanted(nodes=True)),
    "a node's taint": (applying("tolerations: [{key: a, value: b}]"), Wanted(nodes=True)),
}


@pytest.mark.parametrize(("body", "expected"), WANTED.values(), ids=WANTED)
def test_only_what_is_named_is_wanted(body: str, expected: Wanted) -> None:
    assert wanted(load([("p.yaml", document(body).encode())]).spec) == expected


def test_many_teams_in_a_large_cluster_take_no_longer_each() -> None:
    """2,000 of each, where every team compared with every node took 5 s of CPU."""
    team = (
        "  t{0}: {{members: {{namespaces: [n{0}]}}, apply: {{nodeSelector: {{pool: p{0}}}, "
        "tolerations: [{{key: dedicated, value: p{0}, effect: NoSchedule}}], "
        "iam: {{provider: gke, serviceAccountName: a{0}}}}}}}\n"
    )
    numbers = range(2000)
    text = document("teams:\n" + "".join(map(team.format, numbers)))
    parts, _ = gather(parse_documents("p.yaml", text.encode()))
    cluster = Inventory(
        service_accounts={f"n{n}": frozenset({f"a{n}"}) for n in numbers},
        is_whole=True,
        nodes=tuple(
            Node({"pool": f"p{n}"}, (("dedicated", f"p{n}", "NoSchedule"),)) for n in numbers
        ),
    )
    before = time.process_time()
    assert absent(parts, cluster) == ()
    assert time.process_time() - before < 2.0
