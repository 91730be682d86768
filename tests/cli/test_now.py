"""The day that exemptions are judged by."""

from datetime import UTC, date, datetime

import pytest

from webhook.cli.now import today


@pytest.mark.parametrize(
    ("now", "day"),
    [
        ("2026-12-31", date(2026, 12, 31)),
        ("2026-12-31T23:59:59", date(2026, 12, 31)),
        ("2026-12-31T23:59:59Z", date(2026, 12, 31)),
        ("2026-12-31T23:59:59-01:00", date(2027, 1, 1)),
    ],
    ids=["a date", "a time without an offset is UTC", "a time in UTC", "a time elsewhere"],
)
def test_now(now: str, day: date) -> None:
    assert today(now) == day


def test_without_a_date_it_is_today() -> None:
    before = datetime.now(UTC).date()
    assert before <= today(None) <= datetime.now(UTC).date()


def test_what_is_no_date_is_refused() -> None:
    with pytest.raises(ValueError) as refused:
        today("soon")
    assert (
        str(refused.value)
        == "`soon` is no date; write one such as 2026-12-31 or 2026-12-31T23:59:59Z"
    )
