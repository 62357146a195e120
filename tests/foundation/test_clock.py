"""Local time of Morocco, whatever zone data the machine has (promises A70)."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from fairapp.foundation.clock import from_local, local_date, to_local, utc_now, zone_data_is_right


@pytest.mark.parametrize(
    "instant,hours",
    [
        (datetime(2026, 8, 1, 12, tzinfo=UTC), 1),
        (datetime(2026, 12, 1, 12, tzinfo=UTC), 0),
        (datetime(2027, 5, 28, 12, tzinfo=UTC), 0),
    ],
    ids=["summer before the change", "winter after it", "a fair of 2027"],
)
def test_offset_of_morocco(instant: datetime, hours: int) -> None:
    assert to_local(instant).utcoffset() == timedelta(hours=hours)


def test_zone_data_knows_the_change_of_2026() -> None:
    assert zone_data_is_right()


def test_local_day_begins_at_local_midnight() -> None:
    assert local_date(datetime(2026, 7, 31, 23, 30, tzinfo=UTC)) == date(2026, 8, 1)
    assert from_local(date(2026, 8, 1), time(0, 30)) == datetime(2026, 7, 31, 23, 30, tzinfo=UTC)


def test_now_is_aware() -> None:
    assert utc_now().tzinfo is UTC
