"""Whose pod it is.

1. The team label, if the pod has one. It is never rewritten.
2. Else the one team whose `members` match; the label is then added. More than one: no team,
   and the denial names them. There is no ranking.
3. Else no team.

`dags` cannot be tested on `celery-worker` and `other`, which have none; `users` not where there
is no request, nor where a controller makes the pod on behalf of somebody else.
"""

from msgspec import Struct

from webhook.airflow.workload import Workload
from webhook.kube.review import AdmissionRequest
from webhook.policy.compile import PolicySet
from webhook.policy.spec import Team
from webhook.policy.values import Facts

_ALL_TESTED: frozenset[str] = frozenset()
_NO_USERS = frozenset({"users"})
_NO_DAGS = {"celery-worker": frozenset({"dags"}), "other": frozenset({"dags"})}


class Whose(Struct, frozen=True, gc=False):
    """The answer, and what it rests on."""

    team: Team | None
    label: str | None  # the pod's own team label
    candidates: tuple[str, ...] = ()  # more than one: the teams whose members match
    outside: tuple[str, ...] = ()  # the keys of the claimed team's members that do not match


def facts_of(request: AdmissionRequest, workload: Workload) -> Facts:
    """What members and matches can ask about a request, before its team is known."""
    labels = request.pod.metadata.labels or {}
    return Facts(workload.kind, request.namespace, labels, workload.dag, None, request.user)


def whose(policies: PolicySet, facts: Facts) -> Whose:
    label = facts.labels.get(policies.spec.labels.team)
    if label is not None:
        members = policies.members.of(label)
        outside = members.failing(facts, untested(policies, facts)) if members else []
        return Whose(policies.teams.get(label), label, (), tuple(outside))
    candidates = policies.members.matching(facts, untested(policies, facts))
    team = policies.teams[candidates[0]] if len(candidates) == 1 else None
    return Whose(team, None, candidates)


def untested(policies: PolicySet, facts: Facts) -> frozenset[str]:
    """The keys of `members` that cannot be tested on this request."""
    missing = _NO_DAGS.get(facts.workload, _ALL_TESTED)
    if facts.user is None or policies.controllers.hold(facts.user):
        return missing | _NO_USERS
    return missing
