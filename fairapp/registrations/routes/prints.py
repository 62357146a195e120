"""Paper: the receipt with its code, and the form to fill in by hand."""

from flask import Response, current_app, redirect, url_for
from flask.typing import ResponseReturnValue

from config import Settings
from fairapp.events.queries import call_of, public_event
from fairapp.foundation.clock import utc_now
from fairapp.foundation.database import reading, transaction
from fairapp.foundation.ids import show_reference
from fairapp.registrations.errors import RegistrationNotFound
from fairapp.registrations.models import Registration
from fairapp.registrations.paper import print_form
from fairapp.registrations.printing import print_receipt
from fairapp.registrations.queries import desk as queries
from fairapp.registrations.queries.drafts import draft_by_token
from fairapp.registrations.queries.single import registration_by_id
from fairapp.registrations.routes import pages
from fairapp.registrations.routes.drafting import FIRST_SECTORS
from fairapp.registrations.routes.tracking import proven
from fairapp.registrations.services.codes import print_code
from fairapp.web.access import current_actor, public, requires

PDF = "application/pdf"


@pages.post("/desk/registrations/<reference>/receipt.pdf")
@requires("registrations.file")
def print_filed(reference: str) -> ResponseReturnValue:
    """Print the receipt of what the account filed, or of its own; the code on it is new each time."""
    return _receipt(queries.printed_for(reading(), actor=current_actor(), reference=reference))


@pages.post("/track/<reference>/receipt.pdf")
@public
def print_tracked(reference: str) -> ResponseReturnValue:
    """Print the receipt for whom has proven to hold the registration."""
    try:
        return _receipt(proven(reference))
    except RegistrationNotFound:
        return redirect(url_for("registrations.track", reference=reference), 303)


@pages.post("/events/<slug>/registered/<token>/receipt.pdf")
@public
def print_sent(slug: str, token: str) -> ResponseReturnValue:
    """Print the receipt from its page; the address is a secret that the sender keeps."""
    session = reading()
    draft = draft_by_token(session, event_id=public_event(session, slug=slug).id, token=token)
    if draft.registration_id is None:
        raise RegistrationNotFound()
    return _receipt(registration_by_id(session, registration_id=draft.registration_id))


@pages.get("/events/<slug>/form.pdf")
@public
def paper_form(slug: str) -> ResponseReturnValue:
    """Give the form to fill in by hand, in Arabic and French, with the questions of this call."""
    session = reading()
    event = public_event(session, slug=slug)
    content = print_form(
        event, call_of(session, event=event), first_sectors=FIRST_SECTORS, public_url=_public_url()
    )
    return _pdf(content, f"form-{event.slug}.pdf")


def _receipt(registration: Registration) -> Response:
    with transaction() as session:
        code = print_code(session, reference=registration.reference, now=utc_now())
    content = print_receipt(registration, code=code, public_url=_public_url())
    return _pdf(content, f"receipt-{show_reference(registration.reference)}.pdf")


def _public_url() -> str:
    settings: Settings = current_app.extensions["settings"]
    return settings.public_url.rstrip("/")


def _pdf(content: bytes, name: str) -> Response:
    response = Response(content, mimetype=PDF)
    response.headers.set("Content-Disposition", "inline", filename=name)
    return response
