"""What a person says of doubtful rows, one by one or many at once."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fairapp.audit.domain import Actor
from fairapp.audit.services import record
from fairapp.foundation.clock import local_date
from fairapp.imports import queries
from fairapp.imports.domain import CellProblem, ImportState, RowChoice, RowOutcome
from fairapp.imports.errors import NotInThisState, RowNotOpen
from fairapp.imports.matching import Entry, keys_of
from fairapp.imports.models import Import, ImportRow
from fairapp.imports.rows import ReadRow, as_entry, as_new

MOST_AT_ONCE = 5_000


def decide_rows(
    session: Session,
    *,
    actor: Actor,
    code: str,
    numbers: Collection[int] | None,
    choice: RowChoice | None,
    entry_id: int | None = None,
    now: datetime,
) -> int:
    """Say of doubtful rows that they are the entry they look like, new, or to be left out.

    `numbers` None means all that nobody decided yet, at most MOST_AT_ONCE. `entry_id` names the
    entry where a row looks like several; without it the first counts. `choice` None opens the rows
    again. Returns how many rows were decided; those that a rule forbids become wrong, with the reason.

    Raises: ImportNotFound, NotInThisState, RowNotOpen.
    """
    found = queries.import_for_update(session, code=code)
    if found.state is not ImportState.READY:
        raise NotInThisState()
    rows = _open_rows(session, found, numbers, choice)
    if not rows:
        raise RowNotOpen()
    if choice is RowChoice.SAME:
        _say_same(session, rows, entry_id, now)
    else:
        for row in rows:
            _say(row, choice, now)
    session.flush()
    found.counts = queries.counts_of(session, import_id=found.id)
    record(
        session,
        actor=actor,
        action="imports.decided",
        subject_type="import",
        subject_id=found.id,
        now=now,
        details={"code": found.code, "rows": len(rows), "choice": choice.value if choice else None},
    )
    return len(rows)


def _open_rows(
    session: Session, found: Import, numbers: Collection[int] | None, choice: RowChoice | None
) -> list[ImportRow]:
    asked = select(ImportRow).where(ImportRow.import_id == found.id).order_by(ImportRow.number)
    if choice is None:
        asked = asked.where(ImportRow.choice.is_not(None))
    else:
        asked = asked.where(ImportRow.outcome == RowOutcome.DOUBTFUL)
    if numbers is None:
        asked = asked.where(ImportRow.choice.is_(None)).limit(MOST_AT_ONCE)
    else:
        asked = asked.where(queries.is_listed(session, ImportRow.number, list(numbers)))
    return list(session.scalars(asked))


def _say(row: ImportRow, choice: RowChoice | None, now: datetime) -> None:
    row.choice, row.before, row.seen, row.cooperative_id = choice, None, None, None
    row.outcome = RowOutcome.DOUBTFUL
    if choice is RowChoice.NEW:
        judged = as_new(_as_read(row), today=local_date(now))
        row.outcome, row.stated = judged.outcome, judged.row.stated
        row.problems = _with_problems(row, judged.problems)
    elif choice is None:
        row.problems = [problem for problem in row.problems if not problem.get("rule")]


def _say_same(session: Session, rows: Collection[ImportRow], entry_id: int | None, now: datetime) -> None:
    wanted = {row.number: _candidate(row, entry_id) for row in rows}
    entries = {entry.id: entry for entry in queries.entries_by_id(session, ids=set(wanted.values()))}
    for row in rows:
        entry = entries.get(wanted[row.number])
        if entry is None:
            raise RowNotOpen()
        _set_beside(row, entry, now)


def _candidate(row: ImportRow, entry_id: int | None) -> int:
    known = [int(candidate[0]) for candidate in row.candidates]
    if not known or (entry_id is not None and entry_id not in known):
        raise RowNotOpen()
    return entry_id if entry_id is not None else known[0]


def _set_beside(row: ImportRow, entry: Entry, now: datetime) -> None:
    judged = as_entry(_as_read(row), entry, today=local_date(now))
    row.choice, row.outcome = RowChoice.SAME, judged.outcome
    row.cooperative_id, row.seen, row.before = entry.id, entry.mark, judged.before
    row.problems = _with_problems(row, judged.problems)


def _as_read(row: ImportRow) -> ReadRow:
    return ReadRow(row.number, dict(row.stated), [], list(row.cells or ()), keys_of(row.stated))


def _with_problems(row: ImportRow, problems: Collection[CellProblem]) -> list[object]:
    kept = [problem for problem in row.problems if not problem.get("rule")]
    return [*kept, *({**problem.stored(), "rule": True} for problem in problems)]
