"""Kinds, levels and states of events and stops, and what follows from their dates."""

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from fairapp.foundation.clock import local_date, to_local


class EventKind(enum.StrEnum):
    """A fair has one stop, a mobile market several."""

    FAIR = "fair"
    MOBILE_MARKET = "mobile_market"


class EventLevel(enum.StrEnum):
    """Reach of an event."""

    NATIONAL = "national"
    REGIONAL = "regional"
    PROVINCIAL = "provincial"
    LOCAL = "local"


class EventStatus(enum.StrEnum):
    """What the dates make of an event (contracts 3)."""

    DRAFT = "draft"
    ANNOUNCED = "announced"
    REGISTRATION_OPEN = "registration_open"
    REGISTRATION_CLOSED = "registration_closed"
    RUNNING = "running"
    ENDED = "ended"


class StopStatus(enum.StrEnum):
    """What the dates make of a stop (contracts 4)."""

    ANNOUNCED = "announced"
    RUNNING = "running"
    ENDED = "ended"
    CANCELLED = "cancelled"


class QuotaKind(enum.StrEnum):
    """Group for which places are kept."""

    WOMEN_LED = "women_led"
    YOUTH = "youth"
    FIRST_TIME = "first_time"
    RURAL = "rural"
    PROVINCE = "province"
    SECTOR = "sector"


@dataclass(frozen=True, slots=True)
class StopDates:
    """Dates of one stop, both days included, local."""

    starts_on: date
    ends_on: date
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class EventDates:
    """What the status of an event follows from. `closed_now` overrides the window."""

    published: bool
    registration_opens_on: date | None
    registration_closes_on: date | None
    closed_now: bool
    stops: tuple[StopDates, ...]


def stop_status(stop: StopDates, today: date) -> StopStatus:
    """Return the state of a stop on a local day."""
    if stop.cancelled:
        return StopStatus.CANCELLED
    if today < stop.starts_on:
        return StopStatus.ANNOUNCED
    return StopStatus.RUNNING if today <= stop.ends_on else StopStatus.ENDED


def takes_registrations(event: EventDates, today: date) -> bool:
    """Tell whether a registration is taken today: published, in the window, not closed by hand.

    Also while the event runs (contracts 4); never after its last day.
    """
    if not event.published or event.closed_now:
        return False
    if event.registration_opens_on is None or event.registration_closes_on is None:
        return False
    lasting = [stop for stop in event.stops if not stop.cancelled]
    if lasting and all(today > stop.ends_on for stop in lasting):
        return False
    return event.registration_opens_on <= today <= event.registration_closes_on


def event_status(event: EventDates, today: date) -> EventStatus:
    """Return the displayed status of an event; it prefers `running` (contracts 4)."""
    if not event.published:
        return EventStatus.DRAFT
    states = {stop_status(stop, today) for stop in event.stops} - {StopStatus.CANCELLED}
    if StopStatus.RUNNING in states:
        return EventStatus.RUNNING
    if states == {StopStatus.ENDED}:
        return EventStatus.ENDED
    if takes_registrations(event, today):
        return EventStatus.REGISTRATION_OPEN
    opens = event.registration_opens_on
    if event.closed_now or (opens is not None and today >= opens):
        return EventStatus.REGISTRATION_CLOSED
    return EventStatus.ANNOUNCED


def trading_day(sold_at: datetime, *, closes_at: time | None, opens_at: time | None) -> date:
    """Return the trading day of a sale: its local date, or the day before when it was made

    after midnight and before `closes_at` of a stop that closes after midnight (contracts 4).
    """
    day = local_date(sold_at)
    closes_after_midnight = closes_at is not None and opens_at is not None and closes_at < opens_at
    if closes_after_midnight and closes_at is not None and to_local(sold_at).time() < closes_at:
        return day - timedelta(days=1)
    return day


def days_of(stop: StopDates) -> Iterable[date]:
    """Yield the days of a stop, both ends included."""
    for offset in range((stop.ends_on - stop.starts_on).days + 1):
        yield stop.starts_on + timedelta(days=offset)


def begun_days(stop: StopDates, today: date) -> int:
    """Return how many days of a stop have begun by a local day; none of a cancelled stop."""
    if stop.cancelled or today < stop.starts_on:
        return 0
    return (min(today, stop.ends_on) - stop.starts_on).days + 1
