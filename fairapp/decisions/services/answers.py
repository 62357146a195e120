"""Answers to offers of a place: taken, declined, or out of time."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from fairapp.audit.domain import SYSTEM, Actor
from fairapp.decisions.domain.states import OfferState
from fairapp.decisions.errors import OfferOver
from fairapp.decisions.models import PlaceOffer
from fairapp.decisions.queries import waiting
from fairapp.decisions.services.places import ask_for_offer, free_place, note_act
from fairapp.decisions.services.telling import Notice, tell_offer
from fairapp.events.models import Event
from fairapp.outbox.services import enqueue
from fairapp.registrations.domain import RegistrationState
from fairapp.registrations.models import Registration
from fairapp.registrations.queries.single import registration_by_id
from fairapp.registrations.services.review import accept_offered

EXPIRE_OFFER = "decisions.expire_offer"


def take_offer(session: Session, *, actor: Actor, token: str, note: str | None, now: datetime) -> PlaceOffer:
    """Take an offered place: the registration is accepted. Taken twice, it is taken once.

    Stops of the place that the registration does not ask for are free for the next. `note` is what
    the history of the registration says.

    Raises: OfferNotFound, OfferOver.
    """
    event, registration, offer = _locked(session, token)
    if offer.state is OfferState.TAKEN:
        return offer
    _check_open(registration, offer, now)
    place = waiting.place_by_id(session, place_id=offer.place_id)
    offer.state, offer.answered_at = OfferState.TAKEN, now
    place.closed_at, place.taken_by_id = now, registration.id
    session.flush()
    accept_offered(session, registration_id=registration.id, note=note, now=now)
    left = sorted(set(place.stop_ids) - {stop.id for stop in registration.stops})
    if left:
        free_place(
            session,
            actor=SYSTEM,
            event=event,
            key=f"rest:{offer.id}",
            stop_ids=left,
            registration_id=place.registration_id,
            now=now,
        )
    note_act(session, actor=actor, event=event, action="offer_taken", subject=offer, now=now)
    return offer


def decline_offer(session: Session, *, actor: Actor, token: str, now: datetime) -> PlaceOffer:
    """Decline an offered place: it goes to the next. Declined twice, it is declined once.

    Raises: OfferNotFound, OfferOver.
    """
    event, registration, offer = _locked(session, token)
    if offer.state is OfferState.DECLINED:
        return offer
    _check_open(registration, offer, now)
    _close(session, actor, event, registration, offer, OfferState.DECLINED, now)
    return offer


def expire_offer(session: Session, *, offer_id: int, now: datetime) -> PlaceOffer | None:
    """Close an offer whose time is over, and let the place go to the next. None: it was answered.

    Raises: OfferNotFound.
    """
    event, registration, offer = _locked_by_id(session, offer_id)
    if offer.state is not OfferState.OPEN or now <= offer.deadline_at:
        return None
    _close(session, SYSTEM, event, registration, offer, OfferState.EXPIRED, now)
    return offer


def ask_for_ends(session: Session, *, offer_ids: Sequence[int], now: datetime) -> None:
    """Ask for the end of offers, one piece of work each."""
    for offer_id in offer_ids:
        key = f"{EXPIRE_OFFER}:{offer_id}"
        enqueue(session, EXPIRE_OFFER, payload={"offer_id": offer_id}, key=key, now=now)


def _close(
    session: Session,
    actor: Actor,
    event: Event,
    registration: Registration,
    offer: PlaceOffer,
    state: OfferState,
    now: datetime,
) -> None:
    offer.state, offer.answered_at = state, now
    session.flush()
    ask_for_offer(session, place_id=offer.place_id, cause=f"after:{offer.id}", now=now)
    notice = Notice.OFFER_DECLINED if state is OfferState.DECLINED else Notice.OFFER_EXPIRED
    tell_offer(session, notice=notice, registration=registration, offer=offer, now=now)
    note_act(session, actor=actor, event=event, action=f"offer_{state.value}", subject=offer, now=now)


def _check_open(registration: Registration, offer: PlaceOffer, now: datetime) -> None:
    waits = registration.state is RegistrationState.WAITLISTED
    if offer.state is not OfferState.OPEN or now > offer.deadline_at or not waits:
        raise OfferOver()


def _locked(session: Session, token: str) -> tuple[Event, Registration, PlaceOffer]:
    return _locked_by_id(session, waiting.offer_by_token(session, token=token).id)


def _locked_by_id(session: Session, offer_id: int) -> tuple[Event, Registration, PlaceOffer]:
    """Lock event, registration and offer, in this order, and read them as they are then."""
    offer = waiting.offer_by_id(session, offer_id=offer_id)
    event = waiting.event_for_update(session, event_id=offer.event_id)
    registration = registration_by_id(session, registration_id=offer.registration_id, lock=True)
    session.refresh(registration, ["state"])
    return event, registration, waiting.offer_for_update(session, offer_id=offer_id)
