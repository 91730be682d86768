"""The four endpoints for pods: one request in, one answer out. Start reading here.

| request                                          | answer                                       |
|--------------------------------------------------|----------------------------------------------|
| not an AdmissionReview, not a Pod                | 400                                          |
| not a governed pod, operation or kind not ours   | allowed, untouched                           |
| no policy loaded                                 | 503                                          |
| `/mutate`                                        | never denied: the patch, if anything differs |
| `/validate`                                      | all violations at once, or allowed           |

One pod, one policy set: on CREATE both endpoints decide by the set that `taxiway/applied` names,
without it by the current one. A set that is not here is replaced by the current one, and then
what would hurt the pod (a denial, or a patch that contradicts what is there) becomes a 503.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Protocol

from msgspec import Struct

from webhook.admission import governors, outcomes, policy_review
from webhook.admission.answer import Answer, allowed, denied, failed, ignored, repeated
from webhook.admission.governors import Governors
from webhook.admission.guard import unguarded
from webhook.admission.record import Record
from webhook.admission.review import BadRequest, PodRequest, admission_request, decode_review
from webhook.airflow.workload import Workload, recognise
from webhook.engine import Engine, Operation, Violation
from webhook.engine.memory import Placed, placed
from webhook.engine.message import denial
from webhook.engine.rules.subject import Subject
from webhook.kube.pod import Labels
from webhook.kube.review import AdmissionRequest
from webhook.names import APPLIED


class PolicySets(Protocol):
    """The sets a replica has: the current one, and those of the last minute by revision."""

    @property
    def current(self) -> Engine | None: ...

    def find(self, revision: str) -> Engine | None: ...


class Settings(Struct, frozen=True):
    own_namespace: str | None = None  # never touched
    governors: Governors = Governors()  # who may say that all of a namespace is governed
    guard_labels: tuple[str, ...] | None = None  # what UPDATEs are sent for; None: not told


class Endpoint(Struct, frozen=True):
    name: str
    mutates: bool
    govern_all: bool  # the API server sends it the pods of governed namespaces


ENDPOINTS: Mapping[str, Endpoint] = {
    "/mutate": Endpoint("mutate", True, False),
    "/validate": Endpoint("validate", False, False),
    "/mutate/all": Endpoint("mutate-all", True, True),
    "/validate/all": Endpoint("validate-all", False, True),
}
# Asked about namespaces, by a function of its own: `governors.answer_namespace`.
GOVERNING = Endpoint(governors.NAME, False, False)
# Asked about policies: `policy_review`. Another process judges them.
POLICIES = Endpoint(policy_review.NAME, False, False)
PATHS: Mapping[str, Endpoint] = {
    **ENDPOINTS,
    "/validate-namespace": GOVERNING,
    "/validate-policy": POLICIES,
}


def answer(
    endpoint: Endpoint, body: bytes, sets: PolicySets, today: date, settings: Settings
) -> Answer:
    """The answer to one request's body. Bad input is answered; only a bug of ours raises."""
    try:
        request = decode_review(body)
        if not isinstance(request, PodRequest) or not request.is_ours():
            return ignored(endpoint.name, request.uid)
        return _answer(endpoint, admission_request(request, len(body)), sets, today, settings)
    except BadRequest as error:
        return outcomes.bad_request(endpoint.name, str(error))
    except RecursionError:
        return outcomes.bad_request(endpoint.name, "the object is nested too deeply; no Pod is")


def _answer(
    endpoint: Endpoint, request: AdmissionRequest, sets: PolicySets, today: date, settings: Settings
) -> Answer:
    namespace, every, own = request.namespace, endpoint.govern_all, settings.own_namespace
    workload = recognise(request.pod, namespace=namespace, govern_all=every, own_namespace=own)
    if workload is None and request.old_pod is not None:
        # A pod is governed if it was before an update: taking the label off hides none.
        old = request.old_pod
        workload = recognise(old, namespace=namespace, govern_all=every, own_namespace=own)
    if workload is None:
        return ignored(endpoint.name, request.uid, request)
    engine = sets.current
    if engine is None:
        return outcomes.not_ready(endpoint.name, request.uid)
    case = _Case(endpoint, request, workload, today)
    if request.operation == "UPDATE":
        return _update(case, engine, settings)
    revision = _applied(request.pod.metadata.annotations)
    if revision is None:
        unknown = False
    else:
        named = sets.find(revision)
        engine, unknown = named or engine, named is None
    if endpoint.mutates:
        return _mutate(case, engine, unknown)
    return _validate(case, engine, revision is not None, unknown)


class _Case(Struct, frozen=True, gc=False):
    """One governed request."""

    endpoint: Endpoint
    request: AdmissionRequest
    workload: Workload
    today: date


