"""Registrations go along when two entries of the directory are merged."""

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fairapp.cooperatives.errors import BothRegistered
from fairapp.cooperatives.merging import RowMover, offer_mover
from fairapp.events.models import Event
from fairapp.foundation.text import isolate
from fairapp.registrations.domain import RegistrationState
from fairapp.registrations.models import Registration


def offer_registrations(app: Flask) -> None:
    """Offer to move registrations, unless both entries have one for the same event."""
    offer_mover(app, "registrations", RowMover(Registration, refuse=_refuse_two_for_one_event))


def _refuse_two_for_one_event(session: Session, kept_id: int, merged_id: int) -> None:
    both = (
        select(Registration.event_id)
        .where(
            Registration.cooperative_id.in_((kept_id, merged_id)),
            Registration.state != RegistrationState.WITHDRAWN,
        )
        .group_by(Registration.event_id)
        .having(func.count() > 1)
    )
    events = session.scalars(select(Event).where(Event.id.in_(both)).order_by(Event.id)).all()
    if events:
        # In both languages: who reads the refusal is not known here.
        names = (f"{isolate(event.title_ar)} / {isolate(event.title_fr)}" for event in events)
        raise BothRegistered(events=" · ".join(names))
