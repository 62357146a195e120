"""Registrations with their stops, sectors, products, representatives and history."""

from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from fairapp.cooperatives.models import Cooperative
from fairapp.events.models import Event
from fairapp.foundation.ids import new_reference
from fairapp.registrations.answers import answers_of_filing
from fairapp.registrations.domain import (
    BulkState,
    Decision,
    EditState,
    FilingChannel,
    Gender,
    RegistrationState,
)
from fairapp.registrations.models import (
    BulkDecision,
    BulkItem,
    EditRequest,
    Registration,
    RegistrationProduct,
    RegistrationSector,
    Representative,
    StateChange,
)
from fairapp.registrations.queries.filed import filing_of_registration, profile_of_record
from tests import NOW
from tests.factories.cooperatives import make_cooperative
from tests.factories.events import make_event


def make_registration(
    session: Session,
    *,
    event: Event | None = None,
    cooperative: Cooperative | None = None,
    representatives: int = 1,
    **overrides: Any,
) -> Registration:
    """Make a received registration for every stop of the event, with women as representatives."""
    event = event or make_event(session)
    cooperative = cooperative or make_cooperative(session)
    values = {
        "reference": new_reference(),
        "state": RegistrationState.RECEIVED,
        "channel": FilingChannel.SELF,
        "locale": "ar",
        "phone": cooperative.phone,
        "email": cooperative.email,
        "received_at": NOW,
        "changed_at": NOW,
    }
    registration = Registration(**(values | overrides))
    registration.event = event
    registration.cooperative = cooperative
    registration.stops = list(event.stops)
    registration.sectors = [RegistrationSector(sector_code="AGR-HONEY")]
    registration.products = [RegistrationProduct(position=0, name="Honey", sector_code="AGR-HONEY")]
    registration.representatives = [
        Representative(position=position, name=f"Representative {position + 1}", gender=Gender.WOMAN)
        for position in range(representatives)
    ]
    registration.history = [StateChange(at=NOW, state=registration.state)]
    session.add(registration)
    session.flush()
    return registration


def make_accepted_registration(session: Session, **overrides: Any) -> Registration:
    """Make a registration that was received and accepted."""
    registration = make_registration(session, **overrides)
    registration.state = RegistrationState.ACCEPTED
    registration.history.append(StateChange(at=NOW, state=RegistrationState.ACCEPTED))
    session.flush()
    return registration


def make_bulk_decision(session: Session, *registrations: Registration, **overrides: Any) -> BulkDecision:
    """Make a bulk decision that is prepared and not made: waiting list for want of places."""
    values = {
        "code": new_reference(),
        "event_id": registrations[0].event_id,
        "state": BulkState.PREPARED,
        "decision": Decision.WAITLIST,
        "reason_code": "sector_full",
        "query": "",
        "prepared_at": NOW,
    }
    bulk = BulkDecision(**(values | overrides))
    session.add(bulk)
    session.flush()
    session.add_all(
        BulkItem(bulk_id=bulk.id, registration_id=registration.id, seen=registration.state)
        for registration in registrations
    )
    session.flush()
    return bulk


def make_edit(session: Session, registration: Registration, **overrides: Any) -> EditRequest:
    """Make a change of the remark that waits for the organizer's answer."""
    session.refresh(registration, ["cooperative", "representatives", "sectors", "products", "stops"])
    profile = replace(profile_of_record(registration.cooperative), phone=registration.phone)
    values = {
        "registration_id": registration.id,
        "state": EditState.ASKED,
        "answers": answers_of_filing(filing_of_registration(registration, (), profile)),
        "differences": [{"field": "remark", "before": None, "after": "Near the door"}],
        "asked_at": NOW,
    }
    edit = EditRequest(**(values | overrides))
    session.add(edit)
    session.flush()
    return edit
