"""What an organizer sees of an event's ledger: stand-days with their state, differences, flags."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fairapp.cooperatives.models import Cooperative
from fairapp.events.models import Event, Stop
from fairapp.foundation.clock import local_date
from fairapp.registrations.models import Registration
from fairapp.sales.domain import FlagKind, StandDayState, stand_day_state
from fairapp.sales.models import DayReport, Sale, SaleFlag, StandDay
from fairapp.sales.queries.entries import hours_of
from fairapp.stands.models import Allocation, Stand

MOST_FLAGS = 50


@dataclass(frozen=True, slots=True)
class StandDayRow:
    """One expected stand-day: who held the stand, what was logged, what was declared."""

    stop: str
    stand: str
    name_ar: str
    name_fr: str
    day: date
    state: StandDayState
    sales_count: int
    amount_minor: int
    takings_minor: int | None


@dataclass(frozen=True, slots=True)
class FlagRow:
    """A question about an entry that is still open."""

    id: int
    kind: FlagKind
    details: dict[str, Any]
    sale_id: UUID
    stop: str
    stand: str
    sold_at: datetime
    day: date
    amount_minor: int


def begun_days_of(event: Event, *, today: date) -> list[date]:
    """Return the days of an event's stops that have begun, in order."""
    begun = set()
    for stop in event.stops:
        last = min(stop.ends_on, today)
        if stop.cancelled_at is None:
            begun |= {
                date.fromordinal(number) for number in range(stop.starts_on.toordinal(), last.toordinal() + 1)
            }
    return sorted(begun)


def stand_days(session: Session, *, event: Event, day: date) -> list[StandDayRow]:
    """Return the stand-days that are expected on a day, by stop and stand.

    A stand is expected while it has a holder on a day of its stop; a stand that was given back,
    from the day it was allocated to the day it was given back.
    """
    stops = {stop.id: stop for stop in event.stops if hours_of(stop).is_open_on(day)}
    rows = session.execute(
        select(
            Stop.code.label("stop"),
            Stand.code.label("stand"),
            Cooperative.name_ar,
            Cooperative.name_fr,
            Allocation.allocated_at,
            Allocation.released_at,
            StandDay.entries_count,
            StandDay.sales_count,
            StandDay.amount_minor,
            StandDay.takings_minor,
        )
        .join(Stand, Stand.id == Allocation.stand_id)
        .join(Stop, Stop.id == Stand.stop_id)
        .join(Registration, Registration.id == Allocation.registration_id)
        .join(Cooperative, Cooperative.id == Registration.cooperative_id)
        .outerjoin(StandDay, (StandDay.stand_id == Stand.id) & (StandDay.day == day))
        .where(Stand.stop_id.in_(stops))
        .order_by(Stop.position, func.length(Stand.code), Stand.code, Allocation.id.desc())
    )
    found: dict[tuple[str, str], StandDayRow] = {}
    for row in rows:
        if not _held_on(day, row.allocated_at, row.released_at):
            continue
        totals = {
            "sales_count": row.sales_count or 0,
            "amount_minor": row.amount_minor or 0,
            "takings_minor": row.takings_minor,
        }
        known = found.get((row.stop, row.stand))
        if known:
            if row.released_at is None:  # a stand that is shared
                found[row.stop, row.stand] = replace(
                    known,
                    name_ar=f"{row.name_ar}، {known.name_ar}",
                    name_fr=f"{row.name_fr}, {known.name_fr}",
                )
            continue
        found[row.stop, row.stand] = StandDayRow(
            stop=row.stop,
            stand=row.stand,
            name_ar=row.name_ar,
            name_fr=row.name_fr,
            day=day,
            state=stand_day_state(entries_count=row.entries_count or 0, **totals),
            **totals,
        )
    return list(found.values())


def differing_days(session: Session, *, event: Event) -> Sequence[Any]:
    """Return stand-days with sales whose declaration differs: stop, stand, day, sums; latest first."""
    return session.execute(
        select(
            Stop.code.label("stop"),
            Stand.code.label("stand"),
            StandDay.day,
            StandDay.sales_count,
            StandDay.amount_minor,
            StandDay.takings_minor,
        )
        .join(Stand, Stand.id == StandDay.stand_id)
        .join(Stop, Stop.id == Stand.stop_id)
        .where(
            StandDay.event_id == event.id,
            StandDay.sales_count > 0,
            StandDay.takings_minor.is_not(None),
            StandDay.takings_minor != StandDay.amount_minor,
        )
        .order_by(StandDay.day.desc(), Stop.position, Stand.code)
    ).all()


def open_flags(session: Session, *, event: Event) -> list[FlagRow]:
    """Return the first open questions about entries of an event, the oldest first."""
    query = (
        select(
            SaleFlag.id,
            SaleFlag.kind,
            SaleFlag.details,
            Sale.id,
            Stop.code,
            Stand.code,
            Sale.sold_at,
            Sale.day,
            Sale.amount_minor,
        )
        .join(Sale, Sale.id == SaleFlag.sale_id)
        .join(Stand, Stand.id == Sale.stand_id)
        .join(Stop, Stop.id == Sale.stop_id)
        .where(SaleFlag.event_id == event.id, SaleFlag.settled_at.is_(None))
        .order_by(SaleFlag.raised_at, SaleFlag.id)
        .limit(MOST_FLAGS)
    )
    return [FlagRow(*row) for row in session.execute(query)]


def count_open_flags(session: Session, *, event: Event) -> int:
    """Return how many questions about entries of an event are open."""
    return (
        session.scalar(
            select(func.count()).where(SaleFlag.event_id == event.id, SaleFlag.settled_at.is_(None))
        )
        or 0
    )


def has_report(session: Session, *, report_id: UUID) -> bool:
    """Tell whether a declaration has this id."""
    return session.get(DayReport, report_id) is not None


def _held_on(day: date, allocated_at: datetime, released_at: datetime | None) -> bool:
    return released_at is None or local_date(allocated_at) <= day <= local_date(released_at)
