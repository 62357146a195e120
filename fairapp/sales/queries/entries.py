"""Reads that recording needs: the event, the stand with its holders, what the ledger has already."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.orm.attributes import set_committed_value

from fairapp.audit.domain import Actor, ActorKind
from fairapp.events.errors import EventNotFound
from fairapp.events.models import Event, Stop
from fairapp.foundation.rows import any_among, is_among
from fairapp.registrations.models import Registration
from fairapp.sales.domain import Payment, StopHours
from fairapp.sales.errors import FlagNotFound
from fairapp.sales.models import DayReport, Sale, SaleFlag, StandDay
from fairapp.stands.models import Allocation, Stand

LONGEST_CODE = 20


class Holding(NamedTuple):
    """One placement on a stand, live or over."""

    registration_id: int
    cooperative_id: int
    allocated_at: datetime
    released_at: datetime | None

    def covers(self, instant: datetime) -> bool:
        """Tell whether the stand was held so at an instant."""
        return self.allocated_at <= instant and (self.released_at is None or instant < self.released_at)


@dataclass(frozen=True, slots=True)
class Place:
    """A stand at which the actor may record, with the hours of its stop and who held it, in order."""

    stop_id: int
    stop: str
    stand_id: int
    stand: str
    hours: StopHours
    holdings: tuple[Holding, ...]
    own: tuple[Holding, ...] | None  # None: whoever acts is not bound to a cooperative

    def holding_at(self, instant: datetime) -> Holding | None:
        """Return who held the stand: at the instant, else who holds it now (entered late)."""
        if len(self.holdings) == 1 and self.holdings[0].released_at is None:
            return self.holdings[0]
        if self.own:
            return _covering(self.own, instant) or _live(self.own) or _covering(self.holdings, instant)
        return _covering(self.holdings, instant) or _live(self.holdings)

    def is_open_to(self, holding: Holding | None) -> bool:
        """Tell whether a sale of this holding is the actor's to record."""
        return self.own is None or holding is None or holding in self.own


class LedgerEntry(NamedTuple):
    """What of a ledger row decides whether another one says the same, and how it is counted."""

    id: str
    stop_id: int
    stand_id: int
    day: date
    device_sold_at: datetime
    amount_minor: int
    payment: Payment
    sector_code: str | None
    product: str | None
    quantity_milli: int | None
    reverses_id: str | None

    def says_the_same_as(self, other: "LedgerEntry") -> bool:
        """Compare what the device sent; the day follows from it and from the clock."""
        return self._replace(day=other.day) == other


_ENTRY_COLUMNS = (
    Sale.id,
    Sale.stop_id,
    Sale.stand_id,
    Sale.day,
    Sale.device_sold_at,
    Sale.amount_minor,
    Sale.payment,
    Sale.sector_code,
    Sale.product,
    Sale.quantity_milli,
    Sale.reverses_id,
)


def event_to_sell_at(session: Session, *, actor: Actor, slug: str) -> Event:
    """Return an event with its stops, at which the actor may record sales.

    Organizers within their scope, a till at its own event, a cooperative where it is registered.

    Raises: EventNotFound.
    """
    # Three plain statements: a till calls this with every sync, and one statement that asks
    # for everything takes twice as long to put together.
    event = session.scalar(select(Event).where(Event.slug == slug))
    if event is None or not _may_sell_at(session, actor, event):
        raise EventNotFound()
    stops = session.scalars(select(Stop).where(Stop.event_id == event.id).order_by(Stop.position))
    set_committed_value(event, "stops", list(stops))
    return event


def _may_sell_at(session: Session, actor: Actor, event: Event) -> bool:
    if actor.covers_event("sales.record", event_id=event.id, region_code=event.region_code):
        return True
    registered = select(Registration.cooperative_id).where(Registration.event_id == event.id)
    own = actor.cooperative_ids()
    return bool(own) and not set(own).isdisjoint(
        session.scalars(registered.where(Registration.cooperative_id.in_(own)))
    )


def sells_everywhere(actor: Actor, event: Event) -> bool:
    """Tell whether the actor may record at any stand of the event: its organizers, and the system."""
    return actor.kind is ActorKind.SYSTEM or actor.covers_event(
        "sales.settle", event_id=event.id, region_code=event.region_code
    )


