"""Reads of imports, and of the directory by the thousand."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from pydantic_core import to_json
from sqlalchemy import ARRAY, ColumnElement, Text, func, literal, or_, select, union
from sqlalchemy.orm import InstrumentedAttribute, Session, defer

from fairapp.accounts.models import Account
from fairapp.audit.models import AuditChain, AuditEntry
from fairapp.cooperatives.models import Cooperative, CooperativeSector
from fairapp.foundation.database import Base
from fairapp.foundation.ids import parse_reference
from fairapp.imports.domain import ImportState, RowOutcome
from fairapp.imports.errors import ImportNotFound
from fairapp.imports.matching import COMPARED, Entry
from fairapp.imports.models import Import, ImportContent, ImportRow

ROWS_A_PAGE = 50
MOST_IMPORTS_SHOWN = 30
_CHAIN = "instance"  # of acts on the directory
# What an entry holds by itself; everything else that points to it is its history.
_OWN_TABLES = frozenset({"cooperative_sectors", "distinct_cooperatives"})
_PLAIN = tuple(name for name in COMPARED if name != "sectors")


def import_for(session: Session, *, code: str) -> Import:
    """Return an import by its code, typed in any form.

    Raises: ImportNotFound.
    """
    found = session.scalar(select(Import).where(Import.code == (parse_reference(code) or "")))
    if found is None:
        raise ImportNotFound()
    return found


def import_for_update(session: Session, *, code: str) -> Import:
    """Return an import, locked.

    Raises: ImportNotFound.
    """
    found = session.scalar(
        select(Import).where(Import.code == (parse_reference(code) or "")).with_for_update()
    )
    if found is None:
        raise ImportNotFound()
    return found


def import_by_id(session: Session, *, import_id: int) -> Import | None:
    """Return an import for the worker, locked; None when it is gone."""
    return session.scalar(select(Import).where(Import.id == import_id).with_for_update())


def content_of(session: Session, *, import_id: int) -> bytes | None:
    """Return the file of an import, if it is still kept."""
    return session.scalar(select(ImportContent.content).where(ImportContent.import_id == import_id))


def latest_imports(session: Session) -> Sequence[tuple[Import, str | None]]:
    """Return the newest imports with the name of who sent them."""
    rows = session.execute(
        select(Import, Account.name)
        .outerjoin(Account, Account.id == Import.created_by_id)
        .order_by(Import.id.desc())
        .limit(MOST_IMPORTS_SHOWN)
    )
    return [(row[0], row[1]) for row in rows]


def last_applied_id(session: Session) -> int | None:
    """Return the id of the import that was applied last and is not undone."""
    return session.scalar(
        select(Import.id)
        .where(Import.state.in_((ImportState.APPLIED, ImportState.UNDOING)))
        .order_by(Import.applied_at.desc(), Import.id.desc())
        .limit(1)
    )


@dataclass(frozen=True, slots=True)
class RowPage:
    """One page of rows with the entries that they name, by id."""

    rows: Sequence[ImportRow]
    entries: Mapping[int, Entry]
    page: int
    pages: int
    total: int


def page_of_rows(
    session: Session, *, import_id: int, filters: Collection[ColumnElement[bool]], page: int
) -> RowPage:
    """Return a page of rows in the order of the file."""
    here = (ImportRow.import_id == import_id, *filters)
    total = session.scalar(select(func.count()).select_from(ImportRow).where(*here)) or 0
    pages = max(1, -(-total // ROWS_A_PAGE))
    page = min(max(1, page), pages)
    rows = session.scalars(
        select(ImportRow)
        .where(*here)
        .order_by(ImportRow.number)
        .limit(ROWS_A_PAGE)
        .offset((page - 1) * ROWS_A_PAGE)
    ).all()
    ids = {row.cooperative_id for row in rows if row.cooperative_id is not None}
    ids |= {candidate[0] for row in rows for candidate in row.candidates}
    entries = {entry.id: entry for entry in entries_by_id(session, ids=ids)}
    return RowPage(rows, entries, page, pages, total)


def counts_of(session: Session, *, import_id: int) -> dict[str, int]:
    """Return how many rows have which outcome."""
    rows = session.execute(
        select(ImportRow.outcome, func.count())
        .where(ImportRow.import_id == import_id)
        .group_by(ImportRow.outcome)
    )
    found = {RowOutcome(outcome).value: number for outcome, number in rows}
    return {outcome.value: found.get(outcome.value, 0) for outcome in RowOutcome}


def rows_after(
    session: Session,
    *,
    import_id: int,
    outcomes: Collection[RowOutcome],
    after: int,
    most: int,
    brief: bool = False,
) -> Sequence[ImportRow]:
    """Return the next rows with one of the outcomes, in the order of the file.

    `brief` leaves out what only people look at.
    """
    return session.scalars(
        select(ImportRow)
        .where(ImportRow.import_id == import_id, ImportRow.outcome.in_(outcomes), ImportRow.number > after)
        .order_by(ImportRow.number)
        .limit(most)
        .options(*((defer(ImportRow.problems), defer(ImportRow.cells)) if brief else ()))
    ).all()


def is_listed(
    session: Session, column: InstrumentedAttribute[Any], values: Collection[Any]
) -> ColumnElement[bool]:
    """Return the condition that a column holds one of these values; however many, they are one parameter."""
    if session.get_bind().dialect.name == "sqlite":
        listed = literal(to_json(list(values)).decode(), Text)
        return column.in_(select(func.json_each(listed).table_valued("value").c.value))
    return column == func.any(literal(list(values), ARRAY(column.type)))


def codes_taken(session: Session, *, codes: Collection[str]) -> set[str]:
    """Return which of these codes the directory has given already."""
    return set(session.scalars(select(Cooperative.code).where(is_listed(session, Cooperative.code, codes))))


def entries_by_id(session: Session, *, ids: Collection[int]) -> list[Entry]:
    """Return entries of the directory with everything that an import compares. Two statements."""
    if not ids:
        return []
    columns = [getattr(Cooperative, name) for name in _PLAIN]
    found = session.execute(
        select(Cooperative.id, Cooperative.code, Cooperative.merged_into_id, *columns).where(
            is_listed(session, Cooperative.id, ids)
        )
    ).all()
    sectors: dict[int, list[str]] = {}
    for cooperative_id, sector in session.execute(
        select(CooperativeSector.cooperative_id, CooperativeSector.sector_code)
        .where(is_listed(session, CooperativeSector.cooperative_id, ids))
        .order_by(CooperativeSector.sector_code)
    ):
        sectors.setdefault(cooperative_id, []).append(sector)
    return [_entry(row, sorted(sectors.get(row[0], ()))) for row in found]


def _entry(row: Sequence[Any], sectors: list[str]) -> Entry:
    values = {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in zip(_PLAIN, row[3:], strict=True)
    }
    return Entry(row[0], row[1], {**values, "sectors": sectors}, row[2])


def candidate_entries(
    session: Session, *, numbers: Collection[str], ices: Collection[str], words: Collection[str]
) -> list[Entry]:
    """Return the entries that share a register number, an ICE or the words of a name. Merged ones never."""
    ways = [
        select(Cooperative.id).where(Cooperative.merged_into_id.is_(None), is_listed(session, column, values))
        for column, values in (
            (Cooperative.register_number, numbers),
            (Cooperative.ice, ices),
            (Cooperative.words_ar, words),
            (Cooperative.words_fr, words),
        )
        if values
    ]
    if not ways:
        return []
    found = session.execute(union(*ways) if len(ways) > 1 else ways[0])
    return entries_by_id(session, ids=[row[0] for row in found])


def ids_of_codes(session: Session, *, codes: Collection[str]) -> dict[str, int]:
    """Return the id of the entry of each code; of a merged one, that of the entry that was kept."""
    if not codes:
        return {}
    rows = session.execute(
        select(Cooperative.code, func.coalesce(Cooperative.merged_into_id, Cooperative.id)).where(
            is_listed(session, Cooperative.code, codes)
        )
    )
    return {row[0]: row[1] for row in rows}


def acts_on_directory(session: Session) -> int:
    """Return the number of the newest act of the chain in which the directory's acts are recorded."""
    return session.scalar(select(AuditChain.sequence).where(AuditChain.name == _CHAIN)) or 0


