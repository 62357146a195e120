"""Taking entries of tills into the ledger: any number of times, in any order (promises B1, B2)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from fairapp.audit.domain import Actor
from fairapp.events.models import Event
from fairapp.foundation.money import CURRENCY
from fairapp.sales import queries
from fairapp.sales.domain import (
    BadEntry,
    FlagKind,
    SaleEntry,
    SaleOrigin,
    SyncOutcome,
    clock_correction,
    day_of_sale,
    reversal_matches,
)
from fairapp.sales.errors import AlreadyReversed, IdTaken, PlaceUnknown, ReversalMismatch
from fairapp.sales.queries import LedgerEntry, Place
from fairapp.sales.services.ledger import (
    Counted,
    Flag,
    LedgerRow,
    add_to_totals,
    insert_entries,
    raise_flags,
)


@dataclass(frozen=True, slots=True)
class EntryResult:
    """Answer to one entry. `detail` is an untranslated sentence."""

    id: str | None
    outcome: SyncOutcome
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class DayTotal:
    """What the ledger holds of a stand-day that a sync touched; `sales` less reversed ones."""

    stop: str
    stand: str
    day: date
    sales: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class SyncAnswer:
    """Answers in the order of the entries, and the totals of the stand-days they touched."""

    results: list[EntryResult]
    day_totals: list[DayTotal]


@dataclass(slots=True)
class _Batch:
    """One call under way. `rows` are the rows to insert by id, `places_in` where each entry belongs."""

    event: Event
    actor: Actor
    correction: timedelta
    now: datetime
    places: dict[tuple[str, str], Place]
    results: list[EntryResult | None] = field(default_factory=list)
    given: dict[int, LedgerRow] = field(default_factory=dict)
    rows: dict[UUID, LedgerRow] = field(default_factory=dict)
    first: dict[UUID, int] = field(default_factory=dict)


def sync_sales(
    session: Session,
    *,
    actor: Actor,
    event: Event,
    entries: Sequence[SaleEntry | BadEntry],
    sent_at: datetime | None,
    now: datetime,
) -> SyncAnswer:
    """Record what the ledger does not have yet, answer each entry, and keep the totals.

    The event comes with its stops. Nothing here depends on how entries are split over calls,
    on their order, or on how often they are sent.
    """
    codes = {(entry.stop, entry.stand) for entry in entries if isinstance(entry, SaleEntry)}
    batch = _Batch(
        event=event,
        actor=actor,
        correction=clock_correction(sent_at, now),
        now=now,
        places=queries.places_to_sell(session, actor=actor, event=event, codes=codes, lock=True),
    )
    _read_entries(batch, entries)
    reversals = {row.id: row.reverses_id for row in batch.given.values() if row.reverses_id is not None}
    targets = set(reversals.values())
    reversed_by = queries.reversals_of(session, sale_ids=targets | reversals.keys() | batch.rows.keys())
    ledger = queries.ledger_entries(session, ids=targets | reversals.keys())
    _plan_reversals(batch, ledger, reversed_by)

    recorded = insert_entries(session, rows=list(batch.rows.values()))
    asked = {row.id for index, row in batch.given.items() if batch.results[index] is None}
    ledger |= queries.ledger_entries(session, ids=asked - recorded - ledger.keys())
    ledger |= {id_: batch.rows[id_].entry() for id_ in recorded}
    _settle(batch, recorded, ledger)

    counted = list(_counted(batch, recorded, ledger, reversed_by))
    add_to_totals(session, event_id=event.id, counted=counted)
    flags = list(_flags(batch, recorded, ledger, reversed_by))
    raise_flags(session, event_id=event.id, flags=flags, now=now)
    touched = {(entry.stand_id, entry.day) for id_ in asked if (entry := ledger.get(id_))}
    touched |= {(entry.stand_id, entry.day) for entry in counted}
    return SyncAnswer(
        results=[result for result in batch.results if result is not None],
        day_totals=_day_totals(session, batch, touched),
    )


def _read_entries(batch: _Batch, entries: Sequence[SaleEntry | BadEntry]) -> None:
    """Find the place, the day and the holder of each entry; plan the sales."""
    for index, entry in enumerate(entries):
        if isinstance(entry, BadEntry):
            batch.results.append(EntryResult(entry.id, SyncOutcome.REJECTED, entry.why))
            continue
        place = batch.places.get((entry.stop, entry.stand))
        row = _row(batch, place, entry) if place else None
        if row is None:
            batch.results.append(EntryResult(str(entry.id), SyncOutcome.REJECTED, PlaceUnknown.message))
            continue
        batch.results.append(None)
        batch.given[index] = row
        if row.reverses_id is None and row.id not in batch.first:
            batch.first[row.id] = index
            batch.rows[row.id] = row


def _row(batch: _Batch, place: Place, entry: SaleEntry) -> LedgerRow | None:
    sold_at = entry.sold_at + batch.correction
    holding = place.holding_at(sold_at)
    if not place.is_open_to(holding):
        return None
    return LedgerRow(
        entry.id,
        batch.event.id,
        place.stop_id,
        place.stand_id,
        holding.registration_id if holding else None,
        day_of_sale(sold_at, place.hours),
        sold_at,
        entry.sold_at,
        batch.now,
        -entry.amount_minor if entry.reverses else entry.amount_minor,
        CURRENCY,
        entry.payment,
        entry.sector,
        entry.product,
        entry.quantity_milli,
        entry.reverses,
        batch.actor.device_id,
        batch.actor.account_id,
    )


def _plan_reversals(
    batch: _Batch, ledger: dict[UUID, LedgerEntry], reversed_by: dict[UUID, LedgerEntry]
) -> None:
    """Plan each reversal, or answer it: rejected when it does not match, conflict when it is late."""
    claimed: set[UUID] = set()
    for index, row in batch.given.items():
        sale_id = row.reverses_id
        if sale_id is None or row.id in batch.first or row.id in ledger:
            continue
        sale = ledger.get(sale_id) or batch.rows.get(sale_id)
        if sale_id == row.id or (sale is not None and not _undoes(row, sale)):
            answer = EntryResult(str(row.id), SyncOutcome.REJECTED, ReversalMismatch.message)
            batch.results[index] = answer
        elif sale_id in reversed_by or sale_id in claimed:
            answer = EntryResult(str(row.id), SyncOutcome.CONFLICT, AlreadyReversed.message)
            batch.results[index] = answer
        else:
            claimed.add(sale_id)
            batch.first[row.id] = index
            batch.rows[row.id] = row


def _undoes(reversal: LedgerRow | LedgerEntry, sale: LedgerRow | LedgerEntry) -> bool:
    origin = SaleOrigin(stand_id=sale.stand_id, amount_minor=sale.amount_minor)
    return reversal_matches(origin, stand_id=reversal.stand_id, amount_minor=-reversal.amount_minor)


def _settle(batch: _Batch, recorded: frozenset[UUID], ledger: dict[UUID, LedgerEntry]) -> None:
    """Answer every entry that is still open by what the ledger now says under its id."""
    for index, row in batch.given.items():
        if batch.results[index] is not None:
            continue
        known = ledger.get(row.id)
        if row.id in recorded and batch.first[row.id] == index:
            result = EntryResult(str(row.id), SyncOutcome.RECORDED)
        elif known is None:
            result = EntryResult(str(row.id), SyncOutcome.CONFLICT, AlreadyReversed.message)
        elif known.says_the_same_as(row.entry()):
            result = EntryResult(str(row.id), SyncOutcome.DUPLICATE)
        else:
            result = EntryResult(str(row.id), SyncOutcome.CONFLICT, IdTaken.message)
        batch.results[index] = result


def _counted(
    batch: _Batch,
    recorded: frozenset[UUID],
    ledger: dict[UUID, LedgerEntry],
    reversed_by: dict[UUID, LedgerEntry],
) -> Iterator[Counted]:
    """Yield what the new rows add: sales, their reversals, and reversals that waited for them."""
    for id_ in recorded:
        row = batch.rows[id_]
        if row.reverses_id is None:
            yield Counted(row.stop_id, row.stand_id, row.day, row.sector_code, 1, row.amount_minor)
            waiting = reversed_by.get(id_)
            if waiting is not None and _undoes(waiting, row):
                yield _undoing(waiting, row.sector_code)
        elif (sale := ledger.get(row.reverses_id)) and _undoes(row, sale):
            yield _undoing(row, sale.sector_code)


def _undoing(reversal: LedgerRow | LedgerEntry, sector_code: str | None) -> Counted:
    return Counted(reversal.stop_id, reversal.stand_id, reversal.day, sector_code, -1, reversal.amount_minor)


def _flags(
    batch: _Batch,
    recorded: frozenset[UUID],
    ledger: dict[UUID, LedgerEntry],
    reversed_by: dict[UUID, LedgerEntry],
) -> Iterator[Flag]:
    hours = {place.stand_id: place.hours for place in batch.places.values()}
    seconds = int(batch.correction.total_seconds())
    for id_ in recorded:
        row = batch.rows[id_]
        if row.registration_id is None:
            yield Flag(id_, FlagKind.NO_HOLDER, {})
        if not hours[row.stand_id].is_open_on(row.day):
            yield Flag(id_, FlagKind.OUTSIDE_DAYS, {"day": row.day.isoformat()})
        if seconds:
            yield Flag(id_, FlagKind.CLOCK_CORRECTED, {"seconds": seconds})
        waiting = reversed_by.get(id_)
        if waiting is not None and not _undoes(waiting, row):
            yield Flag(waiting.id, FlagKind.REVERSAL_MISMATCH, {"sale": str(id_)})
        sale = ledger.get(row.reverses_id) if row.reverses_id else None
        if sale is not None and not _undoes(row, sale):
            yield Flag(id_, FlagKind.REVERSAL_MISMATCH, {"sale": str(sale.id)})


def _day_totals(session: Session, batch: _Batch, touched: set[tuple[int, date]]) -> list[DayTotal]:
    if not touched:
        return []
    places = {place.stand_id: place for place in batch.places.values()}
    totals = queries.stand_days_of(
        session, stand_ids={stand for stand, _day in touched}, days={day for _stand, day in touched}
    )
    found = []
    for key in sorted(touched & totals.keys()):
        total, place = totals[key], places.get(key[0])
        if place is not None:
            found.append(DayTotal(place.stop, place.stand, total.day, total.sales_count, total.amount_minor))
    return found
