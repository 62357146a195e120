"""Taking a register in, having it read again, and dropping it."""

import hashlib
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from fairapp.audit.domain import Actor
from fairapp.audit.services import record
from fairapp.foundation.ids import new_reference
from fairapp.foundation.text import clean
from fairapp.imports import queries
from fairapp.imports.columns import FIELDS, names_somebody
from fairapp.imports.domain import MOST_BYTES, ImportState
from fairapp.imports.errors import (
    ColumnChosenTwice,
    FileMissing,
    FileTooLarge,
    NameColumnNotChosen,
    NotInThisState,
)
from fairapp.imports.models import Import, ImportContent, ImportRow
from fairapp.outbox.services import enqueue

_LONGEST_FILENAME = 120
_SETTLED = (ImportState.READY, ImportState.UNREADABLE)


def start_import(session: Session, *, actor: Actor, filename: str, content: bytes, now: datetime) -> Import:
    """Keep a register and have it read by the worker. Nothing of the directory changes.

    Raises: FileMissing, FileTooLarge.
    """
    if not content.strip():
        raise FileMissing()
    if len(content) > MOST_BYTES:
        raise FileTooLarge(megabytes=MOST_BYTES // (1024 * 1024))
    started = Import(
        code=new_reference(),
        filename=clean(filename.replace("\n", " "))[-_LONGEST_FILENAME:] or "register",
        sha256=hashlib.sha256(content).hexdigest(),
        state=ImportState.READING,
        found={"reading": 1},
        counts={},
        done_rows=0,
        total_rows=0,
        created_at=now,
        created_by_id=actor.account_id,
    )
    session.add(started)
    session.flush()
    session.add(ImportContent(import_id=started.id, content=content))
    _ask_to_read(session, started, now)
    _record(session, actor, "imports.sent", started, now)
    return started


def read_again(
    session: Session, *, actor: Actor, code: str, columns: Mapping[int, str], now: datetime
) -> Import:
    """Have a register read again, with the columns that a person chose, by their place.

    Raises: ImportNotFound, NotInThisState, NameColumnNotChosen, ColumnChosenTwice.
    """
    found = queries.import_for_update(session, code=code)
    if found.state not in _SETTLED or queries.content_of(session, import_id=found.id) is None:
        raise NotInThisState()
    _check_columns(columns)
    chosen = {str(place): name for place, name in columns.items()}
    found.found = {**found.found, "reading": found.found["reading"] + 1, "chosen": chosen}
    found.state, found.problem, found.worked_at = ImportState.READING, None, None
    found.done_rows = 0
    _ask_to_read(session, found, now)
    return found


def _check_columns(columns: Mapping[int, str]) -> None:
    seen: dict[str, int] = {}
    for place, name in columns.items():
        if name not in FIELDS:
            raise NameColumnNotChosen()
        if name in seen:
            raise ColumnChosenTwice(first=seen[name] + 1, second=place + 1)
        seen[name] = place
    if not names_somebody(columns):
        raise NameColumnNotChosen()


def drop_import(session: Session, *, actor: Actor, code: str, now: datetime) -> Import:
    """Drop a register that was not applied, with its rows and its file.

    Raises: ImportNotFound, NotInThisState.
    """
    found = queries.import_for_update(session, code=code)
    if found.state not in (*_SETTLED, ImportState.READING):
        raise NotInThisState()
    found.state = ImportState.DROPPED
    forget_content(session, import_id=found.id)
    session.execute(delete(ImportRow).where(ImportRow.import_id == found.id))
    _record(session, actor, "imports.dropped", found, now)
    return found


def forget_content(session: Session, *, import_id: int) -> None:
    """Forget the file of an import; its rows stay."""
    session.execute(delete(ImportContent).where(ImportContent.import_id == import_id))


def _ask_to_read(session: Session, started: Import, now: datetime) -> None:
    enqueue(
        session,
        "imports.read_register",
        payload={"import_id": started.id},
        key=f"imports.read_register:{started.code}:{started.found['reading']}",
        now=now,
    )


def _record(session: Session, actor: Actor, action: str, found: Import, now: datetime) -> None:
    record(
        session,
        actor=actor,
        action=action,
        subject_type="import",
        subject_id=found.id,
        now=now,
        details={"code": found.code, "sha256": found.sha256},
    )
