"""Applying an import: prepared outside of the transaction, written in one, so that writers wait briefly."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fairapp.audit.domain import Actor
from fairapp.audit.services import record
from fairapp.cooperatives.domain import stored_keys
from fairapp.cooperatives.models import Cooperative
from fairapp.foundation.rows import insert_rows
from fairapp.imports import queries
from fairapp.imports.domain import ImportState, Mark, RowOutcome
from fairapp.imports.errors import DirectoryMoved, NothingToApply, NotInThisState
from fairapp.imports.matching import Candidates, Entry, after, keys_of, match
from fairapp.imports.models import Import, ImportRow
from fairapp.imports.reader import candidates_for
from fairapp.imports.rows import ReadRow
from fairapp.imports.services.taking_in import forget_content
from fairapp.outbox.services import claim, enqueue

ROWS_A_BATCH = 2_000
ROWS_A_STATEMENT = 1_000
_DOING = (RowOutcome.NEW, RowOutcome.CHANGED)
_VALUES = {
    "name_ar": "text",
    "name_fr": "text",
    "legal_kind": "text",
    "register_court": "text",
    "register_number": "text",
    "ice": "text",
    "province_code": "text",
    "commune": "text",
    "douar": "text",
    "rural": "boolean",
    "founded_on": "date",
    "members": "integer",
    "women_members": "integer",
    "youth_members": "integer",
    "women_led": "boolean",
    "phone": "text",
    "email": "text",
}
_KEYS = {"name_key": "text", "words_ar": "text", "words_fr": "text"}
_NEW = {
    "code": "text",
    **_VALUES,
    **_KEYS,
    "is_demonstration": "boolean",
    "created_at": "timestamptz",
    "created_by_id": "integer",
}
_SECTORS = {"cooperative_id": "integer", "sector_code": "text"}
_CHANGED = {
    "id": "integer",
    "code": "text",
    **_VALUES,
    **_KEYS,
    "is_demonstration": "boolean",
    "created_at": "timestamptz",
}
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)  # asked for by the statement, never written: the row is there
_SET_VALUES = ", ".join(f"{name} = excluded.{name}" for name in (*_VALUES, *_KEYS))


@dataclass(slots=True)
class Plan:
    """What an import will write, ready for the statements. `stale` are rows that went doubtful since.

    `seen_acts` is the newest act of the record that the plan knows of.
    """

    seen_acts: int
    new: list[tuple[Any, ...]] = field(default_factory=list)
    new_sectors: dict[str, list[str]] = field(default_factory=dict)
    changed: list[tuple[Any, ...]] = field(default_factory=list)
    added_sectors: list[tuple[int, str]] = field(default_factory=list)
    changed_ids: set[int] = field(default_factory=set)
    stale: dict[int, tuple[int, Mark]] = field(default_factory=dict)


def ask_to_apply(session: Session, *, actor: Actor, code: str, now: datetime) -> Import:
    """Have the worker apply an import that a person has looked at.

    Raises: ImportNotFound, NotInThisState, NothingToApply.
    """
    found = queries.import_for_update(session, code=code)
    if found.state is not ImportState.READY:
        raise NotInThisState()
    counts = queries.counts_of(session, import_id=found.id)
    if not any(counts[outcome.value] for outcome in _DOING):
        raise NothingToApply()
    found.state, found.worked_at = ImportState.APPLYING, None
    enqueue(
        session,
        "imports.apply_register",
        payload={"import_id": found.id, "account_id": actor.account_id},
        key=f"imports.apply_register:{found.code}",
        now=now,
    )
    return found


def plan_import(session: Session, *, import_id: int, account_id: int | None, now: datetime) -> Plan:
    """Prepare everything that an import writes, and set each row beside the directory once more.

    Reads only, batch by batch; the session's transaction is given back between them.
    """
    plan = Plan(seen_acts=queries.acts_on_directory(session))
    is_as_read = queries.directory_is_as_read(session, import_id=import_id)
    session.rollback()
    last = 0
    while rows := queries.rows_after(
        session, import_id=import_id, outcomes=_DOING, after=last, most=ROWS_A_BATCH, brief=True
    ):
        last = rows[-1].number
        new = [row for row in rows if row.outcome is RowOutcome.NEW]
        changed = [row for row in rows if row.outcome is RowOutcome.CHANGED]
        _plan_changed(session, plan, changed)
        among = None if is_as_read else candidates_for(session, [_as_read(row) for row in new])
        _plan_new(plan, new, among, account_id=account_id, now=now)
        session.expunge_all()
        session.rollback()
    return plan


def _plan_changed(session: Session, plan: Plan, rows: Sequence[ImportRow]) -> None:
    ids = {row.cooperative_id for row in rows if row.cooperative_id is not None}
    entries = {entry.id: entry for entry in queries.entries_by_id(session, ids=ids)}
    for row in rows:
        entry = entries.get(row.cooperative_id or 0)
        if entry is None or entry.mark != row.seen or entry.id in plan.changed_ids:
            plan.stale[row.number] = (row.cooperative_id or 0, Mark.CHANGED_SINCE)
            continue
        _plan_change(plan, row, entry)


def _plan_change(plan: Plan, row: ImportRow, entry: Entry) -> None:
    before = row.before or {}
    wanted = {**entry.values, **{name: after(row.stated, before, name) for name in before}}
    plan.changed_ids.add(entry.id)
    had = set(entry.values["sectors"])
    plan.added_sectors += [(entry.id, sector) for sector in wanted["sectors"] if sector not in had]
    if set(before) - {"sectors"}:
        plan.changed.append(changed_row(entry.id, entry.code, wanted))


def changed_row(cooperative_id: int, code: str, values: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return the parameters that write the values of an entry; what is not compared stays as it is."""
    keys = stored_keys(values["name_ar"], values["name_fr"])
    return (cooperative_id, code, *_written(values), *(keys[name] for name in _KEYS), False, _NEVER)


