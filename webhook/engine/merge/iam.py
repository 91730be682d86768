"""`iam`: the role annotation of kube2iam, or the service account that carries the identity.

| provider                        | writes                                                       |
|---------------------------------|--------------------------------------------------------------|
| kube2iam (also kiam)            | the annotation `iam.amazonaws.com/role`                      |
| irsa, eks-pod-identity, gke     | `serviceAccountName`                                         |
| azure                           | `serviceAccountName` and a label that its webhook selects by |

Only for the workloads that the block names: an executor's or Celery worker keeps the account
that Airflow's chart gave it, because it needs its rights to launch pods. The other workloads get
no change at all, and no conflict. A short role name is the same role as an ARN that ends in it.
"""

from collections.abc import Sequence

from msgspec import Struct

from webhook.engine.draft import NOTHING, Draft, Part
from webhook.engine.merge.block import Block
from webhook.engine.merge.maps import add_label, map_part, merge_annotation
from webhook.engine.merge.scalars import scalar_part
from webhook.names import AZURE_USE, KUBE2IAM_ROLE
from webhook.policy.reserved import same_role


class _Identity(Struct, frozen=True):
    workloads: frozenset[str]
    part: Part
    label: Part | None = None


class Iam:
    """The identities of the blocks, each field by the first block that gives it to the workload."""

    def __init__(self, roles: Sequence[_Identity], accounts: Sequence[_Identity]) -> None:
        self._roles = tuple(roles)
        self._accounts = tuple(accounts)

    def merge(self, draft: Draft) -> None:
        role = _first(self._roles, draft)
        if role is not None:
            _merge_role(draft, role.part)
        account = _first(self._accounts, draft)
        if account is not None:
            _merge_account(draft, account.part)
            if account.label is not None:
                _merge_label(draft, account.label)


def iam(blocks: Sequence[Block]) -> Iam | None:
    roles, accounts = [], []
    for block in blocks:
        given = block.apply.iam
        if given is None:
            continue
        workloads = frozenset(given.workloads)
        if given.provider == "kube2iam" and given.role is not None:
            part = map_part("annotations", "annotation", KUBE2IAM_ROLE, given.role, block)
            roles.append(_Identity(workloads, part))
        elif given.service_account_name is not None:
            part = scalar_part("serviceAccountName", given.service_account_name, block)
            accounts.append(_Identity(workloads, part, azure_label(block)))
    return Iam(roles, accounts) if roles or accounts else None


def azure_label(block: Block) -> Part | None:
    """The label that azure-workload-identity selects pods by: its webhook's objectSelector."""
    if block.apply.iam is None or block.apply.iam.provider != "azure":
        return None
    return map_part("labels", "label", AZURE_USE, "true", block)


def account_of(draft: Draft) -> str | None:
    """The pod's own service account; one that the cluster filled in counts as absent."""
    spec = draft.pod.spec
    name = spec.service_account_name or spec.service_account
    return None if not name or name in draft.defaults.service_account_name else name


def _first(identities: Sequence[_Identity], draft: Draft) -> _Identity | None:
    kind = draft.workload.kind
    return next((identity for identity in identities if kind in identity.workloads), None)


def _merge_role(draft: Draft, part: Part) -> None:
    there = (draft.pod.metadata.annotations or NOTHING).get(KUBE2IAM_ROLE)
    if there is not None and same_role(there, part.value):
        return
    merge_annotation(draft, part, there)
    if there is None or part.on_conflict == "override":
        draft.role = part.value


def _merge_account(draft: Draft, part: Part) -> None:
    there = account_of(draft)
    if there == part.value:
        return
    if there is None or part.on_conflict == "override":
        draft.set(part, draft.pod.spec.service_account_name is not None)
        draft.service_account = part.value
    else:
        draft.conflict(part, f"serviceAccountName is {there}, {part.source} wants {part.value}")


def _merge_label(draft: Draft, part: Part) -> None:
    there = draft.labels.get(part.key)
    if there is None:
        add_label(draft, part)
    elif there != part.value:
        draft.differing_labels.append((part, there))
