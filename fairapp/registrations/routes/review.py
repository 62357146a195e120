"""The review of one registration, and the decision on it."""

from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, lazy_gettext
from flask_babel import gettext as _
from markupsafe import Markup

from config import Settings
from fairapp.cooperatives.domain import ice_looks_right
from fairapp.cooperatives.duplicates import possible_duplicates
from fairapp.events.models import Event, Reason
from fairapp.events.queries import event_for, reasons_of
from fairapp.foundation.clock import local_date, utc_now
from fairapp.foundation.database import reading, transaction
from fairapp.foundation.errors import RuleViolation
from fairapp.foundation.ids import show_reference
from fairapp.registrations.domain import LEADS_TO, POSSIBLE, TOLD, Decision, RegistrationState
from fairapp.registrations.errors import RegistrationNotFound
from fairapp.registrations.forms.review import DecisionForm
from fairapp.registrations.models import Registration
from fairapp.registrations.placement import placement_of
from fairapp.registrations.queries.queue import next_in_queue, waiting_count
from fairapp.registrations.queries.single import earlier_participations, registration_for, writer_names
from fairapp.registrations.routes import pages
from fairapp.registrations.routes.queue import read_filters
from fairapp.registrations.services.letters import decided_context
from fairapp.registrations.services.review import decide
from fairapp.web.access import current_actor, requires
from fairapp.web.filters import localized
from fairapp.web.forms import form_status, show_on_form
from fairapp.web.i18n import LOCALES
from fairapp.web.parts import PartOf, parts_of

_LABELS = {
    Decision.ACCEPT: lazy_gettext("Accept"),
    Decision.ASK: lazy_gettext("Ask for something"),
    Decision.WAITLIST: lazy_gettext("Waiting list"),
    Decision.REFUSE: lazy_gettext("Refuse"),
    Decision.REVIEW: lazy_gettext("Take under review"),
}


@pages.route("/organizer/events/<slug>/registrations/<reference>", methods=["GET", "POST"])
@requires("registrations.review")
def review(slug: str, reference: str) -> ResponseReturnValue:
    """Show a registration with what helps to decide, and decide on it."""
    session, actor = reading(), current_actor()
    event = event_for(session, actor=actor, action="registrations.review", slug=slug)
    registration = registration_for(session, actor=actor, reference=reference, action="registrations.review")
    if registration.event_id != event.id:
        raise RegistrationNotFound()
    filters, kept = read_filters()
    following, place, total = next_in_queue(session, registration=registration, filters=filters)
    reasons = reasons_of(session, event=event)
    form = _form(registration, reasons)
    preview = None
    if form.validate_on_submit():
        if "preview" in request.form:
            preview = _preview(registration, form, reasons)
        elif _decide(slug, registration, form):
            return redirect(_after(event, registration, following, kept), 303)
    page = render_template(
        "registrations/review.html",
        event=event,
        registration=registration,
        form=form,
        preview=preview,
        following=following,
        place_in_queue=place,
        total=total,
        kept=kept,
        waiting=waiting_count(session, event_id=event.id),
        today=local_date(utc_now()),
        reasons={reason.code: reason for reason in reasons},
        **_insights(registration),
    )
    return page, form_status(form)


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
    }


def _form(registration: Registration, reasons: list[Reason]) -> DecisionForm:
    form = DecisionForm(seen=registration.state.value)
    possible = POSSIBLE[registration.state]
    form.decision.choices = {
        decision.value: str(label) for decision, label in _LABELS.items() if decision in possible
    }
    form.reason.choices = {"": _("No reason")} | {
        reason.code: localized(reason, "text") for reason in reasons
    }
    return form


def _decide(slug: str, registration: Registration, form: DecisionForm) -> bool:
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
    except RuleViolation as refusal:
        show_on_form(form, refusal)
        return False
    shown = show_reference(registration.reference)
    again = url_for("registrations.review", slug=slug, reference=shown)
    flash(
        Markup('{} <a href="{}">{}</a>').format(
            _("Recorded for %(reference)s.", reference=shown), again, _("Open the registration")
        )
    )
    return True


def _preview(registration: Registration, form: DecisionForm, reasons: list[Reason]) -> str | None:
    """Return the letter about the decision as the cooperative will read it; None when none is sent."""
    decision = form.chosen()
    if decision not in TOLD:
        return None
    chosen = next((reason for reason in reasons if reason.code == form.reason.data), None)
    context = decided_context(registration, state=LEADS_TO[decision], reason=chosen, note=form.note.data)
    with force_locale(LOCALES[registration.locale]):
        letter = render_template("mail/registrations/decided.txt", **context, public_url=_public_url())
    return letter.strip()


def _public_url() -> str:
    settings: Settings = current_app.extensions["settings"]
    return settings.public_url.rstrip("/")


def _after(event: Event, registration: Registration, following: str | None, kept: dict[str, Any]) -> str:
    if following is None or following == registration.reference:
        return url_for("registrations.queue", slug=event.slug, **kept)
    return url_for("registrations.review", slug=event.slug, reference=show_reference(following), **kept)
