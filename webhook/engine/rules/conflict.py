"""`conflict`: the author and the policy want different things of one field.

The field stays as the author wrote it, all else is still added, and the denial names both
values. A label that a requirement for this pod names is judged by that requirement alone.
"""

from webhook.airflow import advice
from webhook.airflow.words import Field
from webhook.engine.decision import Violation
from webhook.engine.draft import Conflict, Part
from webhook.engine.message import one_line, shown
from webhook.engine.rules.subject import Subject

_FIELDS: dict[str, Field] = {
    "annotations": "annotations",
    "tolerations": "tolerations",
    "nodeSelector": "nodeSelector",
    "affinity": "affinity",
    "topologySpreadConstraints": "topologySpreadConstraints",
    "priorityClassName": "priorityClassName",
    "schedulerName": "schedulerName",
    "runtimeClassName": "runtimeClassName",
    "serviceAccountName": "serviceAccountName",
}


def conflict(subject: Subject) -> list[Violation]:
    draft = subject.draft
    judged = {required.requirement.label for required in subject.requirements}
    return [
        *(_field(subject, conflicting) for conflicting in draft.conflicts),
        *(
            _label(subject, part, there)
            for part, there in draft.differing_labels
            if part.key not in judged and part.on_conflict != "keep"
        ),
    ]


def _field(subject: Subject, conflicting: Conflict) -> Violation:
    field = _FIELDS[conflicting.field]
    mend = (
        f"change {advice.field(subject.workload, field)}"
        if field == "affinity"  # more than one expression may have to go
        else advice.remove(subject.workload, field)
    )
    return _violation(subject, f"{conflicting.problem}: {mend}", conflicting.path)


def _label(subject: Subject, part: Part, there: str) -> Violation:
    mend = advice.change_label(subject.workload, part.key, part.value)
    problem = f"label {part.key} is {shown(there)}, {part.source} wants {part.value}"
    return _violation(subject, f"{problem}: {mend}", part.path)


def _violation(subject: Subject, message: str, path: str) -> Violation:
    return Violation("conflict", one_line(message), path, subject.mode)
