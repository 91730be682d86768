"""Why a pod is decided as it is: all that `Engine.review` goes by, in the order in which it does.

Nothing is decided here. The engine places and judges the pod as ever, and what it went by is
read from what it leaves: the placement, the draft, the requirements and the exemptions.
"""

from collections.abc import Sequence
from datetime import date

from msgspec import Struct, structs

from webhook.airflow.signs import signs
from webhook.airflow.workload import Workload, recognise
from webhook.engine.broken import broken, place_of
from webhook.engine.decision import Decision, Violation
from webhook.engine.engine import Engine, decision
from webhook.engine.exemptions import Found, ended, waiver_of
from webhook.engine.lines import Line, lines
from webhook.engine.ownership import Ownership, ownership
from webhook.engine.rules.requirement import judged, wanted
from webhook.engine.rules.subject import Subject
from webhook.engine.update import changed
from webhook.kube.pod import Pod
from webhook.kube.review import AdmissionRequest
from webhook.policy.spec import Exemption, Requirement, Stage


class Exempted(Struct, frozen=True):
    """A violation, and an exemption that names it."""

    violation: Violation
    exemption: Exemption


class Required(Struct, frozen=True):
    """One requirement for this pod. `violation`: what it breaks, be it waived or not."""

    requirement: Requirement
    wanted: str  # what the label must be, in words
    value: str | None  # the label's, once the pod is patched
    violation: Violation | None


class Explanation(Struct, frozen=True, kw_only=True):
    """`mode` is the pod's: the softest of the policy's own and of `stages`."""

    signs: tuple[str, ...]
    ownership: Ownership
    policy_mode: str
    stages: tuple[Stage, ...]
    blocks: tuple[str, ...]  # whose `apply` it gets: `team payments`, `profile spot`
    lines: tuple[Line, ...]
    requirements: tuple[Required, ...]
    waived: tuple[Exempted, ...]
    lapsed: tuple[Exempted, ...]  # the exemption has ended, so they count
    decision: Decision


def explain(
    engine: Engine, request: AdmissionRequest, workload: Workload, today: date
) -> Explanation:
    """Of a pod that is governed. Of an UPDATE, which gets no patch, there are no lines."""
    policies = engine.policies
    if request.operation == "UPDATE":
        subject, violations, warnings = engine.judge_update(request, workload, today)
        found = list(changed(subject, request.old_pod)) if request.old_pod is not None else []
        decided = structs.replace(decision(subject, violations, warnings), operations=())
        placed: tuple[Line, ...] = ()
        required: tuple[Required, ...] = ()
    else:
        subject = engine.place(request, workload)
        violations, warnings = engine.judge(subject, today, patched=True)
        found = broken(subject, patched=True)
        decided = decision(subject, violations, warnings)
        placed, required = lines(subject), _required(subject)
    found.sort(key=place_of)
    exemptions = policies.exemptions(subject.facts)
    return Explanation(
        signs=signs(_recognised(request), workload),
        ownership=ownership(policies, subject.whose, subject.facts),
        policy_mode=policies.spec.mode,
        stages=policies.common.stages(subject.facts),
        blocks=tuple(block.source for block in subject.placement.blocks),
        lines=placed,
        requirements=required,
        waived=_waived(found, exemptions, today),
        lapsed=_lapsed(found, exemptions, today),
        decision=decided,
    )


def _recognised(request: AdmissionRequest) -> Pod:
    """A pod that was governed before an update still is: then its old self bears the signs."""
    own = recognise(request.pod, namespace=request.namespace, govern_all=False, own_namespace=None)
    return request.old_pod if own is None and request.old_pod is not None else request.pod


def _required(subject: Subject) -> tuple[Required, ...]:
    return tuple(
        Required(
            each.requirement,
            each.requirement.message or wanted(subject, each),
            subject.labels.get(each.label),
            judged(subject, each),
        )
        for each in subject.requirements
    )


def _waived(
    found: Sequence[Found], exemptions: Sequence[Exemption], today: date
) -> tuple[Exempted, ...]:
    pairs = [(one[1], waiver_of(one, exemptions, today)) for one in found]
    return tuple(Exempted(violation, by) for violation, by in pairs if by is not None)


def _lapsed(
    found: Sequence[Found], exemptions: Sequence[Exemption], today: date
) -> tuple[Exempted, ...]:
    left = [one for one in found if waiver_of(one, exemptions, today) is None]
    pairs = [(one[1], ended(one, exemptions, today)) for one in left]
    return tuple(Exempted(violation, by) for violation, by in pairs if by is not None)
