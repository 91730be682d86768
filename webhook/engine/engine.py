"""The engine: one policy set's word on one pod. `/mutate`, `/validate` and `review` ask the same.

`place` works out whose pod it is and what its policy adds; `judge` what is broken, of the pod as
it stands or as the patch would leave it. Both are functions of their arguments.
"""

from datetime import date

from msgspec import Struct, structs

from webhook.airflow.workload import Workload
from webhook.engine.decision import Decision, Violation
from webhook.engine.draft import NOTHING, Draft
from webhook.engine.exemptions import Found, waive
from webhook.engine.merge.maps import add_label
from webhook.engine.operation import replace
from webhook.engine.placement import Placement, labels_added_by, placement
from webhook.engine.rules.conflict import conflict
from webhook.engine.rules.membership import membership
from webhook.engine.rules.not_applied import not_applied
from webhook.engine.rules.requirement import requirement
from webhook.engine.rules.reserved import reserved
from webhook.engine.rules.subject import Subject
from webhook.engine.update import changed
from webhook.engine.whose import Whose, facts_of, whose
from webhook.kube.review import AdmissionRequest
from webhook.names import APPLIED, RULES
from webhook.policy.compile import PolicySet
from webhook.policy.spec import Profile, Team
from webhook.policy.values import Facts

_MOST_PLACEMENTS = 20_000  # one for each team at its limit; about 6 KiB each when all are in use
_LONGEST_KEY = 1024  # Airflow's dag ids have at most 250 characters, an author's annotation any
_MOST_OWNED = 4096  # the dags of a large cluster by who launches them; about 300 bytes each
_ORDER = {rule: position for position, rule in enumerate(RULES)}


class _Owned(Struct, frozen=True):
    """What a request's namespace, workload, dag, user and team label lead to."""

    whose: Whose
    mode: str
    placement: Placement


