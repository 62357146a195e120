"""Calendar files of events (promises A72): for the event's page and the confirmation mail."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from flask import current_app
from flask_babel import force_locale, gettext
from icalendar import Calendar
from icalendar import Event as Entry
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fairapp.audit.models import AuditEntry
from fairapp.events.domain import days_of
from fairapp.events.models import Event, Stop
from fairapp.events.queries import stop_dates_of
from fairapp.foundation.clock import from_local
from fairapp.web.filters import localized, weekday_range
from fairapp.web.formats import show_clock
from fairapp.web.i18n import LOCALES

MEDIA_TYPE = "text/calendar"
_COMMA = {"ar": "، ", "fr": ", ", "en": ", "}


def calendar_of(event: Event, language: str, now: datetime, revision: int = 0) -> bytes:
    """Return the days of an event as an iCalendar file, one entry a stop, repeated each day.

    Times are in UTC, so that phones with old zone data show the right hour; the wall-clock time
    stands in the description. A stop without hours is an entry of whole days. The UID of an
    entry never changes, `revision` grows with every change, a cancelled stop is told as such.
    """
    with force_locale(LOCALES[language]):
        calendar = Calendar()
        calendar.add("prodid", "-//fairapp//fairapp//EN")
        calendar.add("version", "2.0")
        calendar.add("method", "PUBLISH")
        calendar.add("x-wr-calname", localized(event, "title"))
        for stop in event.stops:
            calendar.add_component(_entry(event, stop, language, now, revision))
        return bytes(calendar.to_ical())


def revision_of(session: Session, *, event: Event) -> int:
    """Return how often an event was changed so far; it never falls."""
    query = select(func.count(AuditEntry.id)).where(
        AuditEntry.subject_type == "event", AuditEntry.subject_id == str(event.id)
    )
    return session.scalar(query) or 0


def _entry(event: Event, stop: Stop, language: str, now: datetime, revision: int) -> Entry:
    entry = Entry()
    entry.add("uid", f"{event.slug}.{stop.code}@fairapp")
    entry.add("dtstamp", now.astimezone(UTC))
    entry.add("sequence", revision)
    entry.add("status", "CANCELLED" if stop.cancelled_at else "CONFIRMED")
    title, place = localized(event, "title"), localized(stop, "place")
    entry.add("summary", title if len(event.stops) == 1 else f"{title} · {place}")
    entry.add("location", _COMMA[language].join(filter(None, (localized(stop, "venue"), place))))
    url = f"{current_app.extensions['settings'].public_url.rstrip('/')}/{language}/events/{event.slug}"
    entry.add("url", url)
    entry.add("description", f"{_wall_time(stop)}\n{url}")
    for name, value in _times(stop):
        entry.add(name, value)
    return entry


def _wall_time(stop: Stop) -> str:
    days = weekday_range(stop.starts_on, stop.ends_on)
    if stop.opens_at is None or stop.closes_at is None:
        return days
    return str(
        gettext(
            "%(days)s, from %(opens)s to %(closes)s, Moroccan time",
            days=days,
            opens=show_clock(stop.opens_at),
            closes=show_clock(stop.closes_at),
        )
    )


def _times(stop: Stop) -> list[tuple[str, Any]]:
    opens, closes = stop.opens_at, stop.closes_at
    if opens is None or closes is None:
        return [("dtstart", stop.starts_on), ("dtend", stop.ends_on + timedelta(days=1))]
    starts = [from_local(day, opens) for day in days_of(stop_dates_of(stop))]
    last_day = stop.starts_on + timedelta(days=1 if _is_after_midnight(opens, closes) else 0)
    times: list[tuple[str, Any]] = [("dtstart", starts[0]), ("dtend", from_local(last_day, closes))]
    if len(starts) == 1:
        return times
    if all(start - starts[0] == timedelta(days=number) for number, start in enumerate(starts)):
        return [*times, ("rrule", {"freq": "daily", "count": len(starts)})]
    # The clock changed in between: each opening is told by itself.
    return [*times, ("rdate", starts[1:])]


def _is_after_midnight(opens: time, closes: time) -> bool:
    return closes <= opens
