"""The day by which exemptions are judged, in UTC: today, or the one that `--now` names."""

from datetime import UTC, date, datetime


def today(now: str | None) -> date:
    """`now` is a date, or a date and time (without an offset: UTC). Raises ValueError."""
    if now is None:
        return datetime.now(UTC).date()
    try:
        moment = datetime.fromisoformat(now)
    except ValueError:
        raise ValueError(
            f"`{now}` is no date; write one such as 2026-12-31 or 2026-12-31T23:59:59Z"
        ) from None
    return (moment.astimezone(UTC) if moment.tzinfo else moment).date()