class Engine:
    """Decides by one policy set. Keeps what it has worked out: it depends on policy alone.

    Whose a pod is, its mode and its placement follow from five facts, unless the pod has a label
    that some profile matches; and Airflow's pods repeat. A dictionary probe then stands for them.
    """

    __slots__ = ("_owned", "_placements", "policies", "revision")

    def __init__(self, policies: PolicySet) -> None:
        self.policies = policies
        self.revision = policies.revision
        self._owned: dict[tuple[str | None, ...], _Owned] = {}
        self._placements: dict[tuple[str | None, tuple[str, ...]], Placement] = {}

    def place(self, request: AdmissionRequest, workload: Workload) -> Subject:
        """Whose pod it is, and what its policy adds to it."""
        policies, pod = self.policies, request.pod
        facts = facts_of(request, workload)
        labels = facts.labels
        owned = self._owner(facts)
        owner, compiled = owned.whose, owned.placement
        facts.team = owner.team.name if owner.team is not None else None
        defaults = policies.spec.cluster_defaults
        draft = Draft(pod, workload, defaults, labels.copy(), pod.spec.node_selector or NOTHING)
        if owner.label is None and compiled.team_label is not None:
            add_label(draft, compiled.team_label)
        for step in compiled.steps:
            step.merge(draft)
        if owned.mode != "audit":
            _annotate(draft, compiled)
        return Subject(
            policies, request, workload, owner, facts, owned.mode, compiled, draft, labels, ()
        )

    def judge(
        self, subject: Subject, today: date, *, patched: bool
    ) -> tuple[list[Violation], list[str]]:
        """The violations of the pod, or of the patched pod, and warnings about exemptions."""
        if patched:
            subject.labels = subject.draft.labels
        subject.facts.labels = subject.draft.labels
        subject.requirements = self.policies.requirements(subject.facts)
        return self._waived(subject, _broken(subject, patched), today)

    def missing(self, subject: Subject, today: date) -> tuple[list[Violation], list[str]]:
        """What the policy adds and the pod lacks, when the mutating call failed open."""
        found: list[Found] = [(None, violation) for violation in not_applied(subject)]
        return self._waived(subject, found, today)

    def judge_update(
        self, request: AdmissionRequest, workload: Workload, today: date
    ) -> tuple[Subject, list[Violation], list[str]]:
        """The violations that an UPDATE brings. The patch of the subject is not to be used."""
        subject = self.place(request, workload)
        subject.requirements = self.policies.requirements(subject.facts)
        old = request.old_pod
        found = list(changed(subject, old)) if old is not None else []
        violations, warnings = self._waived(subject, found, today)
        return subject, violations, warnings

    def decide(
        self, request: AdmissionRequest, workload: Workload, today: date, *, patched: bool
    ) -> Decision:
        """The patch for a pod, and its violations as it stands or (`patched`) as that leaves it."""
        subject = self.place(request, workload)
        violations, warnings = self.judge(subject, today, patched=patched)
        return decision(subject, violations, warnings)

    def review(self, request: AdmissionRequest, workload: Workload | None, today: date) -> Decision:
        """What a person asks: the patch, and what is broken after it; an UPDATE gets no patch."""
        if workload is None:
            return Decision(revision=self.revision)
        if request.operation == "UPDATE":
            judged = decision(*self.judge_update(request, workload, today))
            return structs.replace(judged, operations=())
        return self.decide(request, workload, today, patched=True)

    def _owner(self, facts: Facts) -> _Owned:
        labels = facts.labels
        if not self.policies.profile_labels.isdisjoint(labels):
            return self._work_out(facts)
        label = labels.get(self.policies.spec.labels.team)
        key = (facts.namespace, facts.workload, facts.dag, facts.user, label)
        owned = self._owned.get(key)
        if owned is None:
            owned = self._work_out(facts)
            if sum(len(part) for part in key if part is not None) <= _LONGEST_KEY:
                self._keep(key, owned)
        return owned

    def _keep(self, key: tuple[str | None, ...], owned: _Owned) -> None:
        if len(self._owned) >= _MOST_OWNED:
            self._owned.clear()
        self._owned[key] = owned

    def _work_out(self, facts: Facts) -> _Owned:
        owner = whose(self.policies, facts)
        facts.team = owner.team.name if owner.team is not None else None
        profiles = self._profiles(owner, facts)
        return _Owned(owner, self.policies.mode(facts), self._placement(owner.team, profiles))

    def _profiles(self, owner: Whose, facts: Facts) -> tuple[Profile, ...]:
        """Matched once, against the pod's labels together with those that its team adds."""
        own, team = facts.labels, owner.team
        if team is not None:
            added = labels_added_by(team, facts.workload)
            facts.labels = {**added, self.policies.spec.labels.team: team.name, **own}
        profiles = self.policies.profiles(facts)
        facts.labels = own
        return profiles

    def _placement(self, team: Team | None, profiles: tuple[Profile, ...]) -> Placement:
        key = (
            team.name if team else None,
            tuple([profile.name for profile in profiles]) if profiles else (),
        )
        found = self._placements.get(key)
        if found is None:
            found = placement(self.policies, team, profiles)
            if len(self._placements) < _MOST_PLACEMENTS:
                self._placements[key] = found
        return found

    def _waived(
        self, subject: Subject, found: list[Found], today: date
    ) -> tuple[list[Violation], list[str]]:
        if not found:
            return [], []
        found.sort(key=_place)
        return waive(found, self.policies.exemptions(subject.facts), today)


def decision(subject: Subject, violations: list[Violation], warnings: list[str]) -> Decision:
    team = subject.team
    return Decision(
        workload=subject.workload,
        team=team.name if team else None,
        mode=subject.mode,
        revision=subject.policies.revision,
        operations=tuple(subject.draft.operations),
        violations=tuple(violations),
        warnings=(*subject.draft.warnings, *warnings),
        contact=team.contact if team else None,
    )


def _broken(subject: Subject, patched: bool) -> list[Found]:
    """Every violation, each requirement's with its label. A rule without cause is not asked."""
    draft = subject.draft
    others = reserved(subject, patched)
    if subject.whose.outside:
        others += membership(subject)
    if draft.conflicts or draft.differing_labels:
        others += conflict(subject)
    if draft.missing and not patched:
        others += not_applied(subject)
    broken: list[Found] = requirement(subject)
    if others:
        broken += [(None, violation) for violation in others]
    return broken


def _place(found: Found) -> tuple[int, str]:
    """In the order of the rules' table, then by path."""
    violation = found[1]
    return _ORDER[violation.rule], violation.path or ""


def _annotate(draft: Draft, compiled: Placement) -> None:
    """`taxiway/applied`: by which set the pod was decided. Its absence is no violation."""
    annotations = draft.pod.metadata.annotations
    part = compiled.applied
    there = (annotations or NOTHING).get(APPLIED)
    if there == part.value:
        return
    draft.ensure("/metadata/annotations", annotations, {})
    draft.operations.append(part.operation if there is None else replace(part.path, part.value))
