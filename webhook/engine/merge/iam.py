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

from collections.abc import Mapping, Sequence

from msgspec import Struct

from webhook.engine.draft import NOTHING, Draft, Part
from webhook.engine.merge.block import Block
from webhook.engine.merge.maps import add_label, map_part, merge_annotation
from webhook.engine.merge.scalars import scalar_part
from webhook.engine.message import shown
from webhook.names import AZURE_USE, KUBE2IAM_ROLE
from webhook.policy import spec
from webhook.policy.reserved import same_role


class _Identity(Struct, frozen=True):
    """What one kind of workload gets."""

    role: Part | None = None
    account: Part | None = None
    label: Part | None = None  # with the account


class Iam:
    """The identities of the blocks, each field by the first block that gives it to a workload."""

    def __init__(self, identities: Mapping[str, _Identity]) -> None:
        self._identities = identities

    def merge(self, draft: Draft) -> None:
        identity = self._identities.get(draft.workload.kind)
        if identity is None:
            return
        if identity.role is not None:
            _merge_role(draft, identity.role)
        if identity.account is not None:
            _merge_account(draft, identity.account)
        if identity.label is not None:
            _merge_label(draft, identity.label)

    def parts(self, draft: Draft) -> Sequence[Part]:
        found = self._identities.get(draft.workload.kind, _Identity())
        return [part for part in (found.role, found.account, found.label) if part is not None]


def iam(blocks: Sequence[Block]) -> Iam | None:
    given = [(block, block.apply.iam) for block in blocks if block.apply.iam is not None]
    workloads = {workload for _, each in given for workload in each.workloads}
    return Iam({kind: _identity(kind, given) for kind in workloads}) if workloads else None


def _identity(kind: str, given: Sequence[tuple[Block, spec.Iam]]) -> _Identity:
    role: Part | None = None
    account: Part | None = None
    label: Part | None = None
    for block, each in given:
        if kind not in each.workloads:
            continue
        if each.provider == "kube2iam" and each.role is not None:
            role = role or map_part("annotations", "annotation", KUBE2IAM_ROLE, each.role, block)
        elif account is None and each.service_account_name is not None:
            account = scalar_part("serviceAccountName", each.service_account_name, block)
            label = azure_label(block)
    return _Identity(role, account, label)


def azure_label(block: Block) -> Part | None:
    """The label that azure-workload-identity selects pods by: its webhook's objectSelector."""
    if block.apply.iam is None or block.apply.iam.provider != "azure":
        return None
    return map_part("labels", "label", AZURE_USE, "true", block)


def account_of(draft: Draft) -> str | None:
    """The pod's own service account; one that the cluster filled in counts as absent."""
    pod = draft.pod.spec
    name = pod.service_account_name or pod.service_account
    return None if not name or name in draft.defaults.service_account_name else name


def _merge_role(draft: Draft, part: Part) -> None:
    there = (draft.pod.metadata.annotations or NOTHING).get(KUBE2IAM_ROLE)
    if there == part.value or (there is not None and same_role(there, part.value)):
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
        draft.conflict(
            part, f"serviceAccountName is {shown(there)}, {part.source} wants {part.value}"
        )


def _merge_label(draft: Draft, part: Part) -> None:
    there = draft.labels.get(part.key)
    if there is None:
        add_label(draft, part)
    elif there != part.value:
        draft.differing_labels.append((part, there))
