"""Reads of several registrations at once, whole and locked."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from fairapp.audit.domain import Actor
from fairapp.events.models import Event
from fairapp.registrations.models import Registration
from fairapp.registrations.queries.single import scope_condition


def registrations_for_update(
    session: Session, *, actor: Actor, event_id: int, references: Collection[str], action: str
) -> dict[str, Registration]:
    """Return whole registrations of an event within the actor's scope, by stored reference, locked.

    They are locked in the order of their ids, so that two who decide on the same do not wait for
    each other. What is not within reach is absent.
    """
    query = (
        select(Registration)
        .join(Event, Event.id == Registration.event_id)
        .where(
            Registration.event_id == event_id,
            Registration.reference.in_(references),
            scope_condition(actor, action),
        )
        .options(
            joinedload(Registration.event).selectinload(Event.stops),
            joinedload(Registration.cooperative),
            selectinload(Registration.stops),
            selectinload(Registration.sectors),
            selectinload(Registration.products),
            selectinload(Registration.representatives),
            selectinload(Registration.history),
        )
        .order_by(Registration.id)
        .with_for_update(of=Registration)
        .execution_options(populate_existing=True)
    )
    return {registration.reference: registration for registration in session.scalars(query)}
