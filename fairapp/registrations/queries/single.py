"""Reads of one registration, within what the actor may see."""

import hmac
from collections.abc import Collection, Sequence
from dataclasses import replace

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from fairapp.accounts.models import Account
from fairapp.audit.domain import Actor, Role
from fairapp.events.models import Event
from fairapp.events.queries import scope_condition as event_scope
from fairapp.foundation.ids import parse_reference
from fairapp.registrations.domain import RegistrationState
from fairapp.registrations.errors import RegistrationNotFound
from fairapp.registrations.models import Registration

_NO_PHONE = "+000000000000"
_ORGANIZERS = (Role.ADMINISTRATOR, Role.ORGANIZER)


def scope_condition(actor: Actor, action: str) -> ColumnElement[bool]:
    """Return the condition on `Registration` under which an actor may see it for an action.

    Organizers see those of the events in their scope, a cooperative its own, a desk agent those
    that it filed itself. Needs `Event` joined.
    """
    organizing = tuple(grant for grant in actor.grants if grant.role in _ORGANIZERS)
    conditions = [event_scope(replace(actor, grants=organizing), action)]
    allowed = {grant.role for grant in actor.grants_for(action)}
    if Role.COOPERATIVE in allowed:
        conditions.append(Registration.cooperative_id.in_(actor.cooperative_ids()))
    if Role.DESK_AGENT in allowed and actor.account_id is not None:
        conditions.append(Registration.filed_by_id == actor.account_id)
    return or_(*conditions)


def registration_for(
    session: Session, *, actor: Actor, reference: str, action: str = "registrations.read", lock: bool = False
) -> Registration:
    """Return a whole registration by its reference in any form, within the actor's scope.

    Event with stops, cooperative, stops, sectors, products, representatives and history are
    loaded. `lock` holds its row until the transaction ends.

    Raises: RegistrationNotFound.
    """
    query = (
        _whole()
        .join(Event, Event.id == Registration.event_id)
        .where(Registration.reference == (parse_reference(reference) or ""), scope_condition(actor, action))
    )
    registration = session.scalar(query.with_for_update(of=Registration) if lock else query)
    if registration is None:
        raise RegistrationNotFound()
    return registration


def tracked_registration(session: Session, *, reference: str, phone: str | None) -> Registration:
    """Return a whole registration by its reference and a phone of the cooperative.

    `phone` is in the stored form. An unknown reference and a wrong phone get the same answer, after
    the same work (promises B67).

    Raises: RegistrationNotFound.
    """
    registration = session.scalar(
        _whole().where(Registration.reference == (parse_reference(reference) or ""))
    )
    known = [_NO_PHONE, _NO_PHONE]
    if registration is not None:
        known = [registration.phone or _NO_PHONE, registration.cooperative.phone or _NO_PHONE]
    typed = (phone or "").encode()
    matches = [hmac.compare_digest(typed, number.encode()) for number in known]
    if registration is None or not any(matches):
        raise RegistrationNotFound()
    return registration


def registration_by_id(session: Session, *, registration_id: int, lock: bool = False) -> Registration:
    """Return a whole registration by its id, for work in the background and links already checked.

    Raises: RegistrationNotFound.
    """
    query = _whole().where(Registration.id == registration_id)
    registration = session.scalar(query.with_for_update(of=Registration) if lock else query)
    if registration is None:
        raise RegistrationNotFound()
    return registration


def registration_by_reference(session: Session, *, reference: str) -> Registration:
    """Return a whole registration by its stored reference, for whom the door has let in already.

    Raises: RegistrationNotFound.
    """
    registration = session.scalar(_whole().where(Registration.reference == reference))
    if registration is None:
        raise RegistrationNotFound()
    return registration


def own_registrations(session: Session, *, actor: Actor) -> Sequence[Registration]:
    """Return the registrations of the actor's cooperatives, latest first, with event and cooperative."""
    return session.scalars(
        select(Registration)
        .options(
            joinedload(Registration.event).selectinload(Event.stops),
            joinedload(Registration.cooperative),
            selectinload(Registration.history),
        )
        .where(Registration.cooperative_id.in_(actor.cooperative_ids()))
        .order_by(Registration.received_at.desc(), Registration.id.desc())
    ).all()


def filed_registrations(session: Session, *, actor: Actor, most: int = 20) -> Sequence[Registration]:
    """Return the registrations that a desk agent filed, latest first, with event and cooperative."""
    return session.scalars(
        select(Registration)
        .options(joinedload(Registration.event), joinedload(Registration.cooperative))
        .where(Registration.filed_by_id == actor.account_id)
        .order_by(Registration.received_at.desc(), Registration.id.desc())
        .limit(most)
    ).all()


def ids_of_references(session: Session, *, event_id: int, references: Collection[str]) -> list[int]:
    """Return the ids of registrations of an event by their stored references, in their order."""
    query = select(Registration.reference, Registration.id).where(
        Registration.event_id == event_id, Registration.reference.in_(references)
    )
    found = {row[0]: row[1] for row in session.execute(query)}
    return [found[reference] for reference in dict.fromkeys(references) if reference in found]


def live_registration(session: Session, *, event_id: int, cooperative_id: int) -> Registration | None:
    """Return the registration of a cooperative for an event that is not withdrawn, if any."""
    return session.scalar(
        select(Registration).where(
            Registration.event_id == event_id,
            Registration.cooperative_id == cooperative_id,
            Registration.state != RegistrationState.WITHDRAWN,
        )
    )


def reference_is_taken(session: Session, *, reference: str) -> bool:
    """Tell whether a reference is given to a registration already."""
    return session.scalar(select(Registration.id).where(Registration.reference == reference)) is not None


def event_slug_of(session: Session, *, event_id: int) -> str:
    """Return the slug of an event."""
    slug = session.scalar(select(Event.slug).where(Event.id == event_id))
    assert slug is not None
    return slug


def earlier_participations(session: Session, *, registration: Registration) -> Sequence[Registration]:
    """Return the accepted registrations of the same cooperative for other events, latest first."""
    return session.scalars(
        select(Registration)
        .options(joinedload(Registration.event))
        .where(
            and_(
                Registration.cooperative_id == registration.cooperative_id,
                Registration.event_id != registration.event_id,
                Registration.state == RegistrationState.ACCEPTED,
            )
        )
        .order_by(Registration.received_at.desc())
    ).all()


def writer_names(session: Session, *, account_ids: Collection[int]) -> dict[int, str]:
    """Return the names of the accounts that decided or filed, by id."""
    query = select(Account.id, Account.name).where(Account.id.in_(account_ids))
    return {row.id: row.name for row in session.execute(query)}


def registered_cooperatives(session: Session, event_ids: Collection[int]) -> dict[int, int]:
    """Return how many distinct cooperatives registered for events, the withdrawn included (contracts 4)."""
    query = (
        select(Registration.event_id, func.count(Registration.cooperative_id.distinct()))
        .where(Registration.event_id.in_(event_ids), Registration.state != RegistrationState.DRAFT)
        .group_by(Registration.event_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def _whole() -> Select[Registration]:
    return select(Registration).options(
        joinedload(Registration.event).selectinload(Event.stops),
        joinedload(Registration.cooperative),
        selectinload(Registration.stops),
        selectinload(Registration.sectors),
        selectinload(Registration.products),
        selectinload(Registration.representatives),
        selectinload(Registration.history),
    )
