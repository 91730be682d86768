"""The engine: one policy set's word on one pod. `/mutate`, `/validate` and `review` ask the same.

`place` works out whose pod it is and what its policy adds; `judge` what is broken, of the pod as
it stands or as the patch would leave it. Both are functions of their arguments.
"""

from datetime import date

from msgspec import Struct, structs

from webhook.airflow.workload import Workload
from webhook.engine.broken import broken, place_of
from webhook.engine.decision import Decision, Violation
from webhook.engine.draft import NOTHING, Draft
from webhook.engine.exemptions import Found, waive
from webhook.engine.memory import Placed, Shape, placed
from webhook.engine.merge.maps import add_label
from webhook.engine.operation import replace
from webhook.engine.owners import MOST_PLACEMENTS, Owned, Owners
from webhook.engine.placement import Placement
from webhook.engine.rules.not_applied import not_applied
from webhook.engine.rules.subject import Subject
from webhook.engine.update import changed
from webhook.engine.whose import facts_of
from webhook.kube.review import AdmissionRequest
from webhook.names import APPLIED
from webhook.policy.compile import PolicySet

_LARGEST_SHAPE = 8192  # bytes of the review: see `owners` for the arithmetic


class Asked(Struct, frozen=True, gc=False):
    """One request, and what is known of it without a look at the rules."""

    request: AdmissionRequest
    workload: Workload
    owned: Owned
    shape: Shape


class Engine:
    """Decides by one policy set. Keeps what it has worked out: see `owners` and `memory`.

    Placements that are kept: as many as there can be teams, or fewer, and then some are made anew.
    """

    __slots__ = ("_owners", "policies", "revision")

    def __init__(self, policies: PolicySet, most_placements: int = MOST_PLACEMENTS) -> None:
        self.policies = policies
        self.revision = policies.revision
        self._owners = Owners(policies, most_placements)

    def asked(self, request: AdmissionRequest, workload: Workload) -> Asked:
        """A request as `placed`, `sound` and `judged` take it."""
        owned = self._owners.find(request, workload)
        return Asked(request, workload, owned, owned.memory.shape(request.pod))

    def placed(self, asked: Asked) -> Placed:
        """What the pod's policy adds to it: as `place`, kept by the pod's shape."""
        memory = asked.owned.memory
        found = memory.placed(asked.shape)
        if found is None:
            found = placed(self._place(asked.request, asked.workload, asked.owned))
            if asked.request.size <= _LARGEST_SHAPE:
                self._owners.count(memory.keep_placed(asked.shape, found))
        return found

    def sound(self, asked: Asked) -> Placed | None:
        """What such a pod was given that was judged before as it stood, and broke nothing."""
        return asked.owned.memory.sound(asked.shape)

    def judged(
        self, asked: Asked, today: date, *, annotated: bool
    ) -> tuple[Subject, list[Violation], list[str]]:
        """A pod that is not known to be sound: as `place` and `judge`, and remembers if it is.

        Judged as it stands only if it is `annotated`: if the mutating call was made. In audit it
        is never.
        """
        subject = self._place(asked.request, asked.workload, asked.owned)
        patched = subject.mode == "audit" or not annotated
        violations, warnings = self.judge(subject, today, patched=patched)
        if subject.is_sound and asked.request.size <= _LARGEST_SHAPE:
            self._owners.count(asked.owned.memory.keep_sound(asked.shape, placed(subject)))
        return subject, violations, warnings

    def place(self, request: AdmissionRequest, workload: Workload) -> Subject:
        """Whose pod it is, and what its policy adds to it."""
        return self._place(request, workload, self._owners.find(request, workload))

    def _place(self, request: AdmissionRequest, workload: Workload, owned: Owned) -> Subject:
        facts = facts_of(request, workload)
        policies, pod, labels = self.policies, request.pod, facts.labels
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
        found = broken(subject, patched)
        subject.is_sound = not found and not patched
        return self._waived(subject, found, today)

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

    def _waived(
        self, subject: Subject, found: list[Found], today: date
    ) -> tuple[list[Violation], list[str]]:
        if not found:
            return [], []
        found.sort(key=place_of)
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


def _annotate(draft: Draft, compiled: Placement) -> None:
    """`taxiway/applied`: by which set the pod was decided. Its absence is no violation."""
    annotations = draft.pod.metadata.annotations
    part = compiled.applied
    there = (annotations or NOTHING).get(APPLIED)
    if there == part.value:
        return
    draft.ensure("/metadata/annotations", annotations, {})
    draft.operations.append(part.operation if there is None else replace(part.path, part.value))
