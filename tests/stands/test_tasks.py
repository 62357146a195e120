"""Background work of stands."""

from flask import Flask
from sqlalchemy.orm import Session

from fairapp.outbox.services import enqueue
from fairapp.registrations.domain import RegistrationState
from fairapp.stands.tasks import release_of_registration
from tests import NOW
from tests.factories.events import make_event
from tests.factories.registrations import make_registration
from tests.factories.stands import make_allocation, make_stand

TASK = "stands.release_of_registration"


def test_release_of_registration_twice_is_done_once(session: Session, app_context: Flask) -> None:
    event = make_event(session)
    refused = make_registration(session, event=event, state=RegistrationState.REFUSED)
    held = make_allocation(session, make_stand(session, event.stops[0]), refused)
    enqueue(session, TASK, payload={"registration_id": refused.id}, key="once", now=NOW)
    session.commit()
    release_of_registration(registration_id=refused.id, key="once")
    session.refresh(held)
    released_at = held.released_at
    assert released_at is not None
    held.released_at = None
    session.commit()
    release_of_registration(registration_id=refused.id, key="once")
    session.refresh(held)
    assert held.released_at is None
