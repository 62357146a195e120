"""What a queue is narrowed to: read from the parameters of an address, and asked of the database."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import ColumnElement, and_, exists, false, or_, true
from sqlalchemy.orm import aliased

from fairapp.cooperatives.models import Cooperative
from fairapp.foundation.ids import parse_reference
from fairapp.foundation.text import fold
from fairapp.registrations.domain import WAITING, FilingChannel, RegistrationState
from fairapp.registrations.models import Details, Registration, RegistrationSector
from fairapp.registrations.queries.documents import lacks_document

# Name in the address -> states; the first is what the queue opens with.
VIEWS: Mapping[str, tuple[RegistrationState, ...]] = {
    "waiting": WAITING,
    "incomplete": (RegistrationState.INCOMPLETE,),
    "accepted": (RegistrationState.ACCEPTED,),
    "waitlisted": (RegistrationState.WAITLISTED,),
    "refused": (RegistrationState.REFUSED,),
    "withdrawn": (RegistrationState.WITHDRAWN,),
    "all": (),
}
_NAMES = {states: name for name, states in VIEWS.items()}
_LONGEST_TEXT = 100


class Sorting(enum.StrEnum):
    """In which order a queue stands."""

    WAITING = "waiting"
    NEWEST = "newest"
    NAME = "name"
    PROVINCE = "province"
    RANK = "rank"


@dataclass(frozen=True, slots=True)
class QueueFilters:
    """What a queue is narrowed to, and its order. No states: all of them."""

    states: tuple[RegistrationState, ...] = WAITING
    sector: str | None = None
    province: str | None = None
    channel: FilingChannel | None = None
    women_led: bool = False
    first_time: bool = False
    lacks_document: bool = False
    unconfirmed: bool = False
    unanswered: bool = False
    text: str = ""
    sorting: Sorting = Sorting.WAITING


# Parameter of the address -> field, of those that are on or off.
FLAGS: Mapping[str, str] = {
    "women": "women_led",
    "first": "first_time",
    "missing": "lacks_document",
    "unconfirmed": "unconfirmed",
    "details": "unanswered",
}
PARAMETERS = ("state", "sector", "province", "channel", *FLAGS, "q", "sort")


def filters_of(arguments: Mapping[str, str]) -> QueueFilters:
    """Return the filters that the parameters of an address name; what is unknown narrows nothing."""
    channel, sorting = arguments.get("channel", ""), arguments.get("sort", "")
    return QueueFilters(
        states=VIEWS.get(arguments.get("state", ""), WAITING),
        sector=_code(arguments.get("sector", ""), 20),
        province=_code(arguments.get("province", ""), 6),
        channel=FilingChannel(channel) if channel in tuple(FilingChannel) else None,
        text=arguments.get("q", "").replace("\x00", "").strip()[:_LONGEST_TEXT],
        sorting=Sorting(sorting) if sorting in tuple(Sorting) else Sorting.WAITING,
        **{field: bool(arguments.get(name)) for name, field in FLAGS.items()},
    )


def arguments_of(filters: QueueFilters) -> dict[str, str]:
    """Return the parameters that name filters, in a fixed order; what is usual is left out."""
    values = {
        "state": _NAMES[filters.states] if filters.states != WAITING else "",
        "sector": filters.sector or "",
        "province": filters.province or "",
        "channel": filters.channel or "",
        **{name: "1" if getattr(filters, field) else "" for name, field in FLAGS.items()},
        "q": filters.text,
        "sort": filters.sorting if filters.sorting is not Sorting.WAITING else "",
    }
    return {name: str(value) for name, value in values.items() if value}


def query_of(filters: QueueFilters) -> str:
    """Return the query string that names filters; empty for the usual ones."""
    return urlencode(arguments_of(filters))


def filters_of_query(query: str) -> QueueFilters:
    """Return the filters that a kept query string names."""
    return filters_of(dict(parse_qsl(query)))


def _code(text: str, longest: int) -> str | None:
    return text.replace("\x00", "")[:longest] or None


def conditions_of(event_id: int, filters: QueueFilters) -> list[ColumnElement[bool]]:
    """Return the conditions of filters on `Registration`, joined with `Cooperative`."""
    conditions: list[ColumnElement[bool]] = [Registration.event_id == event_id, matches(filters.text)]
    if filters.states:
        conditions.append(Registration.state.in_(filters.states))
    if filters.sector:
        conditions.append(shows_sector(filters.sector))
    if filters.province:
        conditions.append(Cooperative.province_code == filters.province)
    if filters.channel:
        conditions.append(Registration.channel == filters.channel)
    flags = flag_conditions(event_id)
    conditions.extend(condition for field, condition in flags.items() if getattr(filters, field))
    return conditions


def flag_conditions(event_id: int) -> dict[str, ColumnElement[bool]]:
    """Return the condition of each filter that is on or off, by its field."""
    return {
        "women_led": Cooperative.women_led.is_(True),
        "first_time": is_first_time(event_id),
        "lacks_document": lacks_document(),
        "unconfirmed": and_(Registration.channel != FilingChannel.SELF, Registration.confirmed_at.is_(None)),
        "unanswered": exists().where(
            Details.registration_id == Registration.id, Details.answered_at.is_(None)
        ),
    }


def is_first_time(event_id: int) -> ColumnElement[bool]:
    """Return the condition that the cooperative was accepted for no other event."""
    other = aliased(Registration)
    return ~exists().where(
        other.cooperative_id == Registration.cooperative_id,
        other.event_id != event_id,
        other.state == RegistrationState.ACCEPTED,
    )


def shows_sector(code: str) -> ColumnElement[bool]:
    """Return the condition that a registration is in a sector."""
    return exists().where(
        RegistrationSector.registration_id == Registration.id, RegistrationSector.sector_code == code
    )


def matches(text: str) -> ColumnElement[bool]:
    """Return the condition that a name has all the words of a text, or the reference is the text."""
    if not text.strip():
        return true()
    reference = parse_reference(text)
    words = [Cooperative.name_key.contains(word, autoescape=True) for word in fold(text).split()]
    by_name = and_(*words) if words else false()  # signs alone are no name: they find nobody, not all
    return or_(Registration.reference == reference, by_name) if reference else by_name
