"""Reads of the views that people kept of queues."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from fairapp.registrations.models import SavedView


def views_of(session: Session, *, event_id: int, account_id: int | None) -> Sequence[SavedView]:
    """Return the views of an event's queue that a person kept, by name."""
    return session.scalars(
        select(SavedView)
        .where(SavedView.event_id == event_id, SavedView.account_id == account_id)
        .order_by(SavedView.name)
    ).all()
