"""Taking entries of tills into the ledger: any number of times, in any order (promises B1, B2)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy.orm import Session

from fairapp.audit.domain import Actor
from fairapp.events.models import Event
from fairapp.foundation.money import CURRENCY
from fairapp.sales.domain import (
    BadEntry,
    DaySpan,
    FlagKind,
    SaleEntry,
    SaleOrigin,
    SyncOutcome,
    clock_correction,
    reversal_matches,
    span_of_day,
)
from fairapp.sales.errors import AlreadyReversed, IdTaken, PlaceUnknown, ReversalMismatch
from fairapp.sales.queries import entries as queries
from fairapp.sales.queries.entries import LedgerEntry, Place
from fairapp.sales.services.ledger import (
    Counted,
    Flag,
    LedgerRow,
    add_to_totals,
    insert_entries,
    raise_flags,
)


class EntryResult(NamedTuple):
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
    """One call under way. `open` holds the entries not answered yet, by their place in the call.

    `planned` are the rows to insert; `ledger` and `reversed_by` what the ledger says about ids
    and about reversals of them, as far as it was asked.
    """

    event_id: int
    device_id: str | None
    account_id: int | None
    correction: timedelta
    now: datetime
    places: dict[tuple[str, str], Place]
    spans: dict[int, DaySpan] = field(default_factory=dict)
    results: dict[int, EntryResult] = field(default_factory=dict)
    open: dict[int, LedgerRow] = field(default_factory=dict)
    planned: dict[str, LedgerRow] = field(default_factory=dict)
    ledger: dict[str, LedgerEntry] = field(default_factory=dict)
    reversed_by: dict[str, LedgerEntry] = field(default_factory=dict)

    def answer(self, index: int, id_: str | None, outcome: SyncOutcome, detail: str | None = None) -> None:
        """Answer an entry."""
        self.results[index] = EntryResult(id_, outcome, detail)


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
        event_id=event.id,
        device_id=None if actor.device_id is None else str(actor.device_id),
        account_id=actor.account_id,
        correction=clock_correction(sent_at, now),
        now=now,
        places=queries.places_to_sell(session, actor=actor, event=event, codes=codes, lock=True),
    )
    _plan_sales(batch, entries)
    _plan_reversals(session, batch)
    recorded = insert_entries(session, rows=list(batch.planned.values()))
    _settle(session, batch, recorded)
    counted = list(_counted(batch, recorded))
    totals = add_to_totals(session, event_id=event.id, counted=counted)
    raise_flags(session, event_id=event.id, flags=list(_flags(batch, recorded)), now=now)
    touched = {(row.stand_id, row.day) for row in batch.open.values()}
    touched |= {(entry.stand_id, entry.day) for entry in batch.ledger.values()}
    return SyncAnswer(
        results=[batch.results[index] for index in range(len(entries))],
        day_totals=_day_totals(session, batch, touched, totals),
    )


def _plan_sales(batch: _Batch, entries: Sequence[SaleEntry | BadEntry]) -> None:
    """Find the place, the day and the holder of each entry; plan the sales."""
    for index, entry in enumerate(entries):
        if isinstance(entry, BadEntry):
            batch.answer(index, entry.id, SyncOutcome.REJECTED, entry.why)
            continue
        place = batch.places.get((entry.stop, entry.stand))
        row = _row(batch, place, entry) if place else None
        if row is None:
            batch.answer(index, entry.id, SyncOutcome.REJECTED, PlaceUnknown.message)
            continue
        batch.open[index] = row
        if row.reverses_id is None:
            batch.planned.setdefault(row.id, row)


def _row(batch: _Batch, place: Place, entry: SaleEntry) -> LedgerRow | None:
    sold_at = entry.sold_at + batch.correction if batch.correction else entry.sold_at
    holding = place.holding_at(sold_at)
    if not place.is_open_to(holding):
        return None
    span = batch.spans.get(place.stop_id)
    if span is None or not span.starts_at <= sold_at < span.ends_at:
        span = batch.spans[place.stop_id] = span_of_day(sold_at, place.hours)
    return LedgerRow(
        entry.id,
        batch.event_id,
        place.stop_id,
        place.stand_id,
        holding.registration_id if holding else None,
        span.day,
        sold_at,
        entry.sold_at,
        batch.now,
        -entry.amount_minor if entry.reverses else entry.amount_minor,
        CURRENCY,
        entry.payment._value_,  # as fast as an attribute, which `value` is not
        entry.sector,
        entry.product,
        entry.quantity_milli,
        entry.reverses,
        batch.device_id,
        batch.account_id,
    )


def _plan_reversals(session: Session, batch: _Batch) -> None:
    """Plan each reversal, or answer it: rejected when it does not match, conflict when it is late."""
    reversals = {
        index: (row, row.reverses_id) for index, row in batch.open.items() if row.reverses_id is not None
    }
    ids = {id_ for row, sale_id in reversals.values() for id_ in (row.id, sale_id)}
    batch.ledger = queries.ledger_entries(session, ids=ids)
    batch.reversed_by = queries.reversals_of(session, sale_ids=ids | batch.planned.keys())
    claimed = set(batch.reversed_by)
    for index, (row, sale_id) in reversals.items():
        if row.id in batch.planned or row.id in batch.ledger:
            continue  # answered by what stands under its id
        sale = batch.ledger.get(sale_id) or batch.planned.get(sale_id)
        if sale_id == row.id or (sale is not None and not _undoes(row, sale)):
            batch.answer(index, row.id, SyncOutcome.REJECTED, ReversalMismatch.message)
            del batch.open[index]
        elif sale_id in claimed:
            batch.answer(index, row.id, SyncOutcome.CONFLICT, AlreadyReversed.message)
            del batch.open[index]
        else:
            claimed.add(sale_id)
            batch.planned[row.id] = row


def _undoes(reversal: LedgerRow | LedgerEntry, sale: LedgerRow | LedgerEntry) -> bool:
    origin = SaleOrigin(stand_id=sale.stand_id, amount_minor=sale.amount_minor)
    return reversal_matches(origin, stand_id=reversal.stand_id, amount_minor=-reversal.amount_minor)


def _settle(session: Session, batch: _Batch, recorded: Sequence[LedgerRow]) -> None:
    """Answer every entry that is still open by what the ledger now says under its id."""
    fresh = {row.id: row for row in recorded}
    missing = {row.id for row in batch.open.values() if row.id not in fresh}
    batch.ledger |= queries.ledger_entries(session, ids=missing - batch.ledger.keys())
    for index, row in batch.open.items():
        first = fresh.get(row.id)
        if first is row:
            batch.results[index] = EntryResult(row.id, SyncOutcome.RECORDED)
            continue
        known = first.entry() if first else batch.ledger.get(row.id)
        if known is None:
            batch.answer(index, row.id, SyncOutcome.CONFLICT, AlreadyReversed.message)
        elif known.says_the_same_as(row.entry()):
            batch.answer(index, row.id, SyncOutcome.DUPLICATE)
        else:
            batch.answer(index, row.id, SyncOutcome.CONFLICT, IdTaken.message)
    for row in recorded:
        if row.reverses_id is not None and (sale := fresh.get(row.reverses_id)):
            batch.ledger[sale.id] = sale.entry()


def _counted(batch: _Batch, recorded: Sequence[LedgerRow]) -> Iterator[Counted]:
    """Yield what the new rows add: sales, their reversals, and reversals that waited for them."""
    for row in recorded:
        if row.reverses_id is not None:
            sale = batch.ledger.get(row.reverses_id)
            if sale is not None and _undoes(row, sale):
                yield _undoing(row, sale.sector_code)
            continue
        yield Counted(row.stop_id, row.stand_id, row.day, row.sector_code, 1, row.amount_minor)
        waiting = batch.reversed_by.get(row.id)
        if waiting is not None and _undoes(waiting, row):
            yield _undoing(waiting, row.sector_code)


def _undoing(reversal: LedgerRow | LedgerEntry, sector_code: str | None) -> Counted:
    return Counted(reversal.stop_id, reversal.stand_id, reversal.day, sector_code, -1, reversal.amount_minor)


def _flags(batch: _Batch, recorded: Sequence[LedgerRow]) -> Iterator[Flag]:
    hours = {place.stand_id: place.hours for place in batch.places.values()}
    seconds = int(batch.correction.total_seconds())
    for row in recorded:
        if row.registration_id is None:
            yield Flag(row.id, FlagKind.NO_HOLDER, {})
        if not hours[row.stand_id].is_open_on(row.day):
            yield Flag(row.id, FlagKind.OUTSIDE_DAYS, {"day": row.day.isoformat()})
        if seconds:
            yield Flag(row.id, FlagKind.CLOCK_CORRECTED, {"seconds": seconds})
        waiting = batch.reversed_by.get(row.id)
        if waiting is not None and not _undoes(waiting, row):
            yield Flag(waiting.id, FlagKind.REVERSAL_MISMATCH, {"sale": row.id})
        sale = batch.ledger.get(row.reverses_id) if row.reverses_id else None
        if sale is not None and not _undoes(row, sale):
            yield Flag(row.id, FlagKind.REVERSAL_MISMATCH, {"sale": sale.id})


def _day_totals(
    session: Session,
    batch: _Batch,
    touched: set[tuple[int, date]],
    totals: dict[tuple[int, date], tuple[int, int]],
) -> list[DayTotal]:
    """Return the totals of touched stand-days; those that nothing was added to are read."""
    places = {place.stand_id: place for place in batch.places.values()}
    if unread := {key for key in touched - totals.keys() if key[0] in places}:
        stored = queries.stand_days_of(
            session, stand_ids={stand for stand, _day in unread}, days={day for _stand, day in unread}
        )
        totals |= {key: (stored[key].sales_count, stored[key].amount_minor) for key in unread & stored.keys()}
    return [
        DayTotal(places[stand].stop, places[stand].stand, day, sales, amount)
        for (stand, day), (sales, amount) in sorted(totals.items())
    ]