def standing_of_directory(session: Session) -> dict[str, int]:
    """Return by what a change of the directory is noticed: its newest act and its newest entry."""
    newest = session.scalar(select(func.max(Cooperative.id))) or 0
    return {"acts": acts_on_directory(session), "entries": newest}


def directory_is_as_read(session: Session, *, import_id: int) -> bool:
    """Tell whether nothing of the directory changed since a file was set beside it."""
    found = session.scalar(select(Import.found).where(Import.id == import_id)) or {}
    stood = found.get("directory")
    if stood is None or standing_of_directory(session)["entries"] != stood["entries"]:
        return False
    return not directory_moved(session, since=stood["acts"])


def directory_moved(session: Session, *, since: int) -> bool:
    """Tell whether the directory was changed by an act after `since`."""
    acts = (AuditEntry.action.like("cooperatives.%"), AuditEntry.action.like("imports.%"))
    newest = (
        select(AuditEntry.id)
        .where(AuditEntry.chain == _CHAIN, AuditEntry.sequence > since, or_(*acts))
        .where(AuditEntry.action.not_in(QUIET_ACTS))
        .limit(1)
    )
    return session.scalar(newest) is not None


QUIET_ACTS = ("imports.sent", "imports.dropped", "imports.decided")  # these change no entry


def ids_with_history(session: Session, *, ids: Collection[int]) -> set[int]:
    """Return those entries that something else points to: registrations, accounts, memberships, merges.

    Every table of the product is asked that has a key to the directory, whichever feature it is of.
    """
    found: set[int] = set()
    for table in Base.metadata.sorted_tables:
        if table.name in _OWN_TABLES or not ids:
            continue
        for column in table.columns:
            if any(key.column.table.name == Cooperative.__tablename__ for key in column.foreign_keys):
                found |= set(
                    session.scalars(select(column).distinct().where(is_listed(session, column, ids)))  # type: ignore[arg-type] # a column is as good
                )
    return found


def rows_of_entries(
    session: Session, *, import_id: int, after: int, most: int
) -> list[tuple[ImportRow, int | None]]:
    """Return the next rows that made or changed an entry, with the id of that entry; None when it is gone."""
    rows = session.execute(
        select(ImportRow, func.coalesce(Cooperative.id, ImportRow.cooperative_id))
        .outerjoin(
            Cooperative,
            (ImportRow.outcome == RowOutcome.NEW) & (Cooperative.code == ImportRow.new_code),
        )
        .where(
            ImportRow.import_id == import_id,
            ImportRow.outcome.in_((RowOutcome.NEW, RowOutcome.CHANGED)),
            ImportRow.number > after,
        )
        .order_by(ImportRow.number)
        .limit(most)
    )
    return [(row[0], row[1]) for row in rows]


def is_silent(found: Import, *, for_s: int, now: datetime) -> bool:
    """Tell whether the worker has said nothing of an import for so many seconds."""
    return found.worked_at is None or now - found.worked_at >= timedelta(seconds=for_s)
