"""Computing the totals of all stand-days from the ledger anew, and what differed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Select, case, cast, delete, func, insert, select, tuple_
from sqlalchemy.orm import Session, aliased

from fairapp.audit.domain import Actor
from fairapp.audit.services import record
from fairapp.sales.models import NOT_STATED, DayReport, Sale, StandDay, StandDaySector
from fairapp.stands.models import Stand

_SALE = aliased(Sale)
# A reversal counts when its sale is in the ledger and matches; a sale always counts.
_COUNTS = Sale.reverses_id.is_(None) | (
    (_SALE.id.is_not(None)) & (_SALE.stand_id == Sale.stand_id) & (_SALE.amount_minor == -Sale.amount_minor)
)
_STEP = case((Sale.reverses_id.is_(None), 1), else_=-1)
_SECTOR = func.coalesce(
    case((Sale.reverses_id.is_(None), Sale.sector_code), else_=_SALE.sector_code), NOT_STATED
)


@dataclass(frozen=True, slots=True)
class Difference:
    """One row of totals that was not what the ledger says; None for a row that is not there."""

    table: str
    key: tuple[Any, ...]
    stored: tuple[Any, ...] | None
    computed: tuple[Any, ...] | None


def rebuild_totals(session: Session, *, actor: Actor, now: datetime) -> list[Difference]:
    """Replace the totals of all stand-days by what the ledger and the day reports say.

    Returns what differed; nothing, as long as every change went through the services. Nobody
    can record meanwhile.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(Stand.id).order_by(Stand.id).with_for_update(key_share=True))
    differences = [
        *_replace(session, StandDay, 2, _stand_days()),
        *_replace(session, StandDaySector, 3, _sectors()),
    ]
    if differences:
        record(
            session,
            actor=actor,
            action="sales.totals_rebuilt",
            subject_type="ledger",
            subject_id="all",
            now=now,
            details={"differences": len(differences)},
        )
    return differences


def _replace(
    session: Session,
    model: type[StandDay] | type[StandDaySector],
    keys: int,
    computed_by: Select[Any],
) -> list[Difference]:
    names = [column["name"] for column in computed_by.column_descriptions]
    columns = [getattr(model, name) for name in names]
    stored = {tuple(row[:keys]): tuple(row[keys:]) for row in session.execute(select(*columns))}
    computed = {tuple(row[:keys]): tuple(row[keys:]) for row in session.execute(computed_by)}
    wrong = sorted(key for key in stored.keys() | computed.keys() if stored.get(key) != computed.get(key))
    if wrong:
        identity = tuple_(*columns[:keys])
        for part in _in_parts(wrong):
            session.execute(delete(model).where(identity.in_(part)))
        rows = [dict(zip(names, (*key, *computed[key]), strict=True)) for key in wrong if key in computed]
        if rows:
            session.execute(insert(model), rows)
    table = model.__tablename__
    return [Difference(table, key, stored.get(key), computed.get(key)) for key in wrong]


def _in_parts(keys: Sequence[tuple[Any, ...]], size: int = 500) -> list[Sequence[tuple[Any, ...]]]:
    return [keys[start : start + size] for start in range(0, len(keys), size)]


def _stand_days() -> Select[Any]:
    newest = (
        select(
            DayReport.stand_id,
            DayReport.day,
            DayReport.event_id,
            DayReport.stop_id,
            DayReport.takings_minor,
            func.row_number()
            .over(
                partition_by=(DayReport.stand_id, DayReport.day),
                order_by=(DayReport.reported_at.desc(), DayReport.id),
            )
            .label("place"),
        )
    ).subquery()
    ledger = (
        select(
            Sale.stand_id,
            Sale.day,
            Sale.event_id,
            Sale.stop_id,
            func.count().label("entries_count"),
            func.sum(_STEP).label("sales_count"),
            func.sum(Sale.amount_minor).label("amount_minor"),
        )
        .outerjoin(_SALE, _SALE.id == Sale.reverses_id)
        .where(_COUNTS)
        .group_by(Sale.stand_id, Sale.day, Sale.event_id, Sale.stop_id)
    ).subquery()
    reports = select(newest).where(newest.c.place == 1).subquery()
    same = (reports.c.stand_id == ledger.c.stand_id) & (reports.c.day == ledger.c.day)
    both = ledger.join(reports, same, full=True)
    return select(
        func.coalesce(ledger.c.stand_id, reports.c.stand_id).label("stand_id"),
        func.coalesce(ledger.c.day, reports.c.day).label("day"),
        func.coalesce(ledger.c.event_id, reports.c.event_id).label("event_id"),
        func.coalesce(ledger.c.stop_id, reports.c.stop_id).label("stop_id"),
        func.coalesce(ledger.c.entries_count, 0).label("entries_count"),
        func.coalesce(ledger.c.sales_count, 0).label("sales_count"),
        _whole(func.coalesce(ledger.c.amount_minor, 0)).label("amount_minor"),
        reports.c.takings_minor.label("takings_minor"),
    ).select_from(both)


def _sectors() -> Select[Any]:
    return (
        select(
            Sale.stand_id.label("stand_id"),
            Sale.day.label("day"),
            _SECTOR.label("sector_code"),
            Sale.event_id.label("event_id"),
            func.sum(_STEP).label("sales_count"),
            _whole(func.sum(Sale.amount_minor)).label("amount_minor"),
        )
        .outerjoin(_SALE, _SALE.id == Sale.reverses_id)
        .where(_COUNTS)
        .group_by(Sale.stand_id, Sale.day, _SECTOR, Sale.event_id)
    )


def _whole(amount: Any) -> Any:
    # PostgreSQL sums bigints as numeric.
    return cast(amount, BigInteger)