def _mutate(case: _Case, engine: Engine, unknown: bool) -> Answer:
    found = engine.placed(engine.asked(case.request, case.workload))
    if found.mode == "audit":
        record = _record(case, found, "audited", operations=found.operations)
        return allowed(case.request.uid, record)
    if unknown and _contradicts(engine, case):
        return outcomes.another_set(_record(case, found, "another-set"))
    decision = "patched" if found.operations else "unchanged"
    record = _record(case, found, decision, warnings=found.warnings)
    return repeated(case.request.uid, record, found)


def _validate(case: _Case, engine: Engine, annotated: bool, unknown: bool) -> Answer:
    asked = engine.asked(case.request, case.workload)
    sound = engine.sound(asked)
    if sound is not None:
        record = _record(case, sound, "allowed", warnings=sound.warnings)
        return repeated(case.request.uid, record, sound)
    subject, violations, warnings = engine.judged(asked, case.today, annotated=annotated)
    denying = [violation for violation in violations if violation.mode == "enforce"]
    if denying:
        if unknown:
            record = _record(case, placed(subject), "another-set", violations)
            return outcomes.another_set(record)
        return _deny(case, subject, denying, violations, warnings)
    if not annotated and subject.mode != "audit":
        missing, ending = engine.missing(subject, case.today)
        violations = [*violations, *missing]
        warnings = [*warnings, *(warning for warning in ending if warning not in warnings)]
        if any(violation.mode == "enforce" for violation in missing):
            return _fail(case, subject, missing, violations, warnings)
    return _admit(case, subject, violations, [*subject.draft.warnings, *warnings])


def _update(case: _Case, engine: Engine, settings: Settings) -> Answer:
    uid = case.request.uid
    if case.endpoint.mutates:
        return allowed(
            uid, Record(case.endpoint.name, "unchanged", uid, case.request, case.workload)
        )
    subject, violations, warnings = engine.judge_update(case.request, case.workload, case.today)
    warnings = [*unguarded(subject.policies.spec.labels, settings.guard_labels), *warnings]
    denying = [violation for violation in violations if violation.mode == "enforce"]
    if denying:
        return _deny(case, subject, denying, violations, warnings)
    return _admit(case, subject, violations, warnings)


def _admit(
    case: _Case, subject: Subject, violations: Sequence[Violation], warnings: Sequence[str]
) -> Answer:
    if subject.mode == "audit":
        made = case.request.operation == "CREATE"
        operations = subject.draft.operations if made else ()
        record = _record(case, placed(subject), "audited", violations, operations=operations)
        return allowed(case.request.uid, record)
    warned = [f"[{v.rule}] {v.message}" for v in violations if v.mode == "warn"]
    told = (*warned, *warnings)
    decision = "warned" if warned else "allowed"
    return allowed(
        case.request.uid, _record(case, placed(subject), decision, violations, told), told
    )


def _deny(
    case: _Case,
    subject: Subject,
    denying: Sequence[Violation],
    violations: Sequence[Violation],
    warnings: Sequence[str],
) -> Answer:
    message = _message(case, subject, denying)
    record = _record(case, placed(subject), "denied", violations, warnings, message)
    return denied(case.request.uid, record, message, warnings)


def _fail(
    case: _Case,
    subject: Subject,
    missing: Sequence[Violation],
    violations: Sequence[Violation],
    warnings: Sequence[str],
) -> Answer:
    message = _message(case, subject, missing)
    record = _record(case, placed(subject), "not-applied", violations, warnings, message)
    return failed(case.request.uid, record, message, warnings)


def _message(case: _Case, subject: Subject, violations: Sequence[Violation]) -> str:
    contact = subject.team.contact if subject.team else None
    name = case.request.pod_name() or "without a name"
    return denial(name, case.workload, violations, contact, subject.policies.spec.docs)


def _contradicts(engine: Engine, case: _Case) -> bool:
    """Whether this set would patch over what another one did, or take it for another team's."""
    subject = engine.place(case.request, case.workload)
    violations, _ = engine.judge(subject, case.today, patched=True)
    return any(violation.rule in ("conflict", "reserved") for violation in violations)


def _applied(annotations: Labels | None) -> str | None:
    """The revision that `taxiway/applied: <team>@<revision>` names; None without the annotation."""
    if annotations is None or APPLIED not in annotations:
        return None
    return annotations[APPLIED].rpartition("@")[2]


def _record(
    case: _Case,
    decided: Placed,
    decision: str,
    violations: Sequence[Violation] = (),
    warnings: Sequence[str] = (),
    message: str | None = None,
    operations: Sequence[Operation] = (),
) -> Record:
    request = case.request
    return Record(
        case.endpoint.name,
        decision,
        request.uid,
        request,
        case.workload,
        decided.team,
        decided.revision,
        decided.mode,
        tuple(violations),
        operations,
        message,
        warnings,
    )
