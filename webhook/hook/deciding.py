"""The engine's decision about a pod that nobody has sent yet, and what of it is sure.

What only a request tells is not guessed. Who asks (`users`) is unknown here, and so:

| what `users` would decide                     | what the hook does                              |
|-----------------------------------------------|-------------------------------------------------|
| whose an unlabelled pod is: it looks like one | leaves the pod as it is                         |
| of a team with `users` among its members      |                                                 |
| whether a profile or an exemption matches     | adds what is sure, and refuses nothing: what is |
|                                               | broken is a warning                             |
| whether a requirement matches                 | does not ask for it                             |
| whether a label's claim holds                 | takes it as held, as the contract says          |

The webhook, where there is one, knows it and does the rest. Labels of namespaces are unknown too:
a pod that Airflow made is governed without them. What the API server would have filled in
(a LimitRange's resources, the pull secrets of a service account) is absent as the author left it.
"""

from datetime import date
from json import dumps
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from webhook.admission import BadRequest, decode_pod
from webhook.airflow.workload import recognise
from webhook.engine import Engine, Operation, Violation
from webhook.engine.message import denial, one_line
from webhook.engine.rules.subject import Subject
from webhook.engine.whose import untested
from webhook.kube.review import AdmissionRequest
from webhook.policy.compile import PolicySet
from webhook.policy.enumeration import some
from webhook.policy.values import CompiledMatch, Facts

Json = dict[str, Any]
UNREADABLE = BadRequest  # raised where the pod is none that an API server would take


class Outcome(Struct, frozen=True, kw_only=True):
    """What to do with a pod. With a `denial` nothing is done to it."""

    operations: tuple[Operation, ...] = ()
    denial: str | None = None
    warnings: tuple[str, ...] = ()
    unsure: str | None = None  # why it is left as it is


def decide(
    engine: Engine, pod: Json, today: date, *, is_of_job: bool, own_namespace: str | None
) -> Outcome:
    """`pod` as JSON. Raises UNREADABLE."""
    request = _request(pod)
    workload = recognise(
        request.pod, namespace=request.namespace, govern_all=False, own_namespace=own_namespace
    )
    if workload is None:
        return Outcome()
    if is_of_job and workload.kind == "pod-operator":
        workload = replace(workload, kind="job-operator")
    subject = engine.place(request, workload)
    if subject.mode == "audit":
        return Outcome()
    nearly = _teams_by_user(subject)
    if nearly is not None:
        return Outcome(unsure=nearly)
    return _judged(engine, subject, today)


def _request(pod: Json) -> AdmissionRequest:
    """The request that will be made, as far as it is known: not by whom."""
    try:
        text = dumps({"apiVersion": "v1", "kind": "Pod"} | pod)
    except (TypeError, ValueError):
        raise UNREADABLE("it holds what JSON cannot; give text, numbers, lists and maps") from None
    decoded = decode_pod(text.encode())
    namespace = decoded.metadata.namespace or "default"
    return AdmissionRequest("", "CREATE", decoded, namespace, decoded.metadata.name)


def _judged(engine: Engine, subject: Subject, today: date) -> Outcome:
    violations, warnings = engine.judge(subject, today, patched=True)
    denying = [each for each in violations if each.mode == "enforce"]
    is_sure = not _depends_on_user(subject.policies, subject.facts)
    if denying and is_sure:
        return Outcome(denial=_message(subject, denying))
    warned = [f"[{each.rule}] {each.message}" for each in violations if each.mode != "audit"]
    draft = subject.draft
    return Outcome(
        operations=tuple(draft.operations), warnings=(*warned, *draft.warnings, *warnings)
    )


def _message(subject: Subject, denying: list[Violation]) -> str:
    """The webhook's own words."""
    contact = subject.team.contact if subject.team else None
    name = subject.request.pod_name() or "without a name"
    return denial(name, subject.workload, denying, contact, subject.policies.spec.docs)


def _teams_by_user(subject: Subject) -> str | None:
    """Why nobody can say yet whose the pod is; None: it is known, or it is nobody's for sure."""
    if subject.whose.label is not None:
        return None
    policies, facts = subject.policies, subject.facts
    names = [name for name, _ in policies.members.nearly(facts, untested(policies, facts))]
    names = names or _by_user_alone(policies)
    if not names:
        return None
    label = policies.spec.labels.team
    return one_line(
        f"it may be a pod of {some(names)}, and `users` cannot be tested before it is sent: "
        f"it needs the label {label} to be placed here"
    )


def _by_user_alone(policies: PolicySet) -> list[str]:
    """Teams whose `members` are users and nothing else: any pod may be theirs."""
    return [
        team.name
        for team in policies.teams.values()
        if (given := team.members) is not None
        and given.users is not None
        and given.namespaces is None
        and given.dags is None
    ]


def _depends_on_user(policies: PolicySet, facts: Facts) -> bool:
    """Whether a profile or an exemption would match this pod but for who asks."""
    spec = policies.spec
    every = [*(each.match for each in spec.profiles), *(each.match for each in spec.exemptions)]
    asked = [match for match in every if match.users]
    return any(CompiledMatch(replace(match, users=())).holds(facts) for match in asked)


def described(pod: Json) -> str:
    """A pod's name, for a log."""
    metadata = pod.get("metadata") or {}
    name = metadata.get("name") or metadata.get("generateName") or "without a name"
    return one_line(f"pod {name}", 300)
