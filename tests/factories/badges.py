"""Badges of placed registrations, signed like real ones."""

from typing import Any

from sqlalchemy.orm import Session

from fairapp.badges.models import Badge
from fairapp.badges.services.issuing import issue_badges
from fairapp.badges.signing import Vault
from fairapp.events.models import Event
from fairapp.registrations.models import Registration
from tests import NOW
from tests.databases import SECRET_KEY
from tests.factories.events import make_running_event
from tests.factories.registrations import make_accepted_registration
from tests.factories.stands import make_allocation, make_stand

VAULT = Vault([SECRET_KEY])


def make_placed_registration(
    session: Session, *, event: Event | None = None, stand: str = "A-14", **overrides: Any
) -> Registration:
    """Make an accepted registration that holds one stand at the first stop of a running event."""
    event = event or make_running_event(session)
    registration = make_accepted_registration(session, event=event, **overrides)
    make_allocation(session, make_stand(session, event.stops[0], code=stand), registration)
    return registration


def make_badges(session: Session, registration: Registration) -> list[Badge]:
    """Issue the badges of a placed registration."""
    badges = issue_badges(session, registration_id=registration.id, vault=VAULT, now=NOW)
    session.flush()
    return badges


def make_badge(session: Session, *, event: Event | None = None, **overrides: Any) -> Badge:
    """Make one valid badge at a running event, of a registration that holds stand A-14."""
    return make_badges(session, make_placed_registration(session, event=event, **overrides))[0]
