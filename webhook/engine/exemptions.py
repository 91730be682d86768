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
    for one in found:
        waiver = waiver_of(one, exemptions, today)
        if waiver is None:
            left.append(one[1])
        else:
            used[waiver.name] = waiver
    return left, [_ending(e) for e in used.values() if (e.expires - today).days <= WARN_DAYS]


def waiver_of(found: Found, exemptions: Sequence[Exemption], today: date) -> Exemption | None:
    """The first exemption that waives it today."""
    return next((e for e in exemptions if today <= e.expires and _names(e, found)), None)


def ended(found: Found, exemptions: Sequence[Exemption], today: date) -> Exemption | None:
    """One that has waived it, and does no more."""
    return next((e for e in exemptions if today > e.expires and _names(e, found)), None)


def _names(exemption: Exemption, found: Found) -> bool:
    label, violation = found
    return violation.rule in exemption.waives or (label is not None and label in exemption.waives)


def _ending(exemption: Exemption) -> str:
    return one_line(
        f"exemption {exemption.name} ends on {exemption.expires.isoformat()} "
        f"({exemption.reason}): afterwards {', '.join(exemption.waives)} will be required again; "
        f"mend the pod or ask {exemption.approved_by}"
    )
