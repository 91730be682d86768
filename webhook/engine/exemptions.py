"""Exemptions: a violation is waived until the end of the exemption's date, UTC.

Afterwards the rule holds again; from 14 days before, each use of the exemption warns.
"""

from collections.abc import Sequence
from datetime import date

from webhook.engine.decision import Violation
from webhook.engine.message import one_line
from webhook.policy.spec import Exemption

WARN_DAYS = 14

Found = tuple[str | None, Violation]  # of a requirement its label, else None


def waive(
    found: Sequence[Found], exemptions: Sequence[Exemption], today: date
) -> tuple[list[Violation], list[str]]:
    """What is left of the violations found, and warnings about exemptions that end soon."""
    left: list[Violation] = []
    used: dict[str, Exemption] = {}
    for label, violation in found:
        waiver = next((e for e in exemptions if _waives(e, label, violation.rule, today)), None)
        if waiver is None:
            left.append(violation)
        else:
            used[waiver.name] = waiver
    return left, [_ending(e) for e in used.values() if (e.expires - today).days <= WARN_DAYS]


def _waives(exemption: Exemption, label: str | None, rule: str, today: date) -> bool:
    if today > exemption.expires:
        return False
    return rule in exemption.waives or (label is not None and label in exemption.waives)


def _ending(exemption: Exemption) -> str:
    return one_line(
        f"exemption {exemption.name} ends on {exemption.expires.isoformat()} "
        f"({exemption.reason}): afterwards {', '.join(exemption.waives)} will be required again; "
        f"mend the pod or ask {exemption.approved_by}"
    )
