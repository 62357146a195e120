"""Changing a registration after it was sent: the same pages, then only what differs; and the answer to it."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from fairapp.audit.domain import Actor
from fairapp.events.queries import event_for
from fairapp.foundation.clock import utc_now
from fairapp.foundation.database import reading, transaction
from fairapp.foundation.errors import RuleViolation
from fairapp.foundation.ids import show_reference
from fairapp.registrations.answers import CHECK
from fairapp.registrations.differences import can_be_changed
from fairapp.registrations.domain import EditState
from fairapp.registrations.errors import ChangeNotPossible, RegistrationNotFound
from fairapp.registrations.forms.tracking import AnswerChangeForm, SendChangeForm
from fairapp.registrations.models import Registration
from fairapp.registrations.queries.drafts import asked_questions, open_edit_of
from fairapp.registrations.queries.filed import edits_of
from fairapp.registrations.queries.single import registration_for
from fairapp.registrations.routes import pages
from fairapp.registrations.routes.drafting import Desk, forget_token, keep_proven, keep_tracked
from fairapp.registrations.routes.tracking import proven
from fairapp.registrations.services.edits import (
    begin_edit,
    hand_in_edit,
    needs_no_consent,
    proposed_differences,
    settle_edit,
)
from fairapp.web.access import current_actor, public, requires
from fairapp.web.forms import form_status, show_on_form
from fairapp.web.i18n import current_language
from fairapp.web.parts import PartOf, offer_part

_PARTS = "registrations/parts"


@pages.post("/track/<reference>/change")
@public
def change(reference: str) -> ResponseReturnValue:
    """Open a draft with what the registration says now, or the one that is open."""
    try:
        registration = proven(reference)
    except RegistrationNotFound:
        return redirect(url_for("registrations.track", reference=reference), 303)
    try:
        with transaction() as session:
            draft = begin_edit(
                session,
                actor=current_actor(),
                registration_id=registration.id,
                locale=current_language(),
                now=utc_now(),
            )
    except ChangeNotPossible:
        return redirect(_tracked(registration), 303)
    keep_proven(registration.event.slug, draft.reference)
    keep_tracked(registration.reference)
    return redirect(url_for("registrations.check", slug=registration.event.slug), 303)


def check_change(desk: Desk) -> ResponseReturnValue:
    """Show what a change makes different, and hand it in."""
    assert desk.draft is not None
    assert desk.edits is not None
    registration, actor, slug = desk.edits, current_actor(), desk.event.slug
    form = SendChangeForm()
    if desk.is_sent:
        forget_token(slug)
        return redirect(_tracked(registration), 303)
    if form.validate_on_submit() and _hand_in(desk, form):
        forget_token(slug)
        return redirect(_tracked(registration), 303)
    session = reading()
    changed = proposed_differences(session, actor=actor, registration=registration, answers=desk.answers)
    page = render_template(
        "registrations/change.html",
        event=desk.event,
        desk=desk,
        journey=desk.journey,
        registration=registration,
        changed=changed,
        at_once=needs_no_consent(actor, registration, changed, utc_now()),
        questions={question.code: question for question in desk.questions},
        check=CHECK,
        form=form,
    )
    return page, form_status(form)


@pages.post("/organizer/events/<slug>/registrations/<reference>/changes/<int:edit>")
@requires("registrations.decide")
def answer_change(slug: str, reference: str, edit: int) -> ResponseReturnValue:
    """Agree to a change that was asked for, or refuse it with a note."""
    session, actor = reading(), current_actor()
    event = event_for(session, actor=actor, action="registrations.decide", slug=slug)
    registration = registration_for(session, actor=actor, reference=reference, action="registrations.decide")
    if registration.event_id != event.id:
        raise RegistrationNotFound()
    form = AnswerChangeForm()
    back = url_for("registrations.review", slug=slug, reference=show_reference(registration.reference))
    if form.validate_on_submit() and _settle(actor, registration, edit, form):
        return redirect(back, 303)
    page = render_template(
        "registrations/answer_change.html",
        event=event,
        registration=registration,
        back=back,
        form=form,
        **_values(session, registration),
    )
    return page, form_status(form)


def changes_for_cooperative(session: Session, registration: Registration) -> dict[str, Any] | None:
    """Return what the cooperative's page shows of changes; nothing where none is possible nor was made."""
    can_change = can_be_changed(registration.state)
    values = _values(session, registration)
    if not can_change and not values["edits"]:
        return None
    draft = open_edit_of(session, registration_id=registration.id) if can_change else None
    return values | {"can_change": can_change, "is_begun": draft is not None}


def changes_for_organizer(session: Session, registration: Registration) -> dict[str, Any] | None:
    """Return the changes of a registration for its review; nothing where there are none."""
    values = _values(session, registration)
    return values if values["edits"] else None


def _values(session: Session, registration: Registration) -> dict[str, Any]:
    edits = edits_of(session, registration_id=registration.id)
    needs_questions = any(one["field"].startswith("answer:") for edit in edits for one in edit.differences)
    questions = asked_questions(session, event=registration.event) if needs_questions else ()
    return {
        "edits": edits,
        "waiting": [edit for edit in edits if edit.state is EditState.ASKED],
        "settled": [edit for edit in edits if edit.state is not EditState.ASKED],
        "questions": {question.code: question for question in questions},
    }


def _hand_in(desk: Desk, form: SendChangeForm) -> bool:
    assert desk.draft is not None
    try:
        with transaction() as session:
            edit = hand_in_edit(session, actor=current_actor(), draft_id=desk.draft.id, now=utc_now())
    except RuleViolation as refusal:
        show_on_form(form, refusal)
        return False
    if edit.state is EditState.APPLIED:
        flash(_("The change of your registration is recorded"))
    else:
        flash(_("Your change waits for the organizer"), "wait")
    return True


def _settle(actor: Actor, registration: Registration, edit_id: int, form: AnswerChangeForm) -> bool:
    try:
        with transaction() as session:
            settle_edit(
                session,
                actor=actor,
                reference=registration.reference,
                edit_id=edit_id,
                is_agreed=form.is_agreed,
                note=form.note.data or None,
                now=utc_now(),
            )
    except RuleViolation as refusal:
        show_on_form(form, refusal)
        return False
    flash(_("Recorded for %(reference)s.", reference=show_reference(registration.reference)))
    return True


def _tracked(registration: Registration) -> str:
    return url_for("registrations.tracked", reference=show_reference(registration.reference))


def _offer(app: Any) -> None:
    offer_part(app, PartOf.TRACKED, f"{_PARTS}/changes_tracked.html", changes_for_cooperative, order=30)
    offer_part(app, PartOf.REVIEW, f"{_PARTS}/changes_review.html", changes_for_organizer, order=10)


pages.record_once(lambda state: _offer(state.app))
