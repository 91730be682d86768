"""`not-applied`: what the policy adds is missing from the final pod.

The mutating call failed open, or a later webhook undid its work. Each missing part is named; the
absence of the annotation `taxiway/applied` alone is none. Nothing here is the author's to mend.
"""

from collections.abc import Iterator

from webhook.engine.decision import Violation
from webhook.engine.message import one_line
from webhook.engine.rules.subject import Subject


def not_applied(subject: Subject) -> Iterator[Violation]:
    for part in subject.draft.missing:
        message = (
            f"{part.text} of {part.source} is missing from the final pod: it was not added, or "
            f"another webhook took it away; run the task again, then ask who runs the cluster"
        )
        yield Violation("not-applied", one_line(message), part.path, subject.mode)
