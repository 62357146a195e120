"""Calendar files: instants equal wall time, whatever zone data the phone has (promises A72)."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from flask import Flask
from icalendar import Calendar
from sqlalchemy.orm import Session

from fairapp.events.calendars import calendar_of, revision_of
from fairapp.events.models import Event
from tests import NOW
from tests.factories.events import make_event, make_market


def entries(app: Flask, event: Event, language: str = "fr", revision: int = 0) -> list[Any]:
    with app.test_request_context("/"):
        content = calendar_of(event, language, NOW, revision)
    calendar = Calendar.from_ical(content)
    assert isinstance(calendar, Calendar)
    return list(calendar.walk("VEVENT"))


def placed(session: Session, first: date, last: date, opens: time | None, closes: time | None) -> Event:
    event = make_event(session, slug="oujda-fair")
    stop = event.stops[0]
    stop.starts_on, stop.ends_on, stop.opens_at, stop.closes_at = first, last, opens, closes
    return event


def test_calendar_of_a_fair_repeats_its_hours_each_day_in_utc(app: Flask, session: Session) -> None:
    event = placed(session, date(2027, 5, 28), date(2027, 6, 3), time(10), time(21))
    (entry,) = entries(app, event)
    assert entry.decoded("dtstart") == datetime(2027, 5, 28, 10, tzinfo=UTC)
    assert entry.decoded("dtend") == datetime(2027, 5, 28, 21, tzinfo=UTC)
    assert entry["rrule"].to_ical() == b"FREQ=DAILY;COUNT=7"
    assert entry["uid"] == "oujda-fair.S1@fairapp"
    assert entry["status"] == "CONFIRMED"


def test_calendar_tells_the_wall_time_in_words(app: Flask, session: Session) -> None:
    event = placed(session, date(2026, 8, 1), date(2026, 8, 2), time(10), time(21))
    (entry,) = entries(app, event)
    assert entry.decoded("dtstart") == datetime(2026, 8, 1, 9, tzinfo=UTC)  # UTC+1 in that summer
    assert str(entry["description"]).startswith(
        "du samedi 1er au dimanche 2 août, de 10:00 à 21:00, heure du Maroc\n"
    )
    assert str(entry["description"]).endswith("/fr/events/oujda-fair")


def test_calendar_over_a_change_of_the_clock_tells_each_opening(app: Flask, session: Session) -> None:
    event = placed(session, date(2026, 9, 19), date(2026, 9, 21), time(10), time(12))
    (entry,) = entries(app, event)
    instants = [entry.decoded("dtstart"), *(day.dt for day in entry["rdate"].dts)]
    assert [instant.astimezone(UTC).hour for instant in instants] in ([9, 10, 10], [9, 9, 10])


def test_calendar_of_a_stop_without_hours_has_whole_days(app: Flask, session: Session) -> None:
    event = placed(session, date(2027, 5, 28), date(2027, 5, 29), None, None)
    (entry,) = entries(app, event)
    assert (entry.decoded("dtstart"), entry.decoded("dtend")) == (date(2027, 5, 28), date(2027, 5, 30))


def test_calendar_of_a_stop_that_closes_after_midnight_ends_the_next_day(
    app: Flask, session: Session
) -> None:
    event = placed(session, date(2027, 2, 20), date(2027, 2, 20), time(20), time(1))
    (entry,) = entries(app, event)
    assert entry.decoded("dtend") - entry.decoded("dtstart") == timedelta(hours=5)
    assert "rrule" not in entry


def test_calendar_of_a_market_has_an_entry_for_each_stop(app: Flask, session: Session) -> None:
    event = make_market(session, stops=3)
    event.stops[1].cancelled_at = NOW
    found = entries(app, event, "ar", 4)
    assert [entry["status"] for entry in found] == ["CONFIRMED", "CANCELLED", "CONFIRMED"]
    assert [int(entry["sequence"]) for entry in found] == [4, 4, 4]
    assert len({entry["uid"] for entry in found}) == 3


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
def test_calendar_speaks_the_language(app: Flask, session: Session, language: str) -> None:
    event = make_event(session)
    (entry,) = entries(app, event, language)
    assert entry["summary"] == getattr(event, f"title_{language}")


def test_revision_of_an_event_without_changes_is_zero(session: Session) -> None:
    assert revision_of(session, event=make_event(session)) == 0
