"""What pages of features below show of letters, offers and objections."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fairapp.decisions.domain.states import AppealState
from fairapp.decisions.models import FreedPlace
from fairapp.decisions.queries import appeals, letters, waiting
from fairapp.events.models import Event
from fairapp.foundation.clock import local_date, utc_now
from fairapp.registrations.models import Registration
from fairapp.web.access import current_actor


def tracked(session: Session, registration: Registration) -> dict[str, Any] | None:
    """Return the open offer, the letters and the objection of a cooperative's own registration."""
    found = letters.letters_of(session, registration_id=registration.id)
    offer = waiting.open_offer_to(session, registration_id=registration.id)
    if not found and offer is None:
        return None
    now = utc_now()
    filed = appeals.appeals_of(session, registration_id=registration.id)
    return {
        "letters": found,
        "offer": offer if offer is not None and now <= offer.deadline_at else None,
        "appeals": filed,
        "open_appeal": next((appeal for appeal in filed if appeal.state is AppealState.FILED), None),
        "can_object": appeals.can_object(session, registration=registration, today=local_date(now)),
        "until": appeals.object_until(session, registration=registration),
    }


def reviewed(session: Session, registration: Registration) -> dict[str, Any] | None:
    """Return the letters, the last offer and the objections of a registration, for the organizer."""
    found = letters.letters_of(session, registration_id=registration.id)
    offer = waiting.last_offer_to(session, registration_id=registration.id)
    filed = appeals.appeals_of(session, registration_id=registration.id)
    if not found and offer is None:
        return None
    return {"letters": found, "offer": offer, "appeals": filed}


def overview(session: Session, event: Event) -> dict[str, Any] | None:
    """Return what waits for the organizer: objections, free places, offers under way."""
    actor = current_actor()
    waits, own = appeals.open_for(session, event_id=event.id, actor=actor)
    free = len(waiting.places_without_offer(session, event_id=event.id))
    offered = session.scalar(
        select(func.count())
        .select_from(FreedPlace)
        .where(FreedPlace.event_id == event.id, FreedPlace.closed_at.is_(None))
    )
    if not waits and not offered:
        return None
    return {
        "appeals": waits,
        "appeals_mine": own,
        "free": free,
        "offered": (offered or 0) - free,
        "stopped": event.waiting_list_stopped_at is not None,
    }
