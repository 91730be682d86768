"""What one team and the profiles that match add to a pod, compiled: the steps, in their order.

A placement depends on policy alone. It is built the first time it is needed and then kept:
a cluster sees far fewer combinations of team and profiles than a policy could name.
"""

from collections.abc import Sequence

from msgspec import Struct

from webhook.engine.draft import Part
from webhook.engine.merge.affinity_terms import affinity_terms
from webhook.engine.merge.block import Block, Maker, Step
from webhook.engine.merge.container import env
from webhook.engine.merge.iam import azure_label, iam
from webhook.engine.merge.maps import annotations, labels, map_part
from webhook.engine.merge.node_affinity import node_affinity
from webhook.engine.merge.node_selector import node_selector
from webhook.engine.merge.pull_secrets import pull_secrets
from webhook.engine.merge.resources import resources
from webhook.engine.merge.scalars import priority_class, runtime_class, scheduler
from webhook.engine.merge.tolerations import tolerations
from webhook.engine.merge.topology_spread import topology_spread
from webhook.kube.pod import Labels, Toleration
from webhook.names import APPLIED, AZURE_USE
from webhook.policy.compile import PolicySet
from webhook.policy.reserved import Given
from webhook.policy.spec import Apply, Iam, Profile, Team

# node_selector comes before node_affinity, which reads what it merged.
_MAKERS: tuple[Maker, ...] = (
    labels,
    annotations,
    iam,
    tolerations,
    node_selector,
    node_affinity,
    affinity_terms,
    topology_spread,
    priority_class,
    scheduler,
    runtime_class,
    pull_secrets,
    env,
    resources,
)
_OURS = Block("taxiway", Apply(on_conflict="override"))


class Placement(Struct, frozen=True):
    steps: tuple[Step, ...]
    team_label: Part | None  # for a pod whose team was found by its members
    applied: Part  # the annotation `taxiway/applied`
    given: Given  # what the pod may carry because its own team gives it
    tolerations: frozenset[Toleration]  # those of the team, word for word
    label_keys: tuple[str, ...]  # that a step asks for
    annotation_keys: tuple[str, ...]  # likewise
    blocks: tuple[Block, ...]  # what all this is made of: the team's, then the profiles'


def placement(policies: PolicySet, team: Team | None, profiles: Sequence[Profile]) -> Placement:
    blocks = [*_team_block(team), *(Block(f"profile {p.name}", p.apply) for p in profiles)]
    steps = tuple(step for step in (make(blocks) for make in _MAKERS) if step is not None)
    applied = f"{team.name if team else ''}@{policies.revision}"
    own = team.apply if team and team.apply else Apply()
    return Placement(
        steps,
        _team_label(policies, team),
        map_part("annotations", "annotation", APPLIED, applied, _OURS),
        Given([own]),
        frozenset(own.tolerations),
        (AZURE_USE, *(key for block in blocks for key in block.apply.labels)),
        tuple(key for block in blocks for key in block.apply.annotations),
        tuple(blocks),
    )


def labels_added_by(team: Team, workload: str) -> Labels:
    """The labels that a team adds to the pods of a workload: profiles are matched with them."""
    if team.apply is None:
        return {}
    azure = azure_label(Block("", team.apply)) if _has_identity(team.apply.iam, workload) else None
    return {**team.apply.labels, **({azure.key: azure.value} if azure else {})}


def _has_identity(iam: Iam | None, workload: str) -> bool:
    return iam is not None and workload in iam.workloads


def _team_block(team: Team | None) -> list[Block]:
    return [Block(f"team {team.name}", team.apply)] if team and team.apply else []


def _team_label(policies: PolicySet, team: Team | None) -> Part | None:
    if team is None:
        return None
    block = Block(f"team {team.name}", Apply())
    return map_part("labels", "label", policies.spec.labels.team, team.name, block)
