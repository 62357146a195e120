"""The review of one registration, and the decision on it."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from fairapp.cooperatives.domain import ice_looks_right
from fairapp.cooperatives.duplicates import possible_duplicates
from fairapp.events.models import Event
from fairapp.events.queries import event_for, reasons_of
from fairapp.foundation.clock import local_date, utc_now
from fairapp.foundation.database import reading, transaction
from fairapp.foundation.errors import RuleViolation
from fairapp.foundation.ids import show_reference
from fairapp.registrations.domain import LEADS_TO, POSSIBLE, RegistrationState, is_told
from fairapp.registrations.errors import DecidedMeanwhile, RegistrationNotFound
from fairapp.registrations.forms.review import DecisionForm
from fairapp.registrations.models import Registration
from fairapp.registrations.placement import placement_of
from fairapp.registrations.queries.queue import neighbours, waiting_count
from fairapp.registrations.queries.single import earlier_participations, registration_for, writer_names
from fairapp.registrations.routes import pages
from fairapp.registrations.routes.decided import LABELS, preview_of
from fairapp.registrations.routes.queue import read_filters
from fairapp.registrations.services.review import decide
from fairapp.web.access import current_actor, requires
from fairapp.web.filters import localized
from fairapp.web.forms import form_status, show_on_form
from fairapp.web.parts import PartOf, parts_of


@pages.route("/organizer/events/<slug>/registrations/<reference>", methods=["GET", "POST"])
@requires("registrations.review")
def review(slug: str, reference: str) -> ResponseReturnValue:
    """Show a registration with what helps to decide, and decide on it."""
    event, registration = _asked_for(slug, reference)
    filters, kept = read_filters()
    beside = neighbours(reading(), registration=registration, filters=filters)
    form = _form(registration, event)
    preview, meanwhile = None, None
    if form.validate_on_submit():
        if "preview" in request.form:
            preview = _preview(registration, form)
        else:
            meanwhile = _decide(slug, registration, form)
            if meanwhile is None and not form.errors:
                return redirect(_after(event, registration, beside.following, kept), 303)
    if meanwhile is not None:  # read again what the other person decided
        event, registration = _asked_for(slug, reference)
        _offer_choices(form, registration, event)
        form.seen.data = registration.state.value
    page = render_template(
        "registrations/review.html",
        event=event,
        registration=registration,
        form=form,
        preview=preview,
        meanwhile=meanwhile,
        beside=beside,
        kept=kept,
        waiting=waiting_count(reading(), event_id=event.id),
        today=local_date(utc_now()),
        **_insights(registration),
    )
    return page, form_status(form)


def _asked_for(slug: str, reference: str) -> tuple[Event, Registration]:
    session, actor = reading(), current_actor()
    event = event_for(session, actor=actor, action="registrations.review", slug=slug)
    registration = registration_for(session, actor=actor, reference=reference, action="registrations.review")
    if registration.event_id != event.id:
        raise RegistrationNotFound()
    return event, registration


def _insights(registration: Registration) -> dict[str, Any]:
    session, cooperative = reading(), registration.cooperative
    writers = {change.account_id for change in registration.history if change.account_id}
    return {
        "duplicates": possible_duplicates(session, cooperative=cooperative),
        "earlier": earlier_participations(session, registration=registration),
        "ice_is_right": ice_looks_right(cooperative.ice) if cooperative.ice else None,
        "placement": placement_of(session, registration.id),
        "parts": parts_of(session, PartOf.REVIEW, registration),
        "parts_aside": parts_of(session, PartOf.REVIEW_ASIDE, registration),
        "writers": writer_names(session, account_ids=writers),
        "reasons": {reason.code: reason for reason in reasons_of(session, event=registration.event)},
    }


def _form(registration: Registration, event: Event) -> DecisionForm:
    form = DecisionForm(seen=registration.state.value)
    _offer_choices(form, registration, event)
    return form


def _offer_choices(form: DecisionForm, registration: Registration, event: Event) -> None:
    possible = POSSIBLE[registration.state]
    form.decision.choices = {
        decision.value: str(label) for decision, label in LABELS.items() if decision in possible
    }
    form.reason.choices = {"": _("No reason")} | {
        reason.code: localized(reason, "text") for reason in reasons_of(reading(), event=event)
    }


def _decide(slug: str, registration: Registration, form: DecisionForm) -> DecidedMeanwhile | None:
    """Decide; return what somebody else decided meanwhile, if so. Other refusals go to the form."""
    seen = form.seen.data
    try:
        with transaction() as session:
            decide(
                session,
                actor=current_actor(),
                reference=registration.reference,
                decision=form.chosen(),
                reason_code=form.reason.data or None,
                note=form.note.data or None,
                seen=RegistrationState(seen) if seen in tuple(RegistrationState) else None,
                now=utc_now(),
            )
    except DecidedMeanwhile as meanwhile:
        show_on_form(form, meanwhile)
        return meanwhile
    except RuleViolation as refusal:
        show_on_form(form, refusal)
        return None
    shown = show_reference(registration.reference)
    again = url_for("registrations.review", slug=slug, reference=shown)
    flash(
        Markup('{} <a href="{}">{}</a>').format(
            _("Recorded for %(reference)s.", reference=shown), again, _("Open the registration")
        )
    )
    return None


def _preview(registration: Registration, form: DecisionForm) -> str | None:
    """Return the message about the decision as the cooperative will read it; None when none is sent."""
    decision = form.chosen()
    if not is_told(registration.state, decision):
        return None
    reasons = reasons_of(reading(), event=registration.event)
    return preview_of(
        registration,
        state=LEADS_TO[decision],
        reason=next((reason for reason in reasons if reason.code == form.reason.data), None),
        note=form.note.data,
    )


def _after(event: Event, registration: Registration, following: str | None, kept: dict[str, Any]) -> str:
    if following is None or following == registration.reference:
        return url_for("registrations.queue", slug=event.slug, **kept)
    return url_for("registrations.review", slug=event.slug, reference=show_reference(following), **kept)
