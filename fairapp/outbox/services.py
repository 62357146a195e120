"""Asking for background work, sending it to the broker, and doing it once (promises B10, B11)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from fairapp.foundation.database import insert_ignoring
from fairapp.foundation.errors import NotFound
from fairapp.outbox import queries
from fairapp.outbox.domain import MOST_TRIES, WorkState, lease
from fairapp.outbox.models import OutboxRow

# Options of every task. A failed or lost task is sent again by the relay when its lease is
# over; the lease doubles. Celery itself schedules nothing (no eta, B11).
RELIABLE: dict[str, Any] = {
    "acks_late": True,
    "reject_on_worker_lost": True,
    "ignore_result": True,
    "soft_time_limit": 100,
    "time_limit": 120,
}
MOST_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Wakeup:
    """What the relay sends to the broker for one row."""

    key: str
    task: str
    payload: Mapping[str, Any]


def enqueue(session: Session, task: str, *, payload: Mapping[str, Any], key: str, now: datetime) -> None:
    """Ask for background work in the transaction that needs it.

    `task` is the task's name, `payload` its arguments as plain JSON, `key` names the effect:
    asked twice with one key, it is done once.
    """
    row = {
        "task": task,
        "payload": dict(payload),
        "key": key,
        "state": WorkState.WAITING,
        "tries": 0,
        "due_at": now,
        "enqueued_at": now,
    }
    insert_ignoring(session, OutboxRow, [row])


def take_due(session: Session, *, now: datetime) -> list[Wakeup]:
    """Take rows that are due, and put them off by their lease; a row out of tries is failed."""
    taken = []
    for row in queries.due_rows_for_update(session, now=now, most=MOST_AT_ONCE):
        if row.tries >= MOST_TRIES:
            row.state = WorkState.FAILED
            row.error = row.error or "not done after all tries"
            continue
        row.tries += 1
        row.sent_at = now
        row.due_at = now + lease(row.tries)
        taken.append(Wakeup(row.key, row.task, row.payload))
    return taken


def give_back(session: Session, *, keys: list[str], now: datetime) -> None:
    """Make rows due again at once that the broker did not take; the try is not counted."""
    for key in keys:
        row = queries.row_for_update(session, key=key)
        if row is not None and row.state is WorkState.WAITING:
            row.tries -= 1
            row.due_at = now


def claim(session: Session, *, key: str, now: datetime) -> bool:
    """Lock the row and mark it done, in the transaction of its effect. False when done before."""
    row = queries.row_for_update(session, key=key)
    if row is None or row.state is WorkState.DONE:
        return False
    row.state = WorkState.DONE
    row.done_at = now
    row.error = None
    return True


def note_failure(session: Session, *, key: str, error: str) -> None:
    """Keep why a try failed; the lease decides when it is sent again."""
    row = queries.row_for_update(session, key=key)
    if row is not None and row.state is not WorkState.DONE:
        row.error = error[:2000]


def send_again(session: Session, *, key: str, now: datetime) -> OutboxRow:
    """Give a failed row fresh tries, for the operators' page.

    Raises: NotFound.
    """
    row = queries.row_for_update(session, key=key)
    if row is None or row.state is WorkState.DONE:
        raise NotFound()
    row.state, row.tries, row.due_at, row.error = WorkState.WAITING, 0, now, None
    return row
