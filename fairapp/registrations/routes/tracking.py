"""Tracking by reference and phone, and withdrawing."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fairapp.accounts.services.attempts import count_attempt
from fairapp.events.queries import reasons_of
from fairapp.foundation.clock import local_date, utc_now
from fairapp.foundation.database import reading, transaction
from fairapp.foundation.errors import RuleViolation
from fairapp.foundation.ids import parse_reference, show_reference
from fairapp.foundation.text import N_
from fairapp.registrations.domain import POSSIBLE, Decision
from fairapp.registrations.errors import RegistrationNotFound
from fairapp.registrations.forms.tracking import TrackForm, WithdrawForm
from fairapp.registrations.models import Registration
from fairapp.registrations.placement import placement_of
from fairapp.registrations.queries.single import (
    registration_by_reference,
    registration_for,
    tracked_registration,
)
from fairapp.registrations.routes import pages
from fairapp.registrations.routes.drafting import is_tracked, keep_tracked
from fairapp.registrations.services.review import withdraw_registration
from fairapp.web.access import current_actor, public
from fairapp.web.forms import form_status, show_on_form
from fairapp.web.parts import PartOf, parts_of

_WINDOW_S = 15 * 60
_MOST_BY_ADDRESS = 100  # many people share one phone or network at a fair
_MOST_BY_REFERENCE = 10


class NotFoundTogether(RuleViolation):
    """Reference and phone do not belong together, or neither is known."""

    message = N_("We found no registration with this reference and this phone. Check both.")


@pages.route("/track", methods=["GET", "POST"])
@public
def track() -> ResponseReturnValue:
    """Ask for reference and phone."""
    form = TrackForm()
    if request.method == "GET":
        form.reference.data = request.args.get("reference", "")[:40]
    elif form.validate_on_submit():
        found = _find(form)
        if found is not None:
            keep_tracked(found.reference)
            return redirect(url_for("registrations.tracked", reference=show_reference(found.reference)), 303)
        show_on_form(form, NotFoundTogether())
    return render_template("registrations/track.html", form=form), form_status(form)


@pages.get("/track/<reference>")
@public
def tracked(reference: str) -> ResponseReturnValue:
    """Show where a registration stands, to whom has proven to hold it."""
    try:
        registration = proven(reference)
    except RegistrationNotFound:
        return redirect(url_for("registrations.track", reference=reference), 303)
    session = reading()
    reasons = {reason.code: reason for reason in reasons_of(session, event=registration.event)}
    return render_template(
        "registrations/tracked.html",
        registration=registration,
        event=registration.event,
        placement=placement_of(session, registration.id),
        parts=parts_of(session, PartOf.TRACKED, registration),
        reasons=reasons,
        can_withdraw=Decision.WITHDRAW in POSSIBLE[registration.state],
        today=local_date(utc_now()),
    )


@pages.route("/track/<reference>/withdraw", methods=["GET", "POST"])
@public
def withdraw(reference: str) -> ResponseReturnValue:
    """Ask once more, then withdraw the registration."""
    try:
        registration = proven(reference)
    except RegistrationNotFound:
        return redirect(url_for("registrations.track", reference=reference), 303)
    form = WithdrawForm()
    back = url_for("registrations.tracked", reference=show_reference(registration.reference))
    if Decision.WITHDRAW not in POSSIBLE[registration.state]:
        return redirect(back, 303)
    if form.validate_on_submit():
        with transaction() as session:
            withdraw_registration(
                session, actor=current_actor(), registration_id=registration.id, now=utc_now()
            )
        return redirect(back, 303)
    page = render_template(
        "registrations/withdraw.html", registration=registration, event=registration.event, form=form
    )
    return page, form_status(form)


def _find(form: TrackForm) -> Registration | None:
    """Return the registration that reference and phone open; every try is counted first."""
    reference, now = parse_reference(form.reference.data) or "", utc_now()
    with transaction() as session:
        count_attempt(
            session,
            act="track.address",
            key=request.remote_addr or "",
            most=_MOST_BY_ADDRESS,
            window_s=_WINDOW_S,
            now=now,
        )
        count_attempt(
            session,
            act="track.reference",
            key=reference,
            most=_MOST_BY_REFERENCE,
            window_s=_WINDOW_S,
            now=now,
        )
    try:
        return tracked_registration(reading(), reference=reference, phone=form.phone.data)
    except RegistrationNotFound:
        return None


def proven(reference: str) -> Registration:
    """Return a registration that this browser has opened, or that the account may read.

    Raises: RegistrationNotFound.
    """
    stored = parse_reference(reference) or ""
    if is_tracked(stored):
        return registration_by_reference(reading(), reference=stored)
    return registration_for(reading(), actor=current_actor(), reference=stored)
