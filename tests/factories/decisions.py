"""Letters, freed places with their offers, and objections."""

from datetime import timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fairapp.decisions.domain.hashing import hash_of
from fairapp.decisions.domain.states import AppealState, OfferState
from fairapp.decisions.models import Appeal, DecisionLetter, FreedPlace, PlaceOffer
from fairapp.foundation.ids import new_reference, new_token
from fairapp.registrations.models import Registration, RegistrationStop, StateChange
from tests import NOW, TODAY


def make_letter(session: Session, registration: Registration, **overrides: Any) -> DecisionLetter:
    """Make a short letter about the last change of a registration."""
    token = new_token()
    words = {
        "kind": "Decision",
        "title": "Decided",
        "to": "Cooperative",
        "rows": [["Reference", registration.reference], ["Day", "today"], ["Event", "Fair"]],
        "sections": [["Why", ["Because."]]],
        "signature": "For the organizer",
        "place": "Name",
        "check": "Scan",
    }
    facts = {
        "template": 1,
        "reference": registration.reference,
        "decided_on": TODAY.isoformat(),
        "check_url": f"http://localhost/ar/letters/{token}",
        "words": {
            language: words | {"language": language, "direction": "rtl" if language == "ar" else "ltr"}
            for language in ("ar", "fr", "en")
        },
    }
    values = {
        "token": token,
        "registration_id": registration.id,
        "state_change_id": _last_change(session, registration),
        "facts": facts,
        "facts_hash": hash_of(facts),
        "written_at": NOW,
        "object_until_on": TODAY + timedelta(days=10),
    }
    letter = DecisionLetter(**(values | overrides))
    session.add(letter)
    session.flush()
    return letter


def make_place(session: Session, registration: Registration, **overrides: Any) -> FreedPlace:
    """Make a place that a registration left, at all its stops."""
    values = {
        "event_id": registration.event_id,
        "key": f"made:{new_reference()}",
        "registration_id": registration.id,
        "stop_ids": list(
            session.scalars(
                select(RegistrationStop.stop_id).where(RegistrationStop.registration_id == registration.id)
            )
        ),
        "freed_at": NOW,
    }
    place = FreedPlace(**(values | overrides))
    session.add(place)
    session.flush()
    return place


def make_offer(
    session: Session, place: FreedPlace, registration: Registration, **overrides: Any
) -> PlaceOffer:
    """Make an open offer of a place, to be answered within a day."""
    values = {
        "code": new_reference(),
        "token": new_token(),
        "event_id": place.event_id,
        "place_id": place.id,
        "registration_id": registration.id,
        "state": OfferState.OPEN,
        "why": {"by_hand": False, "position": 1, "of": 1, "passed": []},
        "offered_at": NOW,
        "deadline_at": NOW + timedelta(days=1),
    }
    offer = PlaceOffer(**(values | overrides))
    session.add(offer)
    session.flush()
    return offer


def make_appeal(session: Session, registration: Registration, **overrides: Any) -> Appeal:
    """Make an objection to the last change of a registration, which nobody known decided."""
    values = {
        "code": new_reference(),
        "event_id": registration.event_id,
        "registration_id": registration.id,
        "state_change_id": _last_change(session, registration),
        "state": AppealState.FILED,
        "text": "We were first.",
        "filed_at": NOW,
    }
    appeal = Appeal(**(values | overrides))
    session.add(appeal)
    session.flush()
    return appeal


def _last_change(session: Session, registration: Registration) -> int:
    query = select(func.max(StateChange.id)).where(StateChange.registration_id == registration.id)
    return session.scalars(query).one()
