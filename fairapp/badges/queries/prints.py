"""Prints of all badges of an event."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from fairapp.badges.errors import PrintNotFound
from fairapp.badges.models import BadgePrint
from fairapp.events.models import Event


def print_for(session: Session, *, event: Event, print_id: uuid.UUID) -> BadgePrint:
    """Return a print of an event's badges.

    Raises: PrintNotFound.
    """
    found = session.scalar(
        select(BadgePrint).where(BadgePrint.id == print_id, BadgePrint.event_id == event.id)
    )
    if found is None:
        raise PrintNotFound()
    return found


def print_content(session: Session, *, print_id: uuid.UUID) -> bytes | None:
    """Return the PDF of a print, None while it is being made."""
    return session.scalar(select(BadgePrint.content).where(BadgePrint.id == print_id))


def last_print(session: Session, *, event: Event) -> BadgePrint | None:
    """Return the print of an event that is kept, if any."""
    query = select(BadgePrint).where(BadgePrint.event_id == event.id)
    return session.scalars(query.order_by(BadgePrint.requested_at.desc())).first()
