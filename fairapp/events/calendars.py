"""Calendar files of events (promises A72): for the event's page and the confirmation mail."""

from datetime import UTC, datetime, time, timedelta

from flask import current_app
from flask_babel import force_locale, gettext
from icalendar import Calendar, Event as Entry

from fairapp.events.models import Event, Stop
from fairapp.foundation.clock import from_local
from fairapp.web.filters import localized, weekday_range
from fairapp.web.formats import show_clock
from fairapp.web.i18n import LOCALES

MEDIA_TYPE = "text/calendar"
_PRODUCT = "-//fairapp//events//EN"


def calendar_of(event: Event, *, language: str, now: datetime) -> bytes:
    """Return the days of an event as an iCalendar file, one entry a day of each stop.

    Times are UTC, so that phones with old zone data show the right hour; the wall-clock time
    stands in the description. A stop without hours becomes one entry of whole days. The UID of
    an entry never changes; a cancelled stop is told as cancelled.
    """
    with force_locale(LOCALES[language]):
        calendar = Calendar()
        calendar.add("prodid", _PRODUCT)
        calendar.add("version", "2.0")
        calendar.add("method", "PUBLISH")
        calendar.add("name", localized(event, "title"))
        calendar.add("x-wr-calname", localized(event, "title"))
        for stop in event.stops:
            calendar.add_component(_entry(event, stop, now))
        return bytes(calendar.to_ical())
