"""Places that become free, and offering them in the order of the waiting list."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fairapp.audit.domain import SYSTEM, Actor
from fairapp.audit.services import record
from fairapp.decisions.domain.offering import Choice, deadline_of, in_order, next_to_offer
from fairapp.decisions.domain.states import OfferState, held_place
from fairapp.decisions.models import FreedPlace, PlaceOffer
from fairapp.decisions.queries import waiting
from fairapp.decisions.services.telling import Notice, tell_offer
from fairapp.events.models import Event
from fairapp.events.queries import chain_of
from fairapp.foundation.clock import local_date
from fairapp.foundation.ids import new_reference, new_token
from fairapp.outbox.services import enqueue
from fairapp.registrations.domain import RegistrationState
from fairapp.registrations.following import Changed
from fairapp.registrations.models import Registration
from fairapp.registrations.queries.single import registration_by_id

OFFER_PLACE = "decisions.offer_place"
_LEAVES = (RegistrationState.WITHDRAWN, RegistrationState.REFUSED, RegistrationState.WAITLISTED)


def follow_change(session: Session, changed: Changed) -> None:
    """Free the place of who leaves it, close the offer to who waits no more, and let the list go on."""
    registration, now = changed.registration, changed.now
    if changed.before is RegistrationState.WAITLISTED:
        _close_offer_to(session, changed)
    earlier = [one.state for one in registration.history if one.id < changed.change.id]
    if changed.change.state in _LEAVES and held_place(earlier):
        free_place(
            session,
            actor=changed.actor,
            event=registration.event,
            key=f"change:{changed.change.id}",
            stop_ids=[stop.id for stop in registration.stops],
            registration_id=registration.id,
            now=now,
        )
    if changed.change.state is RegistrationState.WAITLISTED:
        ask_for_offers(session, event=registration.event, cause=f"waits:{changed.change.id}", now=now)


def free_place(
    session: Session,
    *,
    actor: Actor,
    event: Event,
    key: str,
    stop_ids: Sequence[int],
    registration_id: int | None,
    now: datetime,
    note: str | None = None,
) -> FreedPlace:
    """Note a free place, once for its key, and ask for its offer."""
    known = session.scalar(select(FreedPlace).where(FreedPlace.key == key))
    if known is not None:
        return known
    place = FreedPlace(
        event_id=event.id,
        key=key,
        registration_id=registration_id,
        stop_ids=list(stop_ids),
        freed_at=now,
        freed_by_id=actor.account_id,
        note=note,
    )
    session.add(place)
    session.flush()
    ask_for_offer(session, place_id=place.id, cause="freed", now=now)
    note_act(session, actor=actor, event=event, action="place_freed", subject=place, now=now)
    return place


def ask_for_offer(session: Session, *, place_id: int, cause: str, now: datetime) -> None:
    """Ask for the offer of a place; asked twice for one cause, it is done once."""
    key = f"{OFFER_PLACE}:{place_id}:{cause}"
    enqueue(session, OFFER_PLACE, payload={"place_id": place_id}, key=key, now=now)


def ask_for_offers(session: Session, *, event: Event, cause: str, now: datetime) -> None:
    """Ask for the offer of every open place of an event that nobody is offered."""
    for place in waiting.places_without_offer(session, event_id=event.id):
        ask_for_offer(session, place_id=place.id, cause=cause, now=now)


def offer_place(session: Session, *, place_id: int, now: datetime) -> PlaceOffer | None:
    """Offer a free place to the next of the waiting list that fits.

    None where nothing is to be done: the list is stopped, the place is closed or offered already,
    its days are over, or nobody on the list fits.

    Raises: PlaceNotFound.
    """
    place = waiting.place_by_id(session, place_id=place_id)
    event = waiting.event_for_update(session, event_id=place.event_id)
    place = waiting.place_by_id(session, place_id=place_id)  # as it is now that the event is ours
    if event.waiting_list_stopped_at is not None or place.closed_at is not None:
        return None
    if waiting.open_offer(session, place_id=place.id) is not None:
        return None
    choice, total = choose_for(session, event=event, place=place, now=now)
    if choice.reference is None:
        return None
    registration_id = session.scalar(
        select(Registration.id).where(Registration.reference == choice.reference)
    )
    assert registration_id is not None  # the list was read in this transaction
    registration = registration_by_id(session, registration_id=registration_id, lock=True)
    if registration.state is not RegistrationState.WAITLISTED:
        # It left the list between reading and locking: its own change asks for the next offer.
        ask_for_offer(session, place_id=place.id, cause=f"left:{registration.id}", now=now)
        return None
    return make_offer(
        session,
        actor=SYSTEM,
        event=event,
        place=place,
        registration=registration,
        why=_why(choice, total),
        now=now,
    )


def choose_for(session: Session, *, event: Event, place: FreedPlace, now: datetime) -> tuple[Choice, int]:
    """Return who is next for a place, and how many wait."""
    stops = [stop.code for stop in waiting.lasting_stops(event, place.stop_ids, local_date(now))]
    found = waiting.waiting_list(session, event=event, place=place)
    if not stops:
        return Choice(None, 0, ()), len(found.waiting)
    choice = next_to_offer(stops, in_order(found.waiting), holding=found.holding, rules=found.rules)
    return choice, len(found.waiting)


def make_offer(
    session: Session,
    *,
    actor: Actor,
    event: Event,
    place: FreedPlace,
    registration: Registration,
    why: dict[str, Any],
    now: datetime,
    note: str | None = None,
) -> PlaceOffer:
    """Offer a place to a registration, and tell it until when it may answer."""
    offer = PlaceOffer(
        code=new_reference(),
        token=new_token(),
        event_id=event.id,
        place_id=place.id,
        registration_id=registration.id,
        state=OfferState.OPEN,
        why=why,
        offered_at=now,
        deadline_at=deadline_of(now, hours=event.offer_hours),
        note=note,
    )
    session.add(offer)
    session.flush()
    tell_offer(session, notice=Notice.OFFERED, registration=registration, offer=offer, now=now)
    note_act(session, actor=actor, event=event, action="place_offered", subject=offer, now=now)
    return offer


def note_act(
    session: Session,
    *,
    actor: Actor,
    event: Event,
    action: str,
    subject: FreedPlace | PlaceOffer | Registration | Event,
    now: datetime,
    **details: object,
) -> None:
    """Record an act of the waiting list in the chain of its event."""
    if isinstance(subject, PlaceOffer):
        details |= {"place": subject.place_id, "registration": subject.registration_id}
    record(
        session,
        actor=actor,
        action=f"decisions.{action}",
        subject_type=type(subject).__tablename__,
        subject_id=subject.id,
        now=now,
        details=details,
        chain=chain_of(event),
    )


def _close_offer_to(session: Session, changed: Changed) -> None:
    """Close the open offer to a registration that left the list otherwise; the place goes on."""
    offer = waiting.open_offer_to(session, registration_id=changed.registration.id, lock=True)
    if offer is None:
        return
    withdrew = changed.change.state is RegistrationState.WITHDRAWN
    offer.state = OfferState.DECLINED if withdrew else OfferState.STOPPED
    offer.answered_at = changed.now
    session.flush()
    ask_for_offer(session, place_id=offer.place_id, cause=f"after:{offer.id}", now=changed.now)
    note_act(
        session,
        actor=changed.actor,
        event=changed.registration.event,
        action=f"offer_{offer.state.value}",
        subject=offer,
        now=changed.now,
    )


def _why(choice: Choice, total: int) -> dict[str, Any]:
    return {
        "by_hand": False,
        "position": choice.position,
        "of": total,
        "passed": [
            {"reference": one.reference, "why": one.why.value, "quota": one.quota} for one in choice.passed
        ],
    }
