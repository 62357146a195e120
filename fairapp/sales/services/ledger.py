"""The statements that write the ledger, its totals and its flags: one a table, however many rows."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from fairapp.foundation.rows import insert_rows
from fairapp.sales.domain import FlagKind, Payment
from fairapp.sales.models import NOT_STATED
from fairapp.sales.queries.entries import LedgerEntry


class LedgerRow(NamedTuple):
    """One row of `sales`, in the order of `_SALES`."""

    id: str
    event_id: int
    stop_id: int
    stand_id: int
    registration_id: int | None
    day: date
    sold_at: datetime
    device_sold_at: datetime
    received_at: datetime
    amount_minor: int
    currency: str
    payment: str
    sector_code: str | None
    product: str | None
    quantity_milli: int | None
    reverses_id: str | None
    device_id: str | None
    account_id: int | None

    def entry(self) -> LedgerEntry:
        """Return what of the row decides whether another one says the same."""
        return LedgerEntry(
            self.id,
            self.stop_id,
            self.stand_id,
            self.day,
            self.device_sold_at,
            self.amount_minor,
            Payment(self.payment),
            self.sector_code,
            self.product,
            self.quantity_milli,
            self.reverses_id,
        )


class Flag(NamedTuple):
    """A question to raise about one entry."""

    sale_id: str
    kind: FlagKind
    details: Mapping[str, Any]


class Counted(NamedTuple):
    """What one counted entry adds to its stand-day; `sales` is -1 for a reversal."""

    stop_id: int
    stand_id: int
    day: date
    sector_code: str | None
    sales: int
    amount_minor: int


_SALES = {
    "id": "uuid",
    "event_id": "integer",
    "stop_id": "integer",
    "stand_id": "integer",
    "registration_id": "integer",
    "day": "date",
    "sold_at": "timestamptz",
    "device_sold_at": "timestamptz",
    "received_at": "timestamptz",
    "amount_minor": "bigint",
    "currency": "text",
    "payment": "text",
    "sector_code": "text",
    "product": "text",
    "quantity_milli": "bigint",
    "reverses_id": "uuid",
    "device_id": "uuid",
    "account_id": "integer",
}
_STAND_DAYS = {
    "stand_id": "integer",
    "day": "date",
    "event_id": "integer",
    "stop_id": "integer",
    "entries_count": "integer",
    "sales_count": "integer",
    "amount_minor": "bigint",
}
_SECTORS = {
    "stand_id": "integer",
    "day": "date",
    "sector_code": "text",
    "event_id": "integer",
    "sales_count": "integer",
    "amount_minor": "bigint",
}
_FLAGS = {
    "sale_id": "uuid",
    "event_id": "integer",
    "kind": "text",
    "details": "json",
    "raised_at": "timestamptz",
}


def insert_entries(session: Session, *, rows: Sequence[LedgerRow]) -> list[LedgerRow]:
    """Insert rows that the ledger does not have and return these.

    A row is left out when its id is taken, or another reversal of its sale was faster. Sales
    come first and all in the order of their ids, so that two calls never wait for each other.
    """
    inserted = insert_rows(
        session,
        table="sales",
        columns=_SALES,
        rows=rows,
        order_by="reverses_id IS NOT NULL, coalesce(reverses_id, id)",
        then="ON CONFLICT DO NOTHING RETURNING id",
    )
    if len(inserted) == len(rows):
        return list(rows)
    ids = {str(UUID(str(row[0]))) for row in inserted}
    return [row for row in rows if row.id in ids]


def add_to_totals(
    session: Session, *, event_id: int, counted: Iterable[Counted]
) -> dict[tuple[int, date], tuple[int, int]]:
    """Add counted entries to the totals of their stand-days and of the sectors in them.

    Returns sales and amount of each stand-day that it changed, by stand and day.
    """
    parts: dict[tuple[int, int, date, str | None], list[int]] = {}
    for stop_id, stand_id, day, sector_code, sales, amount in counted:
        part = parts.setdefault((stop_id, stand_id, day, sector_code), [0, 0, 0])
        part[0] += 1
        part[1] += sales
        part[2] += amount
    days: dict[tuple[int, date], list[int]] = {}
    sectors: dict[tuple[int, date, str], list[int]] = {}
    stops: dict[int, int] = {}
    for (stop_id, stand_id, day, sector_code), (entries, sales, amount) in parts.items():
        stops[stand_id] = stop_id
        _add(days.setdefault((stand_id, day), [0, 0, 0]), (entries, sales, amount))
        _add(sectors.setdefault((stand_id, day, sector_code or NOT_STATED), [0, 0]), (sales, amount))
    changed = insert_rows(
        session,
        table="stand_days",
        columns=_STAND_DAYS,
        rows=[(stand, day, event_id, stops[stand], *total) for (stand, day), total in days.items()],
        order_by="stand_id, day",
        then="ON CONFLICT (stand_id, day) DO UPDATE SET"
        " entries_count = stand_days.entries_count + excluded.entries_count,"
        " sales_count = stand_days.sales_count + excluded.sales_count,"
        " amount_minor = stand_days.amount_minor + excluded.amount_minor"
        " RETURNING stand_id, day, sales_count, amount_minor",
    )
    insert_rows(
        session,
        table="stand_day_sectors",
        columns=_SECTORS,
        rows=[(*key, event_id, *part) for key, part in sectors.items()],
        order_by="stand_id, day, sector_code",
        then="ON CONFLICT (stand_id, day, sector_code) DO UPDATE SET"
        " sales_count = stand_day_sectors.sales_count + excluded.sales_count,"
        " amount_minor = stand_day_sectors.amount_minor + excluded.amount_minor RETURNING stand_id",
    )
    return {
        (stand, date.fromisoformat(day) if isinstance(day, str) else day): (sales, amount)
        for stand, day, sales, amount in (tuple(row) for row in changed)
    }


def _add(sums: list[int], values: Sequence[int]) -> None:
    for place, value in enumerate(values):
        sums[place] += value


def raise_flags(session: Session, *, event_id: int, flags: Iterable[Flag], now: datetime) -> None:
    """Raise flags; one that was raised before stays as it is."""
    insert_rows(
        session,
        table="sale_flags",
        columns=_FLAGS,
        rows=[(flag.sale_id, event_id, flag.kind, dict(flag.details), now) for flag in flags],
        order_by="sale_id, kind",
        then="ON CONFLICT (sale_id, kind) DO NOTHING RETURNING id",
    )
