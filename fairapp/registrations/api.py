"""Calls that file a registration and decide on one. Reading one lies with the badges it shows."""

from flask import Blueprint
from sqlalchemy.orm import Session

from fairapp.audit.domain import Actor, Role
from fairapp.events.queries import public_event
from fairapp.foundation.clock import utc_now
from fairapp.registrations.domain import Decision
from fairapp.registrations.schemas import NewDecision, NewRegistration, RegistrationBrief, brief_of
from fairapp.registrations.services.filing import channel_of, file_registration
from fairapp.registrations.services.review import decide
from fairapp.web.access import current_actor, requires
from fairapp.web.calls import call
from fairapp.web.i18n import FIRST_LANGUAGE

api = Blueprint("registrations_api", __name__)


def _language_for(actor: Actor) -> str:
    # A cooperative is written to in its own language; filed by others, in the first one.
    return actor.locale if actor.has_role(Role.COOPERATIVE) else FIRST_LANGUAGE


@api.post("/events/<slug>/registrations")
@requires("registrations.file")
@call(body=NewRegistration, answer=RegistrationBrief, status=201, summary="File a registration")
def post_registration(session: Session, body: NewRegistration, slug: str) -> RegistrationBrief:
    """File a registration of a cooperative for a published event that takes registrations."""
    actor = current_actor()
    channel = channel_of(actor, body.filed_by.channel if body.filed_by else None)
    registration = file_registration(
        session,
        actor=actor,
        event=public_event(session, slug=slug),
        filing=body.filing(channel=channel, locale=_language_for(actor)),
        now=utc_now(),
    )
    return brief_of(registration)


@api.post("/registrations/<reference>/decisions")
@requires("registrations.decide")
@call(body=NewDecision, answer=RegistrationBrief, summary="Decide on a registration")
def post_decision(session: Session, body: NewDecision, reference: str) -> RegistrationBrief:
    """Accept, put on the waiting list, refuse or ask; the cooperative is told with the reason."""
    registration = decide(
        session,
        actor=current_actor(),
        reference=reference,
        decision=Decision(body.decision),
        reason_code=body.reason,
        note=body.note,
        now=utc_now(),
    )
    return brief_of(registration)