def _written(values: Mapping[str, Any]) -> Iterator[Any]:
    for name in _VALUES:
        value = values.get(name)
        yield date.fromisoformat(value) if name == "founded_on" and value is not None else value


def _as_read(row: ImportRow) -> ReadRow:
    return ReadRow(row.number, row.stated, [], [], keys_of(row.stated))


def _plan_new(
    plan: Plan,
    rows: Sequence[ImportRow],
    among: Candidates | None,
    *,
    account_id: int | None,
    now: datetime,
) -> None:
    for row in rows:
        since = _entered_since(row, among) if among is not None else None
        if since is not None:
            plan.stale[row.number] = (since, Mark.ENTERED_SINCE)
            continue
        names = (row.stated.get("name_ar"), row.stated.get("name_fr"))
        # A name given in one language stands for both, so that no page shows an empty one.
        values = {**row.stated, "name_ar": names[0] or names[1] or "", "name_fr": names[1] or names[0] or ""}
        keys = stored_keys(values["name_ar"], values["name_fr"])
        code = row.new_code or ""
        plan.new.append((code, *_written(values), *(keys[name] for name in _KEYS), False, now, account_id))
        if row.stated.get("sectors"):
            plan.new_sectors[code] = row.stated["sectors"]


def _entered_since(row: ImportRow, among: Candidates) -> int | None:
    """Return an entry that a new row now looks like, and did not when a person last saw it."""
    found = match(keys_of(row.stated), among, row.stated.get("province_code", ""))
    ids = (
        [found.entry_id]
        if found.entry_id is not None
        else [candidate for candidate, _mark in found.candidates]
    )
    known = {candidate[0] for candidate in row.candidates}
    return next((cooperative_id for cooperative_id in ids if cooperative_id not in known), None)


def mark_stale(
    session: Session, *, import_id: int, stale: Mapping[int, tuple[int, Mark]], now: datetime
) -> None:
    """Make rows doubtful again whose entry was changed, or entered, after the file was read."""
    found = queries.import_by_id(session, import_id=import_id)
    if found is None or found.state is not ImportState.APPLYING:
        return
    found.worked_at = now
    rows = session.scalars(
        select(ImportRow).where(
            ImportRow.import_id == import_id, queries.is_listed(session, ImportRow.number, list(stale))
        )
    )
    for row in rows:
        cooperative_id, mark = stale[row.number]
        row.outcome, row.choice, row.before, row.seen = RowOutcome.DOUBTFUL, None, None, None
        row.candidates = [[cooperative_id, mark.value]] if cooperative_id else []
        row.cooperative_id = None


def apply_import(
    session: Session, *, actor: Actor, import_id: int, plan: Plan, key: str, now: datetime
) -> bool:
    """Write what was planned, all of it or nothing, once. False when it was done before.

    Raises: DirectoryMoved, when somebody changed the directory after the plan was made.
    """
    found = queries.import_by_id(session, import_id=import_id)
    if found is None or found.state is not ImportState.APPLYING or not claim(session, key=key, now=now):
        return False
    lock_entries(session, plan.changed_ids)
    if queries.directory_moved(session, since=plan.seen_acts):
        raise DirectoryMoved()
    _write_new(session, plan)
    _write_changed(session, plan)
    found.counts = queries.counts_of(session, import_id=found.id)
    found.state, found.applied_at, found.worked_at = ImportState.APPLIED, now, now
    forget_content(session, import_id=found.id)
    record(
        session,
        actor=actor,
        action="imports.applied",
        subject_type="import",
        subject_id=found.id,
        now=now,
        details={"code": found.code, "sha256": found.sha256, "counts": found.counts},
    )
    return True


def lock_entries(session: Session, ids: Collection[int]) -> None:
    """Lock entries in the order of their ids. On SQLite the transaction itself is the lock."""
    if ids and session.get_bind().dialect.name != "sqlite":
        session.execute(
            select(Cooperative.id)
            .where(queries.is_listed(session, Cooperative.id, ids))
            .order_by(Cooperative.id)
            .with_for_update()
        ).all()


def _write_new(session: Session, plan: Plan) -> None:
    sectors: list[tuple[int, str]] = []
    for part in in_parts(plan.new):
        made = insert_rows(session, table="cooperatives", columns=_NEW, rows=part, then="RETURNING code, id")
        sectors += [(row.id, sector) for row in made for sector in plan.new_sectors.get(row.code, ())]
    write_sectors(session, sectors)


def write_sectors(session: Session, sectors: Sequence[tuple[int, str]]) -> None:
    """Add sectors to entries that do not have them yet."""
    for part in in_parts(sectors):
        insert_rows(
            session,
            table="cooperative_sectors",
            columns=_SECTORS,
            rows=part,
            then="ON CONFLICT DO NOTHING RETURNING 1",
        )


def _write_changed(session: Session, plan: Plan) -> None:
    write_entries(session, plan.changed)
    write_sectors(session, plan.added_sectors)


def write_entries(session: Session, rows: Sequence[tuple[Any, ...]]) -> None:
    """Write the values of entries that are there, by statements of many rows."""
    for part in in_parts(rows):
        insert_rows(
            session,
            table="cooperatives",
            columns=_CHANGED,
            rows=part,
            then=f"ON CONFLICT (id) DO UPDATE SET {_SET_VALUES} RETURNING 1",
            order_by="id",
        )


def in_parts(rows: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Yield rows by as many as one statement takes."""
    for start in range(0, len(rows), ROWS_A_STATEMENT):
        yield rows[start : start + ROWS_A_STATEMENT]
