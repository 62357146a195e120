"""The receipt: the reference on a page to keep, and what happens next."""

from flask import render_template
from flask.typing import ResponseReturnValue

from fairapp.events.queries import public_event
from fairapp.foundation.database import reading
from fairapp.registrations.errors import RegistrationNotFound
from fairapp.registrations.queries.drafts import draft_by_token
from fairapp.registrations.queries.single import registration_by_id
from fairapp.registrations.routes import pages
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
    registration = registration_by_id(session, registration_id=draft.registration_id)
    return render_template(
        "registrations/receipt.html",
        event=event,
        registration=registration,
        files_for_others=files_for_others(current_actor()),
    )
