"""What an organizer does with the waiting list: stop it, skip, offer by hand, offer more, keep a place."""

import uuid
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from fairapp.audit.domain import Actor
from fairapp.decisions.domain.offering import MOST_PLACES, check_fits
from fairapp.decisions.domain.states import OfferState
from fairapp.decisions.errors import (
    AlreadyOffered,
    NotWaiting,
    OfferOver,
    PlaceGone,
    StopsDiffer,
    TooManyPlaces,
    WhyMissing,
)
from fairapp.decisions.models import FreedPlace, PlaceOffer, WaitingSkip
from fairapp.decisions.queries import waiting
from fairapp.decisions.services.places import ask_for_offer, ask_for_offers, free_place, make_offer, note_act
from fairapp.decisions.services.telling import Notice, tell_offer
from fairapp.events.models import Event
from fairapp.events.queries import event_for
from fairapp.foundation.clock import local_date
from fairapp.foundation.ids import new_token
from fairapp.registrations.domain import RegistrationState
from fairapp.registrations.errors import RegistrationNotFound
from fairapp.registrations.models import Registration
from fairapp.registrations.queries.single import registration_by_id, registration_for
from fairapp.selection.domain.rules import Entry

MANAGE = "decisions.waiting_list"


def stop_list(session: Session, *, actor: Actor, slug: str, now: datetime) -> Event:
    """Stop offering places by itself; open offers keep their deadline.

    Raises: EventNotFound.
    """
    event = event_for(session, actor=actor, action=MANAGE, slug=slug, lock=True)
    if event.waiting_list_stopped_at is None:
        event.waiting_list_stopped_at = now
        note_act(session, actor=actor, event=event, action="list_stopped", subject=event, now=now)
    return event


def start_list(session: Session, *, actor: Actor, slug: str, now: datetime) -> Event:
    """Offer places by itself again, those too that became free meanwhile.

    Raises: EventNotFound.
    """
    event = event_for(session, actor=actor, action=MANAGE, slug=slug, lock=True)
    stopped_at = event.waiting_list_stopped_at
    if stopped_at is not None:
        event.waiting_list_stopped_at = None
        # The key names the pause that ended, so that started twice asks once.
        ask_for_offers(session, event=event, cause=f"since:{stopped_at.timestamp():.0f}", now=now)
        note_act(session, actor=actor, event=event, action="list_started", subject=event, now=now)
    return event


def look_again(session: Session, *, actor: Actor, slug: str, key: uuid.UUID, now: datetime) -> Event:
    """Look again for somebody who fits the places that are offered to nobody, once for a key.

    After the number of places or a quota of the call was changed.

    Raises: EventNotFound.
    """
    event = event_for(session, actor=actor, action=MANAGE, slug=slug, lock=True)
    ask_for_offers(session, event=event, cause=f"asked:{key}", now=now)
    note_act(session, actor=actor, event=event, action="looked_again", subject=event, now=now)
    return event


def offer_more(
    session: Session,
    *,
    actor: Actor,
    slug: str,
    places: int,
    stop_codes: Collection[str],
    key: uuid.UUID,
    note: str | None,
    now: datetime,
) -> list[FreedPlace]:
    """Offer places that nobody left: there are more of them than before. Sent twice, it is done once.

    `stop_codes` empty: places at every stop that lasts.

    Raises: EventNotFound, TooManyPlaces, StopsDiffer.
    """
    event = event_for(session, actor=actor, action=MANAGE, slug=slug, lock=True)
    if not 1 <= places <= MOST_PLACES:
        raise TooManyPlaces(most=MOST_PLACES)
    lasting = waiting.lasting_stops(event, [stop.id for stop in event.stops], local_date(now))
    chosen = [stop.id for stop in lasting if not stop_codes or stop.code in stop_codes]
    if not chosen:
        raise StopsDiffer()
    return [
        free_place(
            session,
            actor=actor,
            event=event,
            key=f"more:{key}:{number}",
            stop_ids=chosen,
            registration_id=None,
            now=now,
            note=note,
        )
        for number in range(1, places + 1)
    ]


def offer_by_hand(
    session: Session, *, actor: Actor, slug: str, reference: str, reason: str, now: datetime
) -> PlaceOffer:
    """Offer a place to a waiting registration out of order, with the reason that stays in the record.

    It is the oldest free place that fits; where there is none, one more than before.

    Raises: EventNotFound, RegistrationNotFound, WhyMissing, NotWaiting, AlreadyOffered, StopsDiffer.
    """
    event = event_for(session, actor=actor, action=MANAGE, slug=slug, lock=True)
    registration = _waiting(session, actor, event, reference)
    if not reason.strip():
        raise WhyMissing()
    if waiting.open_offer_to(session, registration_id=registration.id) is not None:
        raise AlreadyOffered()
    place = _place_for(session, actor, event, registration, reason, now)
    _unskip(session, registration)
    why = {"by_hand": True, "position": 0, "of": 0, "passed": []}
    return make_offer(
        session,
        actor=actor,
        event=event,
        place=place,
        registration=registration,
        why=why,
        now=now,
        note=reason,
    )


