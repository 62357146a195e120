"""Reads of background work."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from fairapp.outbox.domain import WorkState
from fairapp.outbox.models import OutboxRow


def _due(now: datetime) -> ColumnElement[bool]:
    return (OutboxRow.state == WorkState.WAITING) & (OutboxRow.due_at <= now)


def has_due_rows(session: Session, *, now: datetime) -> bool:
    """Tell whether anything waits to be sent; takes no lock."""
    return session.scalar(select(OutboxRow.id).where(_due(now)).limit(1)) is not None


def due_rows_for_update(session: Session, *, now: datetime, most: int) -> Sequence[OutboxRow]:
    """Return rows to send now, oldest first, skipping those that another relay holds."""
    return session.scalars(
        select(OutboxRow)
        .where(_due(now))
        .order_by(OutboxRow.due_at, OutboxRow.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    ).all()


def row_for_update(session: Session, *, key: str) -> OutboxRow | None:
    """Return the row of a key, locked."""
    return session.scalar(select(OutboxRow).where(OutboxRow.key == key).with_for_update())


def open_rows(session: Session, *, most: int = 200) -> Sequence[OutboxRow]:
    """Return work that failed or waits, failed first, for the operators' page."""
    return session.scalars(
        select(OutboxRow)
        .where(OutboxRow.state != WorkState.DONE)
        .order_by(OutboxRow.state == WorkState.WAITING, OutboxRow.enqueued_at)
        .limit(most)
    ).all()


def oldest_waiting(session: Session) -> datetime | None:
    """Return since when the oldest waiting row waits."""
    return session.scalar(select(func.min(OutboxRow.enqueued_at)).where(OutboxRow.state == WorkState.WAITING))


def counts(session: Session) -> dict[WorkState, int]:
    """Return how many rows are in each state."""
    rows = session.execute(select(OutboxRow.state, func.count().label("number")).group_by(OutboxRow.state))
    return {row.state: row.number for row in rows}
