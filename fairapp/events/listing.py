"""The public list of events: what comes, what is open, what is over, and how many of each."""

import enum
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, case, exists, func, not_, select
from sqlalchemy.orm import Session, selectinload

from fairapp.events.domain import EventKind
from fairapp.events.models import Event, Stop
from fairapp.events.queries import EventPage

PER_PAGE = 12


class Shown(enum.StrEnum):
    """Which events a list shows."""

    COMING = "coming"
    OPEN = "open"
    FAIRS = "fairs"
    MARKETS = "markets"
    PAST = "past"


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of events with their stops, and the number of events behind each choice."""

    page: EventPage
    counts: dict[Shown, int]


def list_events(session: Session, *, today: date, shown: Shown, page: int = 1) -> Listing:
    """Return published events: those to come by their first day, past ones the latest first.

    Three queries, however many events there are.
    """
    conditions = _conditions(today)
    counts = _counts(session, conditions)
    total = counts[shown]
    pages = max(1, -(-total // PER_PAGE))
    page = min(max(1, page), pages)
    first, last = _days()
    order = (last.desc(), Event.id) if shown is Shown.PAST else (first, Event.id)
    query = (
        select(Event)
        .options(selectinload(Event.stops))
        .where(Event.published_at.is_not(None), conditions[shown])
        .order_by(*order)
        .limit(PER_PAGE)
        .offset((page - 1) * PER_PAGE)
    )
    items = list(session.scalars(query)) if total else []
    return Listing(EventPage(items=items, page=page, pages=pages, total=total), counts)


def _counts(session: Session, conditions: dict[Shown, ColumnElement[bool]]) -> dict[Shown, int]:
    columns = [func.coalesce(func.sum(case((condition, 1), else_=0)), 0) for condition in conditions.values()]
    row = session.execute(select(*columns).where(Event.published_at.is_not(None))).one()
    return dict(zip(conditions, row, strict=True))


def _conditions(today: date) -> dict[Shown, ColumnElement[bool]]:
    coming = exists().where(Stop.event_id == Event.id, Stop.cancelled_at.is_(None), Stop.ends_on >= today)
    return {
        Shown.COMING: coming,
        Shown.OPEN: and_(coming, _is_open(today)),
        Shown.FAIRS: and_(coming, Event.kind == EventKind.FAIR),
        Shown.MARKETS: and_(coming, Event.kind == EventKind.MOBILE_MARKET),
        Shown.PAST: not_(coming),
    }


def _is_open(today: date) -> ColumnElement[bool]:
    # A running event may still take registrations (contracts 4), whatever status is displayed.
    return and_(
        Event.closed_at.is_(None),
        Event.registration_opens_on <= today,
        Event.registration_closes_on >= today,
    )


def _days() -> tuple[ColumnElement[date], ColumnElement[date]]:
    stops = select(func.min(Stop.starts_on)).where(Stop.event_id == Event.id).correlate(Event)
    last = select(func.max(Stop.ends_on)).where(Stop.event_id == Event.id).correlate(Event)
    return stops.scalar_subquery(), last.scalar_subquery()
