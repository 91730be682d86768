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
from webhook.policy.values import Facts, account_key

_NO_DAGS = frozenset({"celery-worker", "other"})
_ALL_TESTED: frozenset[str] = frozenset()
_SERVICE_ACCOUNT = "system:serviceaccount:"


class Whose(Struct, frozen=True, gc=False):
    """The answer, and what it rests on."""

    team: Team | None
    label: str | None  # the pod's own team label
    candidates: tuple[str, ...] = ()  # more than one: the teams whose members match
    untested: frozenset[str] = _ALL_TESTED

    def is_found(self) -> bool:
        """The team was found by its members: the pod does not say it itself."""
        return self.label is None and self.team is not None


def facts_of(request: AdmissionRequest, workload: Workload) -> Facts:
    """What members and matches can ask about a request, before its team is known."""
    user = request.user
    account = None
    if user is not None and user.startswith(_SERVICE_ACCOUNT):
        namespace, _, name = user[len(_SERVICE_ACCOUNT) :].partition(":")
        account = account_key(name) if namespace == request.namespace else None
    labels = request.pod.metadata.labels or {}
    return Facts(workload.kind, request.namespace, labels, workload.dag, None, user, account)


def whose(policies: PolicySet, facts: Facts) -> Whose:
    untested = _untested(policies, facts)
    label = facts.labels.get(policies.spec.labels.team)
    if label is not None:
        return Whose(policies.teams.get(label), label, (), untested)
    candidates = policies.members.matching(facts, untested)
    team = policies.teams[candidates[0]] if len(candidates) == 1 else None
    return Whose(team, None, candidates, untested)


def _untested(policies: PolicySet, facts: Facts) -> frozenset[str]:
    untested = _ALL_TESTED
    if facts.workload in _NO_DAGS:
        untested |= {"dags"}
    if facts.user is None or policies.controllers.hold(facts.user):
        untested |= {"users"}
    return untested
