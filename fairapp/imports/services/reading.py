"""Reading a register: what each row would do is kept in batches, so that nobody waits long to write."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from fairapp.foundation.errors import Refusal
from fairapp.foundation.ids import new_reference, scattered_reference
from fairapp.foundation.rows import insert_rows
from fairapp.imports import queries
from fairapp.imports.domain import ImportState, RowOutcome
from fairapp.imports.models import Import, ImportRow
from fairapp.imports.rows import JudgedRow, kept_cells
from fairapp.outbox.services import claim

SILENT_FOR_S = 25  # a worker that says nothing for so long is gone; shorter than the relay's first lease
ROWS_A_STATEMENT = 1_500
_COLUMNS = {
    "import_id": "integer",
    "number": "integer",
    "outcome": "text",
    "cooperative_id": "integer",
    "new_code": "text",
    "seen": "text",
    "stated": "json",
    "before": "json",
    "problems": "json",
    "candidates": "json",
    "cells": "json",
}
_ALWAYS_KEPT = ("name_ar", "name_fr")


def begin_reading(session: Session, *, import_id: int, key: str, now: datetime) -> Import | None:
    """Start to read from the first row, forgetting what a worker that was killed left behind.

    None when there is nothing to do: read already, dropped, asked anew, or another worker is at it.
    """
    found = queries.import_by_id(session, import_id=import_id)
    if (
        found is None
        or found.state is not ImportState.READING
        or not key.endswith(f":{found.found['reading']}")
    ):
        return None
    if not queries.is_silent(found, for_s=SILENT_FOR_S, now=now):
        return None
    session.execute(delete(ImportRow).where(ImportRow.import_id == found.id))
    found.done_rows, found.worked_at, found.counts = 0, now, {}
    found.found = {**found.found, "directory": queries.standing_of_directory(session)}
    return found


def note_found(
    session: Session, *, import_id: int, reading: int, found: Mapping[str, Any], total: int, now: datetime
) -> bool:
    """Keep how the file was understood. False when the import has moved on."""
    its = _being_read(session, import_id=import_id, reading=reading)
    if its is None:
        return False
    its.found = {**its.found, **found}
    its.total_rows, its.worked_at = total, now
    return True


def keep_rows(
    session: Session, *, import_id: int, reading: int, rows: Sequence[JudgedRow], done: int, now: datetime
) -> bool:
    """Keep the next rows and how far the reading is. False when the import has moved on."""
    found = _being_read(session, import_id=import_id, reading=reading)
    if found is None:
        return False
    codes = _codes(session, found, rows)
    kept = [_as_kept(found.id, row, codes[row.row.number]) for row in rows]
    for start in range(0, len(kept), ROWS_A_STATEMENT):
        part = kept[start : start + ROWS_A_STATEMENT]
        insert_rows(session, table="import_rows", columns=_COLUMNS, rows=part, then="RETURNING 1")
    found.done_rows, found.worked_at = done, now
    found.total_rows = max(found.total_rows, done)
    return True


def _codes(session: Session, found: Import, rows: Sequence[JudgedRow]) -> dict[int, str]:
    """Return a code that nobody has for each row, should it become an entry."""
    series = f"{found.code}:{found.sha256}"
    codes = {judged.row.number: scattered_reference(series, judged.row.number) for judged in rows}
    taken = queries.codes_taken(session, codes=codes.values())
    return {number: new_reference() if code in taken else code for number, code in codes.items()}


def _as_kept(import_id: int, judged: JudgedRow, code: str) -> tuple[Any, ...]:
    row, outcome = judged.row, judged.outcome
    stated = row.stated
    if outcome in (RowOutcome.SAME, RowOutcome.CHANGED):
        kept = (*_ALWAYS_KEPT, *(judged.before or ()))
        stated = {name: stated[name] for name in kept if name in stated}
    may_be_new = outcome in (RowOutcome.NEW, RowOutcome.DOUBTFUL)
    is_looked_at = outcome in (RowOutcome.WRONG, RowOutcome.DOUBTFUL, RowOutcome.REPEATED)
    return (
        import_id,
        row.number,
        outcome.value,
        judged.entry.id if judged.entry else None,
        code if may_be_new else None,
        judged.entry.mark if judged.entry else None,
        stated,
        judged.before,
        [problem.stored() for problem in judged.problems],
        [list(candidate) for candidate in judged.candidates],
        kept_cells(row) if is_looked_at else None,
    )


def finish_reading(session: Session, *, import_id: int, reading: int, key: str, now: datetime) -> bool:
    """Make the dry run ready to be looked at, once."""
    found = _being_read(session, import_id=import_id, reading=reading)
    if found is None or not claim(session, key=key, now=now):
        return False
    found.counts = queries.counts_of(session, import_id=found.id)
    found.total_rows = found.done_rows
    found.state, found.worked_at = ImportState.READY, now
    return True


def fail_reading(
    session: Session, *, import_id: int, reading: int, key: str, refusal: Refusal, now: datetime
) -> bool:
    """Say why the file cannot be read. Nothing of it is kept but what was understood."""
    found = _being_read(session, import_id=import_id, reading=reading)
    if found is None or not claim(session, key=key, now=now):
        return False
    session.execute(delete(ImportRow).where(ImportRow.import_id == found.id))
    found.state, found.problem, found.worked_at = ImportState.UNREADABLE, refusal.message, now
    found.found = {**found.found, "problem_values": dict(refusal.values)}
    found.done_rows = found.total_rows = 0
    return True


def _being_read(session: Session, *, import_id: int, reading: int) -> Import | None:
    found = queries.import_by_id(session, import_id=import_id)
    if found is None or found.state is not ImportState.READING or found.found["reading"] != reading:
        return None
    return found
