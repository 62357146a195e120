"""Objections: filed by the cooperative on its page, answered by an organizer who did not decide."""

from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from config import Settings
from fairapp.decisions.domain.appealing import MOST_SIGNS, answer_due, may_answer, ways_to_uphold
from fairapp.decisions.domain.states import AppealState
from fairapp.decisions.errors import SamePerson
from fairapp.decisions.forms import MET, REJECT, AnswerForm, AppealForm, AskForm
from fairapp.decisions.models import Appeal
from fairapp.decisions.queries import appeals as queries
from fairapp.decisions.queries.letters import letter_of_change
from fairapp.decisions.routes import pages
from fairapp.decisions.services import appeals as services
from fairapp.events.models import Event
from fairapp.events.queries import event_for, reasons_of
from fairapp.foundation.clock import local_date, utc_now
from fairapp.foundation.database import reading, transaction
from fairapp.foundation.errors import Conflict, RuleViolation
from fairapp.foundation.ids import parse_reference, show_reference
from fairapp.registrations.domain import Decision
from fairapp.registrations.errors import RegistrationNotFound
from fairapp.registrations.routes.tracking import proven
from fairapp.web.access import current_actor, public, requires
from fairapp.web.errors import sentence_of
from fairapp.web.filters import localized
from fairapp.web.forms import form_status, show_on_form

ANSWER = "decisions.appeals"
_VIEWS: dict[str, tuple[AppealState, ...]] = {
    "open": (AppealState.FILED,),
    "answered": (AppealState.UPHELD, AppealState.REJECTED),
    "upheld": (AppealState.UPHELD,),
    "all": (),
}
_OUTCOMES = {
    Decision.ACCEPT.value: _l("The objection is right: accept the registration"),
    Decision.WAITLIST.value: _l("The objection is right: put it on the waiting list"),
    MET: _l("The objection is right, and the decision was changed meanwhile"),
    REJECT: _l("The decision stays as it was"),
}


@pages.app_template_filter("answer_due")
def answer_due_of(appeal: Appeal) -> Any:
    """Return until when an objection is to be answered."""
    return answer_due(local_date(appeal.filed_at))


@pages.route("/track/<reference>/objection", methods=["GET", "POST"])
@public
def object_to(reference: str) -> ResponseReturnValue:
    """Object to the decision, until the day in the letter."""
    try:
        registration = proven(reference)
    except RegistrationNotFound:
        return redirect(url_for("registrations.track", reference=reference), 303)
    form, session = AppealForm(), reading()
    until = queries.object_until(session, registration=registration)
    if form.validate_on_submit():
        try:
            with transaction() as writing:
                services.file_appeal(
                    writing,
                    actor=current_actor(),
                    registration_id=registration.id,
                    text=form.text.data or "",
                    now=utc_now(),
                )
        except (RuleViolation, Conflict) as refusal:
            show_on_form(form, refusal)
        else:
            flash(_("Your objection has arrived."))
            return redirect(_tracked(registration.reference), 303)
    page = render_template(
        "decisions/object.html",
        registration=registration,
        event=registration.event,
        form=form,
        until=until,
        most=MOST_SIGNS,
        possible=queries.can_object(session, registration=registration, today=local_date(utc_now())),
    )
    return page, form_status(form)


@pages.post("/track/<reference>/objection/withdraw")
@public
def take_back(reference: str) -> ResponseReturnValue:
    """Take back an objection that waits for an answer."""
    try:
        registration = proven(reference)
    except RegistrationNotFound:
        return redirect(url_for("registrations.track", reference=reference), 303)
    if AskForm().validate_on_submit():
        try:
            with transaction() as session:
                services.withdraw_appeal(
                    session, actor=current_actor(), registration_id=registration.id, now=utc_now()
                )
        except Conflict as refusal:
            flash(sentence_of(refusal), "error")
    return redirect(_tracked(registration.reference), 303)


@pages.get("/organizer/events/<slug>/decisions/appeals")
@requires("decisions.appeals")
def event_appeals(slug: str) -> ResponseReturnValue:
    """Show the objections of an event: which wait, who may answer them, and how they ended."""
    session, event, actor = reading(), _event(slug), current_actor()
    view = request.args.get("state", "open")
    states = _VIEWS.get(view, ())
    found = queries.event_appeals(
        session, event_id=event.id, states=states, page=request.args.get("page", 1, type=int)
    )
    people = [appeal.decided_by_id for appeal in found.items] + [
        appeal.answered_by_id for appeal in found.items
    ]
    return render_template(
        "decisions/appeals.html",
        event=event,
        found=found,
        view=view if view in _VIEWS else "all",
        counts=queries.appeal_counts(session, event_id=event.id),
        names=queries.names_of(session, account_ids=people),
        mine={appeal.id for appeal in found.items if not _may(appeal)},
        today=local_date(utc_now()),
        account_id=actor.account_id,
    )


@pages.route("/organizer/events/<slug>/decisions/appeals/<code>", methods=["GET", "POST"])
@requires("decisions.appeals")
def answer_appeal(slug: str, code: str) -> ResponseReturnValue:
    """Show an objection to whom did not decide, and answer it."""
    session, event = reading(), _event(slug)
    appeal = queries.appeal_for(session, event=event, code=parse_reference(code) or "")
    if not _may(appeal):
        raise SamePerson()
    reasons = reasons_of(session, event=event)
    form = _answer_form(appeal, reasons)
    if form.validate_on_submit() and _answer(slug, appeal, form):
        return redirect(url_for("decisions.event_appeals", slug=slug), 303)
    page = render_template(
        "decisions/appeal.html",
        event=event,
        appeal=appeal,
        registration=appeal.registration,
        form=form,
        letter=letter_of_change(session, state_change_id=appeal.state_change_id),
        names=queries.names_of(session, account_ids=[appeal.decided_by_id, appeal.answered_by_id]),
        reasons={reason.code: reason for reason in reasons},
    )
    return page, form_status(form)


def _answer(slug: str, appeal: Appeal, form: AnswerForm) -> bool:
    common: dict[str, Any] = {
        "actor": current_actor(),
        "slug": slug,
        "code": appeal.code,
        "answer": form.answer.data or "",
        "reason_code": form.reason.data or None,
        "now": utc_now(),
    }
    settings: Settings = current_app.extensions["settings"]
    try:
        with transaction() as session:
            if form.outcome.data == REJECT:
                services.reject_appeal(session, public_url=settings.public_url.rstrip("/"), **common)
            else:
                decision = None if form.outcome.data == MET else Decision(form.outcome.data)
                services.uphold_appeal(session, decision=decision, **common)
    except (RuleViolation, Conflict) as refusal:
        show_on_form(form, refusal)
        return False
    flash(_("The answer is recorded, and the cooperative is told."))
    return True


def _answer_form(appeal: Appeal, reasons: Any) -> AnswerForm:
    form = AnswerForm()
    ways = [decision.value for decision in ways_to_uphold(appeal.registration.state)] or [MET]
    form.outcome.choices = [(way, str(_OUTCOMES[way])) for way in [*ways, REJECT]]
    form.reason.choices = {"": _("No reason")} | {
        reason.code: localized(reason, "text") for reason in reasons
    }
    return form


def _may(appeal: Appeal) -> bool:
    return may_answer(decided_by=appeal.decided_by_id, account_id=current_actor().account_id)


def _event(slug: str) -> Event:
    return event_for(reading(), actor=current_actor(), action=ANSWER, slug=slug)


def _tracked(reference: str) -> str:
    return url_for("registrations.tracked", reference=show_reference(reference))
