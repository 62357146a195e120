"""The second form, for the accepted alone, and what pages show of it."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from fairapp.events.models import Question
from fairapp.files.domain import PreparedFile
from fairapp.files.errors import FileRefused
from fairapp.files.receiving import receive_whole
from fairapp.foundation.clock import local_date, utc_now
from fairapp.foundation.database import reading, transaction
from fairapp.foundation.errors import RuleViolation
from fairapp.foundation.ids import show_reference
from fairapp.registrations.details import transport_of
from fairapp.registrations.domain import FiledAnswer, RegistrationState
from fairapp.registrations.errors import RegistrationNotFound
from fairapp.registrations.following import offer_follower
from fairapp.registrations.forms.details import DetailsForm, details_form
from fairapp.registrations.forms.questions import field_name, given_in
from fairapp.registrations.forms.steps import MOST_PEOPLE
from fairapp.registrations.models import Details, Registration
from fairapp.registrations.queries.details import details_answers, details_of, details_questions
from fairapp.registrations.routes import pages
from fairapp.registrations.routes.documents import MOST_BYTES_AT_ONCE
from fairapp.registrations.routes.tracking import proven
from fairapp.registrations.services.details import ask_when_accepted, save_details
from fairapp.web.access import current_actor, public
from fairapp.web.forms import form_status, show_on_form
from fairapp.web.i18n import current_language
from fairapp.web.limits import takes_up_to
from fairapp.web.parts import PartOf, offer_part


def _offer(app: Any) -> None:
    offer_follower(app, ask_when_accepted)
    parts = "registrations/parts"
    offer_part(app, PartOf.TRACKED, f"{parts}/details_tracked.html", details_for_cooperative, order=5)
    offer_part(app, PartOf.REVIEW, f"{parts}/details_review.html", details_for_organizer, order=25)


pages.record_once(lambda state: _offer(state.app))


@pages.route("/track/<reference>/details", methods=["GET", "POST"])
@takes_up_to(MOST_BYTES_AT_ONCE)
@public
def details(reference: str) -> ResponseReturnValue:
    """Ask an accepted registration for names, transport, power, and what its call asks besides."""
    try:
        registration = proven(reference)
    except RegistrationNotFound:
        return redirect(url_for("registrations.track", reference=reference), 303)
    asked = _asked(reading(), registration)
    shown = show_reference(registration.reference)
    if asked is None:
        return redirect(url_for("registrations.tracked", reference=shown), 303)
    form = _form(registration, asked)
    if form.validate_on_submit() and _save(registration, form):
        flash(_("Thank you. The organizer has your answers."))
        return redirect(url_for("registrations.tracked", reference=shown), 303)
    page = render_template(
        "registrations/details.html",
        registration=registration,
        event=registration.event,
        details=asked,
        shown=shown,
        form=form,
        today=local_date(utc_now()),
    )
    return page, form_status(form)


def details_for_cooperative(session: Session, registration: Registration) -> dict[str, Any] | None:
    """Return what a cooperative's page says of the second form; nothing where it was not asked."""
    asked = _asked(session, registration)
    if asked is None:
        return None
    return {
        "details": asked,
        "due_on": registration.event.details_due_on,
        "shown": show_reference(registration.reference),
    }


def details_for_organizer(session: Session, registration: Registration) -> dict[str, Any] | None:
    """Return what the review shows of the second form; nothing where it was not asked."""
    asked = _asked(session, registration)
    if asked is None:
        return None
    questions = details_questions(session, event_id=registration.event_id)
    answers = _given(session, registration, questions)
    return {
        "details": asked,
        "due_on": registration.event.details_due_on,
        "transport": transport_of(asked.answers),
        "answered": [
            (question, answers[question.code]) for question in questions if question.code in answers
        ],
    }


def _asked(session: Session, registration: Registration) -> Details | None:
    if registration.state is not RegistrationState.ACCEPTED:
        return None
    return details_of(session, registration_id=registration.id)


def _given(session: Session, registration: Registration, questions: tuple[Question, ...]) -> dict[str, Any]:
    if not questions:
        return {}
    codes = [question.code for question in questions]
    return details_answers(session, registration_id=registration.id, codes=codes)


def _form(registration: Registration, asked: Details) -> DetailsForm:
    session = reading()
    questions = details_questions(session, event_id=registration.event_id)
    kept = [
        {"code": code, "value": answer.value, "file": answer.file.token if answer.file else None}
        for code, answer in _given(session, registration, questions).items()
    ]
    data: dict[str, Any] = {
        f"{part}_{place}": getattr(person, part)
        for place, person in enumerate(registration.representatives, start=1)
        for part in ("name", "gender", "phone")
    }
    known = transport_of(asked.answers)
    data |= {"transport": known.value if known else "", "watts": asked.answers.get("watts")}
    data |= {"appliances": asked.answers.get("appliances") or ""} | given_in(questions, kept)
    most = max(
        1, len(registration.representatives), min(registration.event.most_representatives, MOST_PEOPLE)
    )
    made = details_form(most, questions, kept, language=current_language())
    form: DetailsForm = made(data=data)
    return form


def _save(registration: Registration, form: DetailsForm) -> bool:
    """Keep what was answered; a refusal is shown on the form."""
    try:
        received = _receive(form)
        with transaction() as session:
            save_details(
                session,
                actor=current_actor(),
                registration_id=registration.id,
                answered=form.details(),
                answers=[
                    FiledAnswer(one["code"], one["value"], one["file"])
                    for one in form.call_answers()
                    if one["value"] or one["file"]
                ],
                received=received,
                now=utc_now(),
            )
    except RuleViolation as refusal:
        if refusal.field == "representatives":
            refusal.field = "name_1"
        show_on_form(form, refusal)
        return False
    return True


def _receive(form: DetailsForm) -> dict[str, PreparedFile]:
    received = {}
    for code, sent in form.files().items():
        try:
            received[code] = receive_whole(sent)
        except FileRefused as refusal:
            places = {question.code: place for place, question in enumerate(form.questions)}
            refusal.field = field_name(places[code])
            raise
    return received
