"""Undoing the import that was applied last: its entries go, what it changed comes back.

An entry that has a history by now (a registration, an account, a membership…) or was changed since
is kept as it is and listed; the rest is undone.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, tuple_
from sqlalchemy.orm import Session

from fairapp.audit.domain import Actor
from fairapp.audit.services import record
from fairapp.cooperatives.models import Cooperative, CooperativeSector
from fairapp.foundation.text import N_
from fairapp.imports import queries
from fairapp.imports.domain import CellProblem, ImportState, RowOutcome
from fairapp.imports.errors import DirectoryMoved, NotInThisState, OnlyTheLastIsUndone
from fairapp.imports.matching import Entry, after, mark_of
from fairapp.imports.models import Import, ImportRow
from fairapp.imports.services.applying import ROWS_A_BATCH, changed_row, in_parts, lock_entries, write_entries
from fairapp.outbox.services import claim, enqueue

HAS_HISTORY = N_("Kept: it has registrations, an account or other records by now.")
CHANGED_SINCE = N_("Kept: it was changed after the import.")


@dataclass(slots=True)
class UndoPlan:
    """Which entries go and which come back, and why rows are kept, by their number."""

    seen_acts: int
    gone: dict[int, int] = field(default_factory=dict)  # id of the entry -> number of its row
    back: list[tuple[Any, ...]] = field(default_factory=list)
    sectors_gone: list[tuple[int, str]] = field(default_factory=list)
    changed_ids: set[int] = field(default_factory=set)
    kept: dict[int, str] = field(default_factory=dict)


def ask_to_undo(session: Session, *, actor: Actor, code: str, now: datetime) -> Import:
    """Have the worker undo the import that was applied last.

    Raises: ImportNotFound, NotInThisState, OnlyTheLastIsUndone.
    """
    found = queries.import_for_update(session, code=code)
    if found.state is not ImportState.APPLIED:
        raise NotInThisState()
    if queries.last_applied_id(session) != found.id:
        raise OnlyTheLastIsUndone()
    found.state, found.worked_at = ImportState.UNDOING, None
    enqueue(
        session,
        "imports.undo_register",
        payload={"import_id": found.id, "account_id": actor.account_id},
        key=f"imports.undo_register:{found.code}",
        now=now,
    )
    return found


def plan_undo(session: Session, *, import_id: int) -> UndoPlan:
    """Prepare what goes and what comes back. Reads only, batch by batch."""
    plan = UndoPlan(seen_acts=queries.acts_on_directory(session))
    session.rollback()
    last = 0
    while rows := queries.rows_of_entries(session, import_id=import_id, after=last, most=ROWS_A_BATCH):
        last = rows[-1][0].number
        entries = {
            entry.id: entry
            for entry in queries.entries_by_id(
                session, ids={found for _row, found in rows if found is not None}
            )
        }
        for row, cooperative_id in rows:
            entry = entries.get(cooperative_id or 0)
            if row.outcome is RowOutcome.NEW:
                _plan_new(plan, row, entry)
            else:
                _plan_changed(plan, row, entry)
        session.expunge_all()
        session.rollback()
    return plan


def _plan_new(plan: UndoPlan, row: ImportRow, entry: Entry | None) -> None:
    if entry is None:
        return  # gone already
    names = (row.stated.get("name_ar"), row.stated.get("name_fr"))
    made = {
        **row.stated,
        "name_ar": names[0] or names[1] or "",
        "name_fr": names[1] or names[0] or "",
        "sectors": sorted(row.stated.get("sectors", ())),
    }
    if entry.mark == mark_of(made):
        plan.gone[entry.id] = row.number
    else:
        plan.kept[row.number] = CHANGED_SINCE


def _plan_changed(plan: UndoPlan, row: ImportRow, entry: Entry | None) -> None:
    before = row.before or {}
    if entry is None:
        return
    is_as_applied = all(entry.values.get(name) == after(row.stated, before, name) for name in before)
    restored = {**entry.values, **before}
    if not is_as_applied or mark_of(restored, entry.merged_into_id) != row.seen:
        plan.kept[row.number] = CHANGED_SINCE
        return
    plan.changed_ids.add(entry.id)
    if set(before) - {"sectors"}:
        plan.back.append(changed_row(entry.id, entry.code, restored))
    plan.sectors_gone += [
        (entry.id, sector) for sector in entry.values["sectors"] if sector not in restored["sectors"]
    ]


def undo_import(
    session: Session, *, actor: Actor, import_id: int, plan: UndoPlan, key: str, now: datetime
) -> bool:
    """Undo what was planned, in one transaction, once. False when it was done before.

    Raises: DirectoryMoved, when somebody changed the directory after the plan was made.
    """
    found = queries.import_by_id(session, import_id=import_id)
    if found is None or found.state is not ImportState.UNDOING or not claim(session, key=key, now=now):
        return False
    lock_entries(session, [*plan.changed_ids, *plan.gone])
    if queries.directory_moved(session, since=plan.seen_acts):
        raise DirectoryMoved()
    for cooperative_id in queries.ids_with_history(session, ids=list(plan.gone)):
        plan.kept[plan.gone.pop(cooperative_id)] = HAS_HISTORY
    _take_away(session, list(plan.gone))
    write_entries(session, plan.back)
    for part in in_parts(plan.sectors_gone):
        pair = tuple_(CooperativeSector.cooperative_id, CooperativeSector.sector_code)
        session.execute(delete(CooperativeSector).where(pair.in_(part)))
    _tell_kept(session, found, plan)
    found.state, found.undone_at, found.worked_at = ImportState.UNDONE, now, now
    details = {
        "code": found.code,
        "sha256": found.sha256,
        "taken_away": len(plan.gone),
        "restored": len(plan.changed_ids),
        "kept": len(plan.kept),
    }
    found.counts = {**found.counts, "kept": len(plan.kept)}
    record(
        session,
        actor=actor,
        action="imports.undone",
        subject_type="import",
        subject_id=found.id,
        now=now,
        details=details,
    )
    return True


def _take_away(session: Session, ids: Sequence[int]) -> None:
    if ids:
        session.execute(
            delete(CooperativeSector).where(queries.is_listed(session, CooperativeSector.cooperative_id, ids))
        )
        session.execute(delete(Cooperative).where(queries.is_listed(session, Cooperative.id, ids)))


def _tell_kept(session: Session, found: Import, plan: UndoPlan) -> None:
    rows = session.scalars(
        select(ImportRow).where(
            ImportRow.import_id == found.id, queries.is_listed(session, ImportRow.number, list(plan.kept))
        )
    )
    for row in rows:
        row.problems = [*row.problems, CellProblem("kept", plan.kept[row.number]).stored()]
