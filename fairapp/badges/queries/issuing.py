"""What issuing and revoking need: keys, locked rows, what is there already."""

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from fairapp.audit.domain import Actor
from fairapp.badges.errors import BadgeNotFound
from fairapp.badges.models import Badge, BadgeKey
from fairapp.events.models import Event
from fairapp.events.queries import scope_condition
from fairapp.registrations.models import Registration
from fairapp.stands.models import Allocation


def badge_for_update(session: Session, *, actor: Actor, action: str, slug: str, short_code: str) -> Badge:
    """Return a badge of an event within the actor's scope, locked.

    Raises: BadgeNotFound.
    """
    badge = session.scalar(
        select(Badge)
        .join(Event, Event.id == Badge.event_id)
        .where(Event.slug == slug, Badge.short_code == short_code, scope_condition(actor, action))
        .with_for_update(of=Badge)
    )
    if badge is None:
        raise BadgeNotFound()
    return badge


def registration_for_update(session: Session, *, registration_id: int) -> Registration | None:
    """Return a registration with representatives and event, locked, for issuing its badges."""
    return session.scalar(
        select(Registration)
        .where(Registration.id == registration_id)
        .options(
            selectinload(Registration.representatives),
            joinedload(Registration.event).selectinload(Event.stops),
        )
        .with_for_update(of=Registration)
        .execution_options(populate_existing=True)
    )


def live_allocation_ids(session: Session, *, registration_id: int) -> list[int]:
    """Return the placements that a registration has now."""
    query = select(Allocation.id).where(
        Allocation.registration_id == registration_id, Allocation.released_at.is_(None)
    )
    return list(session.scalars(query.order_by(Allocation.id)))


def all_badges_of(session: Session, *, registration_id: int) -> list[Badge]:
    """Return the badges of a registration as rows, oldest first."""
    query = select(Badge).where(Badge.registration_id == registration_id).order_by(Badge.id)
    return list(session.scalars(query))


def code_is_taken(session: Session, short_code: str) -> bool:
    """Tell whether some badge has a short code."""
    return session.scalar(select(Badge.id).where(Badge.short_code == short_code)) is not None


def signing_keys(session: Session) -> list[BadgeKey]:
    """Return the keys that still sign, oldest first."""
    query = select(BadgeKey).where(BadgeKey.retired_at.is_(None)).order_by(BadgeKey.id)
    return list(session.scalars(query))


def public_keys(session: Session) -> dict[int, str]:
    """Return the public half of every key, retired ones too: their badges stay good until revoked."""
    return {key.id: key.public_pem for key in session.scalars(select(BadgeKey))}
