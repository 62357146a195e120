"""Turnover and coverage of many events at once, for national pages."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, and_, func, select
from sqlalchemy.orm import Session

from fairapp.events.models import Event, Stop
from fairapp.events.queries import stop_dates_of
from fairapp.sales.models import StandDay
from fairapp.stands.models import Allocation
from fairapp.turnover.domain import Coverage, Holding, expected_days, is_measured
from fairapp.turnover.queries import totals


@dataclass(frozen=True, slots=True)
class EventTotal:
    """Turnover of one event with its coverage; None when it was not measured."""

    turnover_minor: int | None
    sales: int
    coverage: Coverage


def totals_of_events(session: Session, *, events: Collection[Event], today: date) -> dict[int, EventTotal]:
    """Return the totals of events whose stops are loaded, by event id.

    The same figures as `event_turnover` gives for each; a test holds the two together.
    """
    stops = {stop.id: stop for event in events for stop in event.stops}
    sums = _sums(session, stops, today)
    cover = _expected_of_held(session, stops, today)
    for stop_id, row in sums.items():
        cover[stop_id] += Coverage(0, int(row.reported), int(row.zero_reports))
    for stop_id, coverage in _given_back(session, stops, today).items():
        cover[stop_id] += coverage
    return {event.id: _total(event, sums, cover, today) for event in events}


def _total(event: Event, sums: dict[int, Row[Any]], cover: dict[int, Coverage], today: date) -> EventTotal:
    rows = [sums[stop.id] for stop in event.stops if stop.id in sums]
    measured = is_measured(
        has_entries=bool(rows), stops=[stop_dates_of(stop) for stop in event.stops], today=today
    )
    return EventTotal(
        turnover_minor=sum(int(row.turnover) for row in rows) if measured else None,
        sales=sum(int(row.sales) for row in rows),
        coverage=sum((cover[stop.id] for stop in event.stops if stop.id in cover), Coverage()),
    )


def _sums(session: Session, stops: dict[int, Stop], today: date) -> dict[int, Row[Any]]:
    begun = and_(
        StandDay.day >= Stop.starts_on,
        StandDay.day <= Stop.ends_on,
        StandDay.day <= today,
        Stop.cancelled_at.is_(None),
        totals.held_now(stops),
    )
    rows = session.execute(
        select(
            StandDay.stop_id,
            func.sum(totals.TURNOVER).label("turnover"),
            func.sum(StandDay.sales_count).label("sales"),
            totals.count_if(and_(totals.REPORTED, begun)).label("reported"),
            totals.count_if(and_(totals.ZERO_REPORT, begun)).label("zero_reports"),
        )
        .join(Stop, Stop.id == StandDay.stop_id)
        .where(StandDay.event_id.in_({stop.event_id for stop in stops.values()}))
        .group_by(StandDay.stop_id)
    )
    return {row.stop_id: row for row in rows}


def _expected_of_held(session: Session, stops: dict[int, Stop], today: date) -> dict[int, Coverage]:
    rows = session.execute(
        select(Allocation.stop_id, func.count(Allocation.stand_id.distinct()).label("stands"))
        .where(Allocation.stop_id.in_(stops), Allocation.released_at.is_(None))
        .group_by(Allocation.stop_id)
    )
    cover: dict[int, Coverage] = defaultdict(Coverage)
    for row in rows:
        days = totals.begun(stops[row.stop_id], today)
        cover[row.stop_id] = Coverage(expected=row.stands * days)
    return cover


def _given_back(session: Session, stops: dict[int, Stop], today: date) -> dict[int, Coverage]:
    """Return the coverage of stands that nobody holds now but somebody held during their stop."""
    held = select(Allocation.stand_id).where(Allocation.stop_id.in_(stops), Allocation.released_at.is_(None))
    by_stand: dict[int, list[Holding]] = defaultdict(list)
    for holding in totals.holdings_of(
        session, Allocation.stop_id.in_(stops), Allocation.stand_id.not_in(held)
    ):
        by_stand[holding.stand_id].append(holding)
    expected = {
        stand_id: expected_days(holdings, stop_dates_of(stops[holdings[0].stop_id]), today)
        for stand_id, holdings in by_stand.items()
    }
    cover: dict[int, Coverage] = defaultdict(Coverage)
    for stand_id, days in expected.items():
        cover[by_stand[stand_id][0].stop_id] += Coverage(expected=len(days))
    for row in totals.rows_of_stands(session, [stand for stand, days in expected.items() if days]):
        if row.day in expected[row.stand_id] and row.reported:
            cover[row.stop_id] += Coverage(0, 1, row.zero_report)
    return cover
