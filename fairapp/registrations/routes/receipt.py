"""The receipt: the reference on a page to keep, and what happens next."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from fairapp.events.queries import public_event
from fairapp.foundation.database import reading
from fairapp.registrations.errors import RegistrationNotFound
from fairapp.registrations.models import Registration
from fairapp.registrations.queries.drafts import draft_by_token
from fairapp.registrations.queries.single import registration_by_id
from fairapp.registrations.routes import pages
from fairapp.registrations.routes.tracking import proven
from fairapp.registrations.services.filing import files_for_others
from fairapp.web.access import current_actor, public


@pages.get("/events/<slug>/registered/<token>")
@public
def receipt(slug: str, token: str) -> ResponseReturnValue:
    """Show the receipt; its address is a secret that the sender keeps."""
    session = reading()
    event = public_event(session, slug=slug)
    draft = draft_by_token(session, event_id=event.id, token=token)
    if draft.registration_id is None:
        raise RegistrationNotFound()
    return _receipt(registration_by_id(session, registration_id=draft.registration_id))


@pages.get("/track/<reference>/receipt")
@public
def tracked_receipt(reference: str) -> ResponseReturnValue:
    """Show the receipt to whom has proven to hold the registration, on any phone."""
    try:
        return _receipt(proven(reference))
    except RegistrationNotFound:
        return redirect(url_for("registrations.track", reference=reference), 303)


def _receipt(registration: Registration) -> str:
    return render_template(
        "registrations/receipt.html",
        event=registration.event,
        registration=registration,
        files_for_others=files_for_others(current_actor()),
    )
