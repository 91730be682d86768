"""`reserved`: the pod carries what only other teams' `apply` gives, and neither its own team's
nor any profile.

| carries                        | is another team's when                                          |
|--------------------------------|-----------------------------------------------------------------|
| the IAM role annotation        | it is a role of another team, with any provider                 |
| a service account              | it is the one of another team's `iam`                           |
| a toleration                   | it tolerates some taint that a keyed toleration of another team |
|                                | tolerates too, and none of its own team's or a profile's does   |
| `spec.nodeName` in a CREATE    | always: it goes around the scheduler and every taint            |

Taint keys under `node.kubernetes.io/` never count: the API server adds those itself.
"""

from collections.abc import Iterable, Iterator

from webhook.airflow import advice
from webhook.airflow.words import Field
from webhook.engine.decision import Violation
from webhook.engine.draft import NOTHING
from webhook.engine.merge.iam import account_of
from webhook.engine.message import one_line, shown
from webhook.engine.operation import pointer
from webhook.engine.rules.subject import Subject
from webhook.kube.pod import Toleration
from webhook.kube.tolerations import Taint, describe, taint_of
from webhook.names import KUBE2IAM_ROLE
from webhook.policy.enumeration import some
from webhook.policy.reserved import Owners

_MOST_TOLD = 64  # tolerations of one pod: a message of 2,000 characters names about 20


def reserved(subject: Subject, patched: bool) -> list[Violation]:
    """What a CREATE, or a pod in a cluster, carries of others."""
    draft, pod, own = subject.draft, subject.request.pod, subject.placement.given
    found: list[Violation] = []
    role = (pod.metadata.annotations or NOTHING).get(KUBE2IAM_ROLE)
    if role and role not in own.roles and not (patched and draft.role):
        found += reserved_role(subject, role)
    account = account_of(draft)
    if account and account not in own.accounts and not (patched and draft.service_account):
        found += _reserved_account(subject, account)
    if pod.spec.node_name and not subject.request.from_cluster:
        found.append(_node_name(subject, pod.spec.node_name))
    if pod.spec.tolerations:
        found += reserved_tolerations(subject, enumerate(pod.spec.tolerations))
    return found


def reserved_role(subject: Subject, role: str) -> Iterator[Violation]:
    index, own = subject.policies.reserved, subject.placement.given
    owners = index.role_owners(role)
    if owners and not own.gives_role(role) and not index.profiles.gives_role(role):
        path = pointer("metadata", "annotations", KUBE2IAM_ROLE)
        yield _violation(subject, f"IAM role {shown(role)}", owners, "annotations", path)


def reserved_tolerations(
    subject: Subject, tolerations: Iterable[tuple[int, Toleration]]
) -> list[Violation]:
    knows, own = subject.policies.reserved.knows, subject.placement.tolerations
    told: dict[Taint, Violation] = {}
    for at, toleration in tolerations:
        if (toleration.key and not knows(toleration.key)) or toleration in own:
            continue
        taint = taint_of(toleration)
        owners = () if taint in told else _toleration_owners(subject, taint)
        if owners and len(told) < _MOST_TOLD:
            what = f"toleration {shown(describe(taint))}"
            path = f"/spec/tolerations/{at}"
            told[taint] = _violation(subject, what, owners, "tolerations", path)
    return list(told.values())


def _reserved_account(subject: Subject, account: str) -> Iterator[Violation]:
    index = subject.policies.reserved
    owners = index.account_owners(account)
    if owners and account not in index.profiles.accounts:
        what = f"service account {shown(account)}"
        yield _violation(subject, what, owners, "serviceAccountName", "/spec/serviceAccountName")


def _toleration_owners(subject: Subject, taint: Taint) -> Owners:
    """The teams whose taints it reaches, where nothing of its own team's or a profile's does."""
    index, own = subject.policies.reserved, subject.placement.given
    if taint in own.whole or own.tolerates(taint) or index.profiles.tolerates(taint):
        return ()
    if taint[0]:
        covering = [*own.taints(taint[0]), *index.profiles.taints(taint[0])]
        return index.reached(taint, covering)
    # Without a key any operator but Exists is invalid, and tolerates nothing.
    return index.reached_by_all(taint, own) if taint[1] == "Exists" else ()


def _node_name(subject: Subject, node: str) -> Violation:
    message = (
        f"nodeName {shown(node)} goes around the scheduler and every taint: "
        f"{advice.remove(subject.workload, 'nodeName')}"
    )
    return Violation("reserved", one_line(message), "/spec/nodeName", subject.mode)


def _violation(subject: Subject, what: str, owners: Owners, field: Field, path: str) -> Violation:
    teams = f"team{'s' if len(owners) > 1 else ''} {some(owners, 'and')}"
    message = f"{what} belongs to {teams}: {advice.remove(subject.workload, field)}"
    return Violation("reserved", one_line(message), path, subject.mode)
