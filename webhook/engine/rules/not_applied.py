"""`not-applied`: what the policy adds is missing from the final pod.

The mutating call failed open, or a later webhook undid its work. Each missing part is named; the
absence of the annotation `taxiway/applied` alone is none. Nothing here is the author's to mend.
"""

from webhook.engine.decision import Violation
from webhook.engine.draft import Part
from webhook.engine.message import one_line
from webhook.engine.rules.subject import Subject


def not_applied(subject: Subject) -> list[Violation]:
    return [_violation(subject, part) for part in subject.draft.missing]


def _violation(subject: Subject, part: Part) -> Violation:
    message = (
        f"{part.text} of {part.source} is missing from the final pod: it was not added, or "
        f"another webhook took it away; run the task again, then ask who runs the cluster"
    )
    return Violation("not-applied", one_line(message), part.path, subject.mode)