def stop_offer(
    session: Session, *, actor: Actor, slug: str, code: str, reason: str, now: datetime
) -> PlaceOffer:
    """Take an open offer back; the place goes to the next, unless the list is stopped.

    Raises: EventNotFound, OfferNotFound, WhyMissing, OfferOver.
    """
    event = event_for(session, actor=actor, action=MANAGE, slug=slug, lock=True)
    found = waiting.offer_of_event(session, event=event, code=code)
    registration = registration_by_id(session, registration_id=found.registration_id, lock=True)
    offer = waiting.offer_for_update(session, offer_id=found.id)
    if not reason.strip():
        raise WhyMissing()
    if offer.state is not OfferState.OPEN:
        raise OfferOver()
    offer.state, offer.answered_at = OfferState.STOPPED, now
    offer.stopped_by_id, offer.note = actor.account_id, reason
    session.flush()
    ask_for_offer(session, place_id=offer.place_id, cause=f"after:{offer.id}", now=now)
    tell_offer(session, notice=Notice.OFFER_STOPPED, registration=registration, offer=offer, now=now)
    note_act(session, actor=actor, event=event, action="offer_stopped", subject=offer, now=now)
    return offer


def keep_place(
    session: Session, *, actor: Actor, slug: str, place_id: int, reason: str, now: datetime
) -> FreedPlace:
    """Keep a free place: it is offered to nobody any more.

    Raises: EventNotFound, PlaceNotFound, WhyMissing, PlaceGone.
    """
    event = event_for(session, actor=actor, action=MANAGE, slug=slug, lock=True)
    place = waiting.event_place(session, event=event, place_id=place_id)
    if not reason.strip():
        raise WhyMissing()
    if place.closed_at is not None or waiting.open_offer(session, place_id=place.id) is not None:
        raise PlaceGone()
    place.closed_at, place.note = now, reason
    note_act(session, actor=actor, event=event, action="place_kept", subject=place, now=now)
    return place


def skip_registration(
    session: Session, *, actor: Actor, slug: str, reference: str, reason: str, now: datetime
) -> WaitingSkip:
    """Pass over a waiting registration until that is taken back, with the reason.

    Raises: EventNotFound, RegistrationNotFound, WhyMissing, NotWaiting, AlreadyOffered.
    """
    event = event_for(session, actor=actor, action=MANAGE, slug=slug, lock=True)
    registration = _waiting(session, actor, event, reference)
    if not reason.strip():
        raise WhyMissing()
    if waiting.open_offer_to(session, registration_id=registration.id) is not None:
        raise AlreadyOffered()
    skip = waiting.skip_of(session, registration_id=registration.id)
    if skip is None:
        skip = WaitingSkip(registration_id=registration.id)
        session.add(skip)
    skip.reason, skip.skipped_at, skip.skipped_by_id = reason, now, actor.account_id
    note_act(session, actor=actor, event=event, action="skipped", subject=registration, now=now)
    return skip


def include_registration(
    session: Session, *, actor: Actor, slug: str, reference: str, now: datetime
) -> Registration:
    """Take back that a waiting registration is passed over; it stands in its place again.

    Raises: EventNotFound, RegistrationNotFound, NotWaiting.
    """
    event = event_for(session, actor=actor, action=MANAGE, slug=slug, lock=True)
    registration = _waiting(session, actor, event, reference)
    skip = waiting.skip_of(session, registration_id=registration.id)
    if skip is not None:
        _unskip(session, registration)
        ask_for_offers(session, event=event, cause=f"included:{skip.id}", now=now)
        note_act(session, actor=actor, event=event, action="included", subject=registration, now=now)
    return registration


def _waiting(session: Session, actor: Actor, event: Event, reference: str) -> Registration:
    registration = registration_for(session, actor=actor, reference=reference, action=MANAGE, lock=True)
    if registration.event_id != event.id:
        raise RegistrationNotFound()
    if registration.state is not RegistrationState.WAITLISTED:
        raise NotWaiting()
    return registration


def _unskip(session: Session, registration: Registration) -> None:
    session.execute(delete(WaitingSkip).where(WaitingSkip.registration_id == registration.id))


def _place_for(
    session: Session, actor: Actor, event: Event, registration: Registration, reason: str, now: datetime
) -> FreedPlace:
    """Return the oldest free place that fits a registration, or one more than before."""
    entry = Entry(registration.reference, tuple(stop.code for stop in registration.stops))
    today = local_date(now)
    for place in waiting.places_without_offer(session, event_id=event.id):
        stops = waiting.lasting_stops(event, place.stop_ids, today)
        if check_fits(entry, [stop.code for stop in stops]):
            return place
    asked = [stop.id for stop in registration.stops]
    if len(waiting.lasting_stops(event, asked, today)) < len(asked):
        raise StopsDiffer()
    return free_place(
        session,
        actor=actor,
        event=event,
        key=f"hand:{new_token()}",
        stop_ids=asked,
        registration_id=None,
        now=now,
        note=reason,
    )
