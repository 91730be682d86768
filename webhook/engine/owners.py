"""Whose pods are whose, kept: Airflow's pods repeat, and a dictionary probe stands for the rest.

Whose a pod is, its mode and its placement follow from five facts (namespace, workload, dag, user,
team label) and from the labels that profiles match. All that is kept depends on policy alone.
"""

from collections.abc import Sequence

from msgspec import Struct

from webhook.airflow.workload import Workload
from webhook.engine.memory import Memory
from webhook.engine.placement import Placement, labels_added_by, placement
from webhook.engine.whose import Whose, facts_of, whose
from webhook.kube.pod import NO_LABELS
from webhook.kube.review import AdmissionRequest
from webhook.policy.compile import PolicySet
from webhook.policy.spec import Profile, Requirement, Team
from webhook.policy.values import Facts

MOST_PLACEMENTS = 20_000  # one for each team at its limit; about 6 KiB each when all are in use
_LONGEST_KEY = 1024  # Airflow's dag ids have at most 250 characters, an author's annotation any
_MOST_OWNED = 4096  # the dags of a large cluster by who launches them; about 800 bytes each
# Those of pods of 3 KB take 4.7 KiB each, 2.5 of them the shape and 1.2 the answer: 5 MiB in all.
# What is decoded of a review takes up to 8 times its size: from one who makes up a new shape each
# time, 64 MiB in all.
_MOST_SHAPES = 1024

_Key = tuple[str | None, ...]


class Owned(Struct, frozen=True):
    """What a request's namespace, workload, dag, user and team label lead to."""

    whose: Whose
    mode: str
    placement: Placement
    memory: Memory


class Owners:
    """The owners of the pods that one policy set has seen."""

    __slots__ = (
        "_asked",
        "_matched",
        "_most_placements",
        "_owned",
        "_placements",
        "_policies",
        "_shapes",
        "_team_label",
    )

    def __init__(self, policies: PolicySet, most_placements: int) -> None:
        self._policies = policies
        self._team_label = policies.spec.labels.team
        self._matched = policies.profile_labels
        self._most_placements = most_placements
        self._asked = _asked_by(policies.spec.requirements)
        self._owned: dict[_Key, Owned] = {}
        self._shapes = 0  # how many their memories hold
        self._placements: dict[tuple[str | None, tuple[str, ...]], Placement] = {}

    def find(self, request: AdmissionRequest, workload: Workload) -> Owned:
        """Whose pod it is, and what follows from that."""
        labels, matched = request.pod.metadata.labels or NO_LABELS, self._matched
        label = labels.get(self._team_label)
        key: _Key = (request.namespace, workload.kind, workload.dag, request.user, label)
        if matched and not matched.isdisjoint(labels):
            key += tuple(
                [part for each in labels if each in matched for part in (each, labels[each])]
            )
        owned = self._owned.get(key)
        return owned if owned is not None else self._new(key, facts_of(request, workload))

    def _new(self, key: _Key, facts: Facts) -> Owned:
        owned = self._work_out(facts)
        if sum(len(part) for part in key if part is not None) <= _LONGEST_KEY:
            if len(self._owned) >= _MOST_OWNED:
                self._forget()
            self._owned[key] = owned
        return owned

    def count(self, more: int) -> None:
        """Note that memories hold so many shapes more; all is forgotten when they are too many."""
        self._shapes += more
        if self._shapes > _MOST_SHAPES:
            self._forget()

    def _forget(self) -> None:
        self._owned.clear()
        self._shapes = 0

    def _work_out(self, facts: Facts) -> Owned:
        owner = whose(self._policies, facts)
        facts.team = owner.team.name if owner.team is not None else None
        profiles = self._profiles(owner, facts)
        compiled = self._placement(owner.team, profiles)
        memory = Memory(compiled, self._asked)
        return Owned(owner, self._policies.mode(facts), compiled, memory)

    def _profiles(self, owner: Whose, facts: Facts) -> tuple[Profile, ...]:
        """Matched once, against the pod's labels together with those that its team adds."""
        own, team = facts.labels, owner.team
        if team is not None:
            added = labels_added_by(team, facts.workload)
            facts.labels = {**added, self._policies.spec.labels.team: team.name, **own}
        profiles = self._policies.profiles(facts)
        facts.labels = own
        return profiles

    def _placement(self, team: Team | None, profiles: tuple[Profile, ...]) -> Placement:
        key = (
            team.name if team else None,
            tuple([profile.name for profile in profiles]) if profiles else (),
        )
        found = self._placements.get(key)
        if found is None:
            found = placement(self._policies, team, profiles)
            if len(self._placements) < self._most_placements:
                self._placements[key] = found
        return found


def _asked_by(requirements: Sequence[Requirement]) -> set[str]:
    """The keys of labels that a pod's requirements depend on."""
    keys = {requirement.label for requirement in requirements}
    return keys.union(*(each.match.labels for each in requirements if each.match is not None))
