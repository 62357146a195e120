"""All badges of an event in one PDF: asked for on a page, made in the background."""

import uuid
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from fairapp.audit.domain import Actor
from fairapp.badges.errors import NothingToPrint
from fairapp.badges.models import BadgePrint
from fairapp.badges.queries import cards
from fairapp.events.models import Event
from fairapp.outbox.services import enqueue

PRINT_EVENT = "badges.print_event"


def ask_for_print(
    session: Session, *, actor: Actor, event: Event, print_id: uuid.UUID, now: datetime
) -> BadgePrint:
    """Ask for a PDF of all valid badges of an event; it takes the place of the one before.

    Raises: NothingToPrint.
    """
    if not cards.count_valid(session, event_id=event.id):
        raise NothingToPrint()
    session.execute(delete(BadgePrint).where(BadgePrint.event_id == event.id))
    asked = BadgePrint(
        id=print_id, event_id=event.id, requested_at=now, requested_by_id=actor.account_id, content=None
    )
    session.add(asked)
    session.flush()
    enqueue(
        session,
        PRINT_EVENT,
        payload={"print_id": str(print_id), "event_id": event.id},
        key=f"{PRINT_EVENT}:{print_id}",
        now=now,
    )
    return asked


def keep_print(
    session: Session, *, print_id: uuid.UUID, content: bytes, badges: int, now: datetime
) -> BadgePrint | None:
    """Keep a finished print; None when a newer one took its place meanwhile."""
    asked = session.get(BadgePrint, print_id)
    if asked is not None:
        asked.content, asked.badges, asked.finished_at = content, badges, now
    return asked
