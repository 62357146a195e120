"""A cooperative's registrations over all events, for its card in the directory."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from fairapp.events.models import Event
from fairapp.registrations.models import Registration


def participations_of(session: Session, *, cooperative_id: int, most: int = 50) -> Sequence[Registration]:
    """Return the registrations of a cooperative, withdrawn ones too, with their events, latest first."""
    return session.scalars(
        select(Registration)
        .options(joinedload(Registration.event).selectinload(Event.stops))
        .where(Registration.cooperative_id == cooperative_id)
        .order_by(Registration.received_at.desc(), Registration.id.desc())
        .limit(most)
    ).all()
