"""The page on which a cooperative takes or declines a place that is offered to it."""

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _

from fairapp.decisions.domain.states import OfferState
from fairapp.decisions.forms import AskForm
from fairapp.decisions.models import PlaceOffer
from fairapp.decisions.queries.waiting import offer_by_token
from fairapp.decisions.routes import pages
from fairapp.decisions.services.answers import decline_offer, take_offer
from fairapp.foundation.clock import utc_now
from fairapp.foundation.database import reading, transaction
from fairapp.registrations.domain import RegistrationState
from fairapp.web.access import current_actor, public
from fairapp.web.i18n import LOCALES


@pages.get("/offers/<token>")
@public
def show_offer(token: str) -> ResponseReturnValue:
    """Show an offer to whoever has its link: what is offered, and until when."""
    offer = offer_by_token(reading(), token=token)
    response = make_response(
        render_template(
            "decisions/offer.html",
            offer=offer,
            registration=offer.registration,
            event=offer.registration.event,
            is_open=_is_open(offer),
            form=AskForm(),
        )
    )
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@pages.post("/offers/<token>")
@public
def answer_offer(token: str) -> ResponseReturnValue:
    """Take or decline the place; a second tap changes nothing."""
    form = AskForm()
    if form.validate_on_submit():
        if "take" in request.form:
            note = _note(offer_by_token(reading(), token=token))
            with transaction() as session:
                take_offer(session, actor=current_actor(), token=token, note=note, now=utc_now())
        elif "decline" in request.form:
            with transaction() as session:
                decline_offer(session, actor=current_actor(), token=token, now=utc_now())
    return redirect(url_for("decisions.show_offer", token=token), 303)


def _is_open(offer: PlaceOffer) -> bool:
    waits = offer.registration.state is RegistrationState.WAITLISTED
    return offer.state is OfferState.OPEN and utc_now() <= offer.deadline_at and waits


def _note(offer: PlaceOffer) -> str:
    with force_locale(LOCALES[offer.registration.locale]):
        return str(_("A place of the waiting list was offered and taken."))