def places_to_sell(
    session: Session,
    *,
    actor: Actor,
    event: Event,
    codes: Collection[tuple[str, str]] | None = None,
    lock: bool = False,
) -> dict[tuple[str, str], Place]:
    """Return the stands at which the actor may record, by codes of stop and stand.

    `codes` narrows to these pairs. `lock` holds the stands until the transaction ends, always in
    the order of their ids, so that a sale and its reversal never miss each other.
    """
    stops = {stop.id: stop for stop in event.stops}
    query = (
        select(
            Stand.id,
            Stand.code,
            Stand.stop_id,
            Allocation.registration_id,
            Registration.cooperative_id,
            Allocation.allocated_at,
            Allocation.released_at,
        )
        .outerjoin(Allocation, Allocation.stand_id == Stand.id)
        .outerjoin(Registration, Registration.id == Allocation.registration_id)
        .where(Stand.stop_id.in_(stops))
        .order_by(Stand.id, Allocation.share, Allocation.allocated_at, Allocation.id)
    )
    if codes is not None:
        asked = {stand for _stop, stand in codes if len(stand) <= LONGEST_CODE and stand.isprintable()}
        query = query.where(Stand.code.in_(asked))
    if actor.stand_id is not None:
        query = query.where(Stand.id == actor.stand_id)
    elif actor.stop_id is not None:
        query = query.where(Stand.stop_id == actor.stop_id)
    if lock:
        query = query.with_for_update(key_share=True, of=Stand)
    is_bound = actor.kind is not ActorKind.DEVICE and not sells_everywhere(actor, event)
    own_ids = frozenset(actor.cooperative_ids())
    places = {}
    for (stand_id, code, stop_id), rows in groupby(session.execute(query), key=lambda row: row[:3]):
        stop = stops[stop_id]
        holdings = tuple(Holding(*row[3:]) for row in rows if row[3] is not None)
        own = tuple(holding for holding in holdings if holding.cooperative_id in own_ids)
        if (codes is not None and (stop.code, code) not in codes) or (is_bound and not own):
            continue
        places[stop.code, code] = Place(
            stop_id=stop_id,
            stop=stop.code,
            stand_id=stand_id,
            stand=code,
            hours=hours_of(stop),
            holdings=holdings,
            own=own if is_bound else None,
        )
    return places


def hours_of(stop: Stop) -> StopHours:
    """Return what the trading day of a stop depends on."""
    return StopHours(
        starts_on=stop.starts_on,
        ends_on=stop.ends_on,
        opens_at=stop.opens_at,
        closes_at=stop.closes_at,
        cancelled=stop.cancelled_at is not None,
    )


def ledger_entries(session: Session, *, ids: Collection[str]) -> dict[str, LedgerEntry]:
    """Return the ledger rows that have one of these ids, by id."""
    return {entry.id: entry for entry in _entries_where(session, Sale.id, ids)}


def reversals_of(session: Session, *, sale_ids: Collection[str]) -> dict[str, LedgerEntry]:
    """Return the reversals in the ledger, by the id of the sale that they point to."""
    if not sale_ids or not any_among(session, table="sales", column="reverses_id", ids=sale_ids):
        return {}
    found = _entries_where(session, Sale.reverses_id, sale_ids)
    return {entry.reverses_id: entry for entry in found if entry.reverses_id is not None}


def _entries_where(
    session: Session,
    column: InstrumentedAttribute[UUID] | InstrumentedAttribute[UUID | None],
    ids: Collection[str],
) -> list[LedgerEntry]:
    if not ids:
        return []
    rows = session.execute(select(*_ENTRY_COLUMNS).where(is_among(session, column, ids)))
    return [
        LedgerEntry(
            str(row.id),
            row.stop_id,
            row.stand_id,
            row.day,
            row.device_sold_at,
            row.amount_minor,
            row.payment,
            row.sector_code,
            row.product,
            row.quantity_milli,
            None if row.reverses_id is None else str(row.reverses_id),
        )
        for row in rows
    ]


def stand_days_of(
    session: Session, *, stand_ids: Collection[int], days: Collection[date]
) -> dict[tuple[int, date], StandDay]:
    """Return the totals of these stands on these days, by stand and day."""
    query = select(StandDay).where(StandDay.stand_id.in_(stand_ids), StandDay.day.in_(days))
    return {
        (total.stand_id, total.day): total
        for total in session.scalars(query.execution_options(populate_existing=True))
    }


def latest_report(session: Session, *, stand_id: int, day: date) -> DayReport | None:
    """Return the declaration of a stand for a day that counts: the newest."""
    return session.scalar(
        select(DayReport)
        .where(DayReport.stand_id == stand_id, DayReport.day == day)
        .order_by(DayReport.reported_at.desc())
        .limit(1)
    )


def flag_for_update(session: Session, *, event: Event, flag_id: int) -> SaleFlag:
    """Return a flag of an event, locked.

    Raises: FlagNotFound.
    """
    flag = session.scalar(
        select(SaleFlag).where(SaleFlag.id == flag_id, SaleFlag.event_id == event.id).with_for_update()
    )
    if flag is None:
        raise FlagNotFound()
    return flag


def _covering(holdings: tuple[Holding, ...], instant: datetime) -> Holding | None:
    return next((holding for holding in holdings if holding.covers(instant)), None)


def _live(holdings: tuple[Holding, ...]) -> Holding | None:
    return next((holding for holding in holdings if holding.released_at is None), None)
