"""An event as public pages show it: its days, its state, and whether one may register."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from fairapp.events.domain import EventStatus, StopStatus, event_status, stop_status, takes_registrations
from fairapp.events.models import Event, Stop
from fairapp.events.queries import Call, dates_of, stop_dates_of
from fairapp.events.terms import CapacityTerms, StopPlaces, places_of

_NONE: Mapping[int, int] = {}


@dataclass(frozen=True, slots=True)
class StopView:
    """One stop with its state; counts of stands are None where nobody told them."""

    stop: Stop
    status: StopStatus
    stands: int | None = None
    free: int | None = None


@dataclass(frozen=True, slots=True)
class EventView:
    """One event with what follows from its dates on a day.

    `days_left` counts until the last day of registration, 0 on that day; None when closed.
    """

    event: Event
    status: EventStatus
    stops: tuple[StopView, ...]
    starts_on: date | None
    ends_on: date | None
    is_open: bool
    days_left: int | None
    elapsed: float

    @property
    def stands(self) -> int | None:
        """Stands of all stops; None where nobody told them."""
        told = [stop.stands for stop in self.stops if stop.stands is not None]
        return sum(told) if told else None

    @property
    def stands_each(self) -> int | None:
        """Stands of each stop, when all have the same number."""
        told = {stop.stands for stop in self.stops}
        return told.pop() if len(told) == 1 else None


def view_of(
    event: Event, *, today: date, stands: Mapping[int, int] = _NONE, free: Mapping[int, int] = _NONE
) -> EventView:
    """Return the view of a loaded event on a local day; `stands` and `free` are by stop id."""
    dates = dates_of(event)
    lasting = [stop for stop in event.stops if stop.cancelled_at is None] or list(event.stops)
    is_open = takes_registrations(dates, today)
    closes = event.registration_closes_on
    return EventView(
        event=event,
        status=event_status(dates, today),
        stops=tuple(
            StopView(
                stop,
                stop_status(stop_dates_of(stop), today),
                stands.get(stop.id),
                free.get(stop.id, 0) if stop.id in stands and free is not _NONE else None,
            )
            for stop in event.stops
        ),
        starts_on=min((stop.starts_on for stop in lasting), default=None),
        ends_on=max((stop.ends_on for stop in lasting), default=None),
        is_open=is_open,
        days_left=(closes - today).days if is_open and closes else None,
        elapsed=_elapsed(event, today),
    )


def _elapsed(event: Event, today: date) -> float:
    """Return which share of the registration window is over, 0 to 1."""
    opens, closes = event.registration_opens_on, event.registration_closes_on
    if opens is None or closes is None:
        return 0.0
    days = (closes - opens).days + 1
    return min(1.0, max(0.0, (today - opens).days / days))


def places_of_call(event: Event, call: Call) -> list[StopPlaces]:
    """Return the places that a call offers at each stop that takes place; none where it tells none."""
    told = [CapacityTerms(row.places, row.stop_code, row.sector_code) for row in call.capacities]
    stops = [stop.code for stop in event.stops if stop.cancelled_at is None]
    return places_of(told, stops=stops) if told else []
