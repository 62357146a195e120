"""Kinds, levels and states of events and stops, and what follows from their dates."""

import enum
import itertools
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from fairapp.events.errors import (
    FairHasOneStop,
    NoStop,
    SlugUnreadable,
    StopCodeTaken,
    StopEndsBeforeStart,
    StopTooLong,
    TitleMissing,
    UnknownProvince,
    UnknownRegion,
    WindowIncomplete,
    WindowReversed,
)
from fairapp.foundation.clock import local_date, to_local
from fairapp.foundation.text import fold

LONGEST_STOP_DAYS = 60
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LONGEST_SLUG = 60


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


class CriterionSource(enum.StrEnum):
    """Where the points of a criterion come from: the committee, or a fact of the file."""

    COMMITTEE = "committee"
    WOMEN_LED = "women_led"
    YOUTH = "youth"
    FIRST_TIME = "first_time"
    RURAL = "rural"
    COMPLETE = "complete"


class QuestionKind(enum.StrEnum):
    """What a question of a call is answered with."""

    TEXT = "text"
    CHOICE = "choice"
    NUMBER = "number"
    FILE = "file"


class QuestionPhase(enum.StrEnum):
    """When a question is asked: of everybody, or of the accepted alone."""

    REGISTRATION = "registration"
    DETAILS = "details"


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


@dataclass(frozen=True, slots=True)
class Texts:
    """One text in the three languages; English may be left to the French."""

    ar: str
    fr: str
    en: str = ""


@dataclass(frozen=True, slots=True)
class StopPlan:
    """What an organizer says of a stop. Without a code it gets the next of S1, S2 …"""

    place_ar: str
    place_fr: str
    province_code: str
    starts_on: date
    ends_on: date
    code: str | None = None
    venue_ar: str | None = None
    venue_fr: str | None = None
    opens_at: time | None = None
    closes_at: time | None = None
    visitors: int | None = None
    edition_code: str | None = None


@dataclass(frozen=True, slots=True)
class EventDetails:
    """What an organizer says of an event, its stops apart. Dates are local days, both included."""

    kind: EventKind
    level: EventLevel
    titles: Texts
    region_code: str
    registration_opens_on: date | None = None
    registration_closes_on: date | None = None
    answer_by_on: date | None = None
    slogans: Texts | None = None
    eligibility: Texts | None = None
    edition: int | None = None
    series_code: str | None = None
    organizer_ar: str | None = None
    organizer_fr: str | None = None
    organizer_phone: str | None = None
    organizer_email: str | None = None
    most_representatives: int = 2
    stands_per_stop: int = 1


def check_details(details: EventDetails, *, regions: Collection[str]) -> None:
    """Refuse details that contradict themselves or name no region.

    Raises: TitleMissing, UnknownRegion, WindowIncomplete, WindowReversed.
    """
    if not details.titles.ar or not details.titles.fr:
        raise TitleMissing()
    if details.region_code not in regions:
        raise UnknownRegion(code=details.region_code)
    opens, closes = details.registration_opens_on, details.registration_closes_on
    if (opens is None) != (closes is None):
        raise WindowIncomplete()
    if opens is not None and closes is not None and closes < opens:
        raise WindowReversed()


def check_stop(stop: StopPlan, *, code: str, provinces: Collection[str]) -> None:
    """Refuse a stop whose days are impossible or whose province does not exist.

    Raises: UnknownProvince, StopEndsBeforeStart, StopTooLong.
    """
    if stop.province_code not in provinces:
        raise UnknownProvince(code=stop.province_code)
    if stop.ends_on < stop.starts_on:
        raise StopEndsBeforeStart(code=code)
    if (stop.ends_on - stop.starts_on).days >= LONGEST_STOP_DAYS:
        raise StopTooLong(code=code, days=LONGEST_STOP_DAYS)


def check_stop_count(kind: EventKind, count: int) -> None:
    """Refuse an event without a stop, and a fair with several.

    Raises: NoStop, FairHasOneStop.
    """
    if count == 0:
        raise NoStop()
    if kind is EventKind.FAIR and count > 1:
        raise FairHasOneStop()


def codes_for(wanted: Iterable[str | None], taken: Collection[str] = ()) -> list[str]:
    """Return a code for each stop: its own, else the next free of S1, S2 …

    Raises: StopCodeTaken.
    """
    given = list(wanted)
    used = {code.casefold() for code in taken}
    for position, code in enumerate(given):
        if code and code.casefold() in used:
            refusal = StopCodeTaken(code=code)
            refusal.field = f"stops.{position}.code"  # which of several it is
            raise refusal
        used.add((code or "").casefold())
    numbers = (f"S{number}" for number in itertools.count(1))
    return [code or next(free for free in numbers if free.casefold() not in used) for code in given]


def check_slug(slug: str) -> None:
    """Refuse an address that is not small Latin letters, digits and single dashes.

    Raises: SlugUnreadable.
    """
    if not _SLUG.fullmatch(slug) or len(slug) > _LONGEST_SLUG:
        raise SlugUnreadable()


def slug_from(titles: Texts, *, year: int) -> str:
    """Return an address made from the Latin title and the year of the first day."""
    words = [word for word in fold(titles.fr or titles.en).split() if word.isascii()]
    slug = "-".join(words)[: _LONGEST_SLUG - 10].rstrip("-") or "event"
    return slug if str(year) in words else f"{slug}-{year}"
