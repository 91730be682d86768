"""Messages: one line each, because Airflow prints them as escaped JSON inside a task's log.

At most 2,000 characters, printable, and free of two phrases by which Airflow's executor takes a
denial for a passing fault and tries the task again for ever.
Source: kubernetes_executor.py of cncf.kubernetes, the handling of ApiException in `sync`.
"""

import re
from collections.abc import Sequence

from webhook.airflow.workload import Workload
from webhook.engine.decision import Violation

LONGEST = 2000
_LONGEST_VALUE = 128  # an IAM role's ARN has at most 20 + 12 + 64 characters and a path
_REQUEUED = re.compile("(exceeded)(?= quota)|(object)(?= has been modified)", re.IGNORECASE)


def one_line(text: str, longest: int = LONGEST) -> str:
    """The text as Airflow can print it: on one line, cut where it is too long."""
    if not text.isprintable():
        text = "".join(character if character.isprintable() else " " for character in text)
    safe = _REQUEUED.sub(lambda found: f"{found[0]}:", text.strip())
    return safe if len(safe) <= longest else f"{safe[: longest - 1]}…"


def shown(value: object) -> str:
    """A value that an author wrote, as far as a message shows it."""
    return one_line(str(value), _LONGEST_VALUE) or "empty"


def denial(
    pod: str,
    workload: Workload,
    violations: Sequence[Violation],
    contact: str | None,
    docs: str | None,
) -> str:
    """The whole answer to a DAG author: which pod, which rules, how to mend it, whom to ask."""
    count = len(violations)
    head = f"pod {shown(pod)}{_origin(workload)} breaks {count} rule{'s' if count > 1 else ''}: "
    tail = f" Ask {contact}." if contact else ""
    tail += f" See {docs}" if docs else ""
    return one_line(head + _fitting(violations, LONGEST - len(head) - len(tail)) + tail)


def _origin(workload: Workload) -> str:
    """Airflow's own words for where a pod comes from, as far as they are known."""
    told = [("dag", workload.dag), ("task", workload.task)]
    known = ", ".join(f"{noun} {shown(name)}" for noun, name in told if name)
    return f" ({known})" if known else ""


def _fitting(violations: Sequence[Violation], room: int) -> str:
    """As many violations as there is room for; the last words say how many are left out."""
    told = ""
    for count, violation in enumerate(violations):
        longer = f"{told} [{violation.rule}] {_ended(violation.message)}".lstrip()
        left = _more(len(violations) - count - 1)
        if len(longer) + len(left) > room:
            if not told:
                return one_line(longer, room - len(left)) + left
            return told + _more(len(violations) - count)
        told = longer
    return told


def _more(count: int) -> str:
    return f" And {count} more." if count else ""


def _ended(sentence: str) -> str:
    return sentence if sentence.endswith((".", "…")) else f"{sentence}."
