"""Checks of the figures against the ledger, and the questions that they leave open."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, case, func, or_, select, union_all
from sqlalchemy.orm import Session, aliased

from fairapp.events.models import Event, Stop
from fairapp.sales.models import DayReport, Sale, StandDay
from fairapp.stands.models import Stand
from fairapp.turnover.queries import totals


@dataclass(frozen=True, slots=True)
class Difference:
    """A stand-day whose declared takings are not the sum of its logged sales."""

    stop_code: str
    stand_code: str
    day: date
    sales_minor: int
    takings_minor: int


def differences(session: Session, *, event: Event) -> list[Difference]:
    """Return the stand-days of an event where sales and takings both exist and differ."""
    rows = session.execute(
        select(Stop.code, Stand.code, StandDay.day, StandDay.amount_minor, StandDay.takings_minor)
        .join(Stand, Stand.id == StandDay.stand_id)
        .join(Stop, Stop.id == StandDay.stop_id)
        .where(
            StandDay.event_id == event.id,
            StandDay.sales_count > 0,
            StandDay.takings_minor.is_not(None),
            StandDay.takings_minor != StandDay.amount_minor,
        )
        .order_by(StandDay.day, Stop.position, Stand.code)
    )
    return [Difference(*row[:4], row.takings_minor or 0) for row in rows]


def ledger_turnover() -> Select[Any]:
    """Return the statement that sums the turnover of every event from the ledger alone.

    It reads sales and day reports, never the totals: a reversal counts when it matches its
    sale; of several day reports the newest counts; a stand-day without a counted sale has the
    takings that it declared.
    """
    sale = aliased(Sale)
    matches = and_(
        sale.stand_id == Sale.stand_id, sale.amount_minor == -Sale.amount_minor, sale.reverses_id.is_(None)
    )
    logged = (
        select(
            Sale.event_id,
            Sale.stand_id,
            Sale.day,
            func.sum(Sale.amount_minor).label("amount"),
            func.sum(case((Sale.reverses_id.is_(None), 1), else_=-1)).label("sales"),
        )
        .outerjoin(sale, sale.id == Sale.reverses_id)
        .where(or_(Sale.reverses_id.is_(None), matches))
        .group_by(Sale.event_id, Sale.stand_id, Sale.day)
        .subquery()
    )
    newest = select(
        DayReport.event_id,
        DayReport.stand_id,
        DayReport.day,
        DayReport.takings_minor,
        func.row_number()
        .over(
            partition_by=(DayReport.stand_id, DayReport.day),
            order_by=(DayReport.reported_at.desc(), DayReport.id.desc()),
        )
        .label("place"),
    ).subquery()
    both = (
        select(
            logged.c.event_id,
            case(
                (and_(logged.c.sales <= 0, newest.c.takings_minor.is_not(None)), newest.c.takings_minor),
                else_=logged.c.amount,
            ).label("turnover"),
        )
        .select_from(logged)
        .outerjoin(
            newest,
            and_(newest.c.stand_id == logged.c.stand_id, newest.c.day == logged.c.day, newest.c.place == 1),
        )
    )
    declared = (
        select(newest.c.event_id, newest.c.takings_minor.label("turnover"))
        .select_from(newest)
        .outerjoin(logged, and_(newest.c.stand_id == logged.c.stand_id, newest.c.day == logged.c.day))
        .where(newest.c.place == 1, logged.c.stand_id.is_(None))
    )
    parts = union_all(both, declared).subquery()
    return select(parts.c.event_id, func.sum(parts.c.turnover).label("turnover")).group_by(parts.c.event_id)


@dataclass(frozen=True, slots=True)
class Reconciled:
    """The turnover of one event as pages show it, and as the ledger sums up."""

    slug: str
    shown_minor: int
    ledger_minor: int

    @property
    def is_equal(self) -> bool:
        """Whether both are the same to the centime."""
        return self.shown_minor == self.ledger_minor


def reconcile(session: Session) -> list[Reconciled]:
    """Compare the turnover of every event that has any with the ledger, by slug."""
    ledger = {row.event_id: int(row.turnover) for row in session.execute(ledger_turnover())}
    shown = {
        row.event_id: int(row.turnover)
        for row in session.execute(
            select(StandDay.event_id, func.sum(totals.TURNOVER).label("turnover")).group_by(StandDay.event_id)
        )
    }
    ids = ledger.keys() | shown.keys()
    events = session.execute(select(Event.id, Event.slug).where(Event.id.in_(ids)).order_by(Event.slug))
    return [Reconciled(slug, shown.get(key, 0), ledger.get(key, 0)) for key, slug in events]
