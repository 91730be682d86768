"""All that is broken in one pod, by every rule, in the order of the rules' table."""

from webhook.engine.exemptions import Found
from webhook.engine.rules.conflict import conflict
from webhook.engine.rules.membership import membership
from webhook.engine.rules.not_applied import not_applied
from webhook.engine.rules.requirement import requirement
from webhook.engine.rules.reserved import reserved
from webhook.engine.rules.subject import Subject
from webhook.names import RULES

_ORDER = {rule: position for position, rule in enumerate(RULES)}


def broken(subject: Subject, patched: bool) -> list[Found]:
    """Every violation, each requirement's with its label. A rule without cause is not asked."""
    draft = subject.draft
    others = reserved(subject, patched)
    if subject.whose.outside:
        others += membership(subject)
    if draft.conflicts or draft.differing_labels:
        others += conflict(subject)
    if draft.missing and not patched:
        others += not_applied(subject)
    found: list[Found] = requirement(subject)
    if others:
        found += [(None, violation) for violation in others]
    return found


def place_of(found: Found) -> tuple[int, str]:
    """In the order of the rules' table, then by path."""
    violation = found[1]
    return _ORDER[violation.rule], violation.path or ""
