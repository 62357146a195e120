"""The turnover of one event, in a fixed number of statements."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, false, or_, select, true
from sqlalchemy.orm import Session, selectinload

from fairapp.audit.domain import Actor
from fairapp.events.errors import EventNotFound
from fairapp.events.models import Event, Stop
from fairapp.events.queries import scope_condition, stop_dates_of
from fairapp.registrations.models import Registration
from fairapp.sales.models import NOT_STATED, StandDay
from fairapp.stands.models import Allocation
from fairapp.turnover.domain import (
    Counts,
    Coverage,
    EventTurnover,
    Figure,
    Holding,
    SectorFigure,
    WomenLed,
    changed_hands,
    expected_days,
    holders_on,
    is_measured,
    led_by_women,
)
from fairapp.turnover.queries import counts, totals

ACTION = "turnover.read"


@dataclass(frozen=True, slots=True)
class SilentStand:
    """A stand that did not report on some of its days. Days are counted."""

    stop_code: str
    stand_code: str
    missing: int
    expected: int


@dataclass(frozen=True, slots=True)
class _Material:
    """What the statements found, before it is added up.

    `rows` are the single stand-days of the stands for which the sums of a stop and day do not
    tell who held them: those that changed hands, and all stands of a narrowed answer.
    """

    event: Event
    today: date
    narrowed: bool
    holdings: dict[int, list[Holding]]
    cells: list[Row[Any]]
    stands: list[Row[Any]]
    rows: list[Row[Any]]

    @property
    def stops(self) -> dict[int, Stop]:
        return {stop.id: stop for stop in self.event.stops}


def event_turnover(
    session: Session,
    *,
    event: Event,
    today: date,
    stand_ids: Collection[int] | None = None,
    cooperative_ids: Collection[int] | None = None,
) -> EventTurnover:
    """Return the figures of an event whose stops are loaded.

    `stand_ids` narrows to some stands, `cooperative_ids` to what some cooperatives sold while
    they held their stands; counts are then those of these cooperatives.
    """
    held = _holdings(session, event=event, stand_ids=stand_ids)
    reach = _reach(held, stand_ids, cooperative_ids)
    own = _narrowed(held, cooperative_ids)
    narrowed = stand_ids is not None or cooperative_ids is not None
    found = _gather(session, event=event, today=today, holdings=own, reach=reach, narrowed=narrowed)
    counted = cooperative_ids
    if counted is None and stand_ids is not None:
        counted = _cooperatives(own)
    registered, accepted = counts.registered_and_accepted(session, event=event, cooperative_ids=counted)
    by_stop_day, women_led, reporters = _add_up(found)
    measured = is_measured(
        has_entries=bool(found.cells), stops=[stop_dates_of(stop) for stop in event.stops], today=today
    )
    return EventTurnover(
        event=event.slug,
        turnover_minor=sum(int(cell.turnover) for cell in found.cells) if measured else None,
        sales=sum(int(cell.sales) for cell in found.cells),
        coverage=sum(by_stop_day.values(), Coverage()),
        counts=Counts(
            registered=registered,
            accepted=accepted,
            present=counts.present(session, event=event, cooperative_ids=counted),
            reported=len(reporters),
        ),
        by_stop=_by_stop(found, by_stop_day, measured),
        by_day=_by_day(found, by_stop_day, measured),
        by_sector=_by_sector(session, found, reach),
        women_led=women_led,
        exhibitors=counts.women_among_exhibitors(session, event=event, cooperative_ids=counted),
    )


def event_with_figures(session: Session, *, actor: Actor, slug: str) -> tuple[Event, tuple[int, ...] | None]:
    """Return an event with its stops, and the cooperatives to whose figures the actor is held.

    None for the whole event: officials and organizers within their scope. A cooperative finds
    an event where it is registered, and there what it sold itself.

    Raises: EventNotFound.
    """
    own = actor.cooperative_ids()
    registered = select(Registration.event_id).where(Registration.cooperative_id.in_(own))
    event = session.scalar(
        select(Event)
        .options(selectinload(Event.stops))
        .where(Event.slug == slug, or_(scope_condition(actor, ACTION), Event.id.in_(registered)))
    )
    if event is None:
        raise EventNotFound()
    whole = actor.covers_event(ACTION, event_id=event.id, region_code=event.region_code)
    return event, None if whole else own


def silent_stands(session: Session, *, event: Event, today: date) -> list[SilentStand]:
    """Return the stands that missed at least one of their days, by stop and code."""
    held = _holdings(session, event=event, stand_ids=None)
    found = _gather(session, event=event, today=today, holdings=held, reach=true())
    reported = {row.stand_id: row.reported for row in found.stands}
    silent = []
    for stand_id, holdings in held.items():
        stop = found.stops[holdings[0].stop_id]
        days = expected_days(holdings, stop_dates_of(stop), today)
        given = reported.get(stand_id, 0)
        if not any(holding.is_live for holding in holdings):
            given = sum(row.reported for row in found.rows if row.stand_id == stand_id and row.day in days)
        if given < len(days):
            silent.append(SilentStand(stop.code, holdings[0].stand_code, len(days) - given, len(days)))
    return sorted(silent, key=lambda stand: (stand.stop_code, stand.stand_code))


def _holdings(
    session: Session, *, event: Event, stand_ids: Collection[int] | None
) -> dict[int, list[Holding]]:
    conditions: list[ColumnElement[bool]] = [Allocation.stop_id.in_([stop.id for stop in event.stops])]
    if stand_ids is not None:
        conditions.append(Allocation.stand_id.in_(stand_ids))
    by_stand: dict[int, list[Holding]] = defaultdict(list)
    for holding in totals.holdings_of(session, *conditions):
        by_stand[holding.stand_id].append(holding)
    return dict(by_stand)


def _narrowed(
    held: dict[int, list[Holding]], cooperative_ids: Collection[int] | None
) -> dict[int, list[Holding]]:
    if cooperative_ids is None:
        return held
    own = {
        stand_id: [holding for holding in holdings if holding.cooperative_id in cooperative_ids]
        for stand_id, holdings in held.items()
    }
    return {stand_id: holdings for stand_id, holdings in own.items() if holdings}


def _reach(
    held: dict[int, list[Holding]],
    stand_ids: Collection[int] | None,
    cooperative_ids: Collection[int] | None,
) -> ColumnElement[bool]:
    """Return the condition on `StandDay` for what may be seen."""
    if cooperative_ids is None:
        return true() if stand_ids is None else StandDay.stand_id.in_(stand_ids)
    parts = [
        and_(StandDay.stand_id == stand_id, *_days_held(holding, holdings))
        for stand_id, holdings in held.items()
        for holding in holdings
        if holding.cooperative_id in cooperative_ids
    ]
    return or_(false(), *parts)


def _days_held(holding: Holding, holdings: list[Holding]) -> list[ColumnElement[bool]]:
    others = [other for other in holdings if other.cooperative_id != holding.cooperative_id]
    if holding.is_live:
        ends = [other.to_on for other in others if other.to_on is not None]
        return [StandDay.day >= max(ends)] if ends else []
    last_is_given_on = any(other.is_live for other in others)
    upper = StandDay.day < holding.to_on if last_is_given_on else StandDay.day <= holding.to_on
    return [StandDay.day >= holding.from_on, upper]


def _cooperatives(held: dict[int, list[Holding]]) -> set[int]:
    return {holding.cooperative_id for holdings in held.values() for holding in holdings}


def _gather(
    session: Session,
    *,
    event: Event,
    today: date,
    holdings: dict[int, list[Holding]],
    reach: ColumnElement[bool],
    narrowed: bool = False,
) -> _Material:
    stops = {stop.id: stop_dates_of(stop) for stop in event.stops}
    moved = [
        stand for stand, held in holdings.items() if narrowed or changed_hands(held, stops[held[0].stop_id])
    ]
    return _Material(
        event=event,
        today=today,
        narrowed=narrowed,
        holdings=holdings,
        cells=list(session.execute(totals.totals_by_stop_and_day(event, reach))),
        stands=totals.totals_by_stand(session, event=event, today=today, reach=reach),
        rows=totals.rows_of_stands(session, moved, reach),
    )


def _add_up(found: _Material) -> tuple[dict[tuple[int, date], Coverage], WomenLed, set[int]]:
    """Return coverage by stop and day, turnover of women-led cooperatives, and who reported."""
    expected = _expected(found)
    cover: dict[tuple[int, date], Coverage] = defaultdict(Coverage)
    for stand_id, days in expected.items():
        for day in days:
            cover[found.holdings[stand_id][0].stop_id, day] += Coverage(expected=1)
    for cell in found.cells:
        if not found.narrowed and (cell.stop_id, cell.day) in cover:
            cover[cell.stop_id, cell.day] += Coverage(0, int(cell.reported), int(cell.zero_reports))
    women_led, reporters = _add_up_settled_stands(found)
    for row in found.rows:
        holdings = found.holdings[row.stand_id]
        holders = holders_on(holdings, row.day)
        women_led = women_led.with_amount(int(row.turnover), women_led=led_by_women(holders))
        if row.reported and row.day in expected[row.stand_id]:
            reporters |= {held.cooperative_id for held in holders}
            if found.narrowed or not any(held.is_live for held in holdings):
                cover[row.stop_id, row.day] += Coverage(0, 1, row.zero_report)
    return dict(cover), women_led, reporters


def _expected(found: _Material) -> dict[int, set[date]]:
    """Return the days on which each stand was to report."""
    dates = {stop.id: stop_dates_of(stop) for stop in found.event.stops}
    return {
        stand_id: expected_days(holdings, dates[holdings[0].stop_id], found.today)
        for stand_id, holdings in found.holdings.items()
    }


def _add_up_settled_stands(found: _Material) -> tuple[WomenLed, set[int]]:
    """Add up the stands whose holder is the same on all days."""
    women_led, reporters = WomenLed(), set[int]()
    moved = {row.stand_id for row in found.rows}
    for row in found.stands:
        if row.stand_id not in moved:
            live = [held for held in found.holdings.get(row.stand_id, []) if held.is_live]
            women_led = women_led.with_amount(int(row.turnover), women_led=led_by_women(live))
            if row.reported:
                reporters |= {held.cooperative_id for held in live}
    return women_led, reporters


def _by_stop(found: _Material, cover: dict[tuple[int, date], Coverage], measured: bool) -> tuple[Figure, ...]:
    figures = []
    for stop in found.event.stops:
        cells = [cell for cell in found.cells if cell.stop_id == stop.id]
        coverage = sum((part for (stop_id, _), part in cover.items() if stop_id == stop.id), Coverage())
        figures.append(_figure(stop.code, cells, coverage, measured))
    return tuple(figures)


def _by_day(found: _Material, cover: dict[tuple[int, date], Coverage], measured: bool) -> tuple[Figure, ...]:
    days = {cell.day for cell in found.cells} | {day for _, day in cover}
    figures = []
    for day in sorted(days):
        cells = [cell for cell in found.cells if cell.day == day]
        coverage = sum((part for (_, other), part in cover.items() if other == day), Coverage())
        figures.append(_figure(day.isoformat(), cells, coverage, measured))
    return tuple(figures)


def _figure(key: str, cells: list[Row[Any]], coverage: Coverage, measured: bool) -> Figure:
    turnover = sum(int(cell.turnover) for cell in cells)
    return Figure(key, turnover if measured else None, sum(int(cell.sales) for cell in cells), coverage)


def _by_sector(session: Session, found: _Material, reach: ColumnElement[bool]) -> tuple[SectorFigure, ...]:
    sums = {
        row.sector_code: (int(row.turnover), int(row.sales))
        for row in totals.totals_by_sector(session, event=found.event, reach=reach)
    }
    declared = sum(int(cell.declared_only) for cell in found.cells)
    if declared:
        turnover, sales = sums.get(NOT_STATED, (0, 0))
        sums[NOT_STATED] = (turnover + declared, sales)
    figures = [SectorFigure(sector, *values) for sector, values in sums.items() if any(values)]
    return tuple(sorted(figures, key=lambda figure: (-figure.turnover_minor, figure.sector)))
