"""Statements over the totals of stand-days; the ledger itself is not read for a page."""

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, or_, select, true
from sqlalchemy.orm import Session

from fairapp.cooperatives.models import Cooperative
from fairapp.events.domain import begun_days
from fairapp.events.models import Event, Stop
from fairapp.events.queries import stop_dates_of
from fairapp.foundation.clock import local_date
from fairapp.registrations.models import Registration
from fairapp.sales.models import StandDay, StandDaySector
from fairapp.stands.models import Allocation, Stand
from fairapp.turnover.domain import Holding

# The rule of `sales.domain.stand_day_turnover` in SQL; a test holds the two together.
DECLARED_ONLY = and_(StandDay.sales_count <= 0, StandDay.takings_minor.is_not(None))
TURNOVER = case((DECLARED_ONLY, StandDay.takings_minor), else_=StandDay.amount_minor)
REPORTED = or_(StandDay.entries_count > 0, StandDay.takings_minor.is_not(None))
ZERO_REPORT = and_(StandDay.takings_minor == 0, StandDay.sales_count <= 0)


def count_if(condition: ColumnElement[bool]) -> ColumnElement[int]:
    """Return how many rows of a group meet a condition."""
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def held_now(stop_ids: Collection[int]) -> ColumnElement[bool]:
    """Return the condition on `StandDay` that its stand has a holder now."""
    held = select(Allocation.stand_id).where(
        Allocation.stop_id.in_(stop_ids), Allocation.released_at.is_(None)
    )
    return StandDay.stand_id.in_(held)


def totals_by_stop_and_day(
    event: Event, reach: ColumnElement[bool] | None = None
) -> Select[*tuple[Any, ...]]:
    """Return the statement behind an event's turnover: one row a stop and trading day.

    `reported` and `zero_reports` count stands that have a holder now.
    """
    held = held_now([stop.id for stop in event.stops])
    return (
        select(
            StandDay.stop_id,
            StandDay.day,
            func.sum(TURNOVER).label("turnover"),
            func.sum(StandDay.sales_count).label("sales"),
            func.sum(case((DECLARED_ONLY, StandDay.takings_minor), else_=0)).label("declared_only"),
            count_if(and_(REPORTED, held)).label("reported"),
            count_if(and_(ZERO_REPORT, held)).label("zero_reports"),
        )
        .where(StandDay.event_id == event.id, true() if reach is None else reach)
        .group_by(StandDay.stop_id, StandDay.day)
    )


def totals_by_stand(
    session: Session, *, event: Event, today: date, reach: ColumnElement[bool]
) -> list[Row[Any]]:
    """Return one row a stand: its turnover, and on how many begun days of its stop it reported."""
    begun = and_(StandDay.day >= Stop.starts_on, StandDay.day <= Stop.ends_on, StandDay.day <= today)
    return list(
        session.execute(
            select(
                StandDay.stand_id,
                func.sum(TURNOVER).label("turnover"),
                count_if(and_(REPORTED, begun, Stop.cancelled_at.is_(None))).label("reported"),
            )
            .join(Stop, Stop.id == StandDay.stop_id)
            .where(StandDay.event_id == event.id, reach)
            .group_by(StandDay.stand_id)
        )
    )


def rows_of_stands(
    session: Session, stand_ids: Collection[int], reach: ColumnElement[bool] | None = None
) -> list[Row[Any]]:
    """Return the single stand-days of some stands; no statement for none."""
    if not stand_ids:
        return []
    return list(
        session.execute(
            select(
                StandDay.stand_id,
                StandDay.stop_id,
                StandDay.day,
                TURNOVER.label("turnover"),
                case((REPORTED, 1), else_=0).label("reported"),
                case((ZERO_REPORT, 1), else_=0).label("zero_report"),
            ).where(StandDay.stand_id.in_(stand_ids), true() if reach is None else reach)
        )
    )


def totals_by_sector(session: Session, *, event: Event, reach: ColumnElement[bool]) -> list[Row[Any]]:
    """Return sales and turnover by sector, of the stand-days whose turnover is their sales."""
    return list(
        session.execute(
            select(
                StandDaySector.sector_code,
                func.sum(StandDaySector.amount_minor).label("turnover"),
                func.sum(StandDaySector.sales_count).label("sales"),
            )
            .join(
                StandDay,
                and_(StandDay.stand_id == StandDaySector.stand_id, StandDay.day == StandDaySector.day),
            )
            .where(StandDaySector.event_id == event.id, ~DECLARED_ONLY, reach)
            .group_by(StandDaySector.sector_code)
        )
    )


def begun(stop: Stop, today: date) -> int:
    """Return how many days of a stop have begun."""
    return begun_days(stop_dates_of(stop), today)


def holdings_of(session: Session, *conditions: ColumnElement[bool]) -> list[Holding]:
    """Return who holds or held the stands that meet the conditions, with local days."""
    rows = session.execute(
        select(
            Allocation.stand_id,
            Allocation.stop_id,
            Stand.code,
            Registration.cooperative_id,
            Cooperative.women_led,
            Allocation.allocated_at,
            Allocation.released_at,
        )
        .join(Stand, Stand.id == Allocation.stand_id)
        .join(Registration, Registration.id == Allocation.registration_id)
        .join(Cooperative, Cooperative.id == Registration.cooperative_id)
        .where(*conditions)
        .order_by(Stand.code, Allocation.id)
    )
    return [
        Holding(
            stand_id=row.stand_id,
            stop_id=row.stop_id,
            stand_code=row.code,
            cooperative_id=row.cooperative_id,
            women_led=row.women_led,
            from_on=local_date(row.allocated_at) if row.released_at else None,
            to_on=local_date(row.released_at) if row.released_at else None,
        )
        for row in rows
    ]
