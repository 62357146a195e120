"""Papers of a registration that was sent: its files, adding one later, and what pages show of them."""

from typing import Any

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from fairapp.files.answers import send_file_of, send_small_photo
from fairapp.files.errors import StoredFileNotFound
from fairapp.files.models import StoredFile
from fairapp.files.queries import file_by_token
from fairapp.files.receiving import receive_in_pieces
from fairapp.foundation.clock import utc_now
from fairapp.foundation.database import reading, transaction
from fairapp.foundation.errors import RuleViolation
from fairapp.foundation.ids import show_reference
from fairapp.registrations.documents import DocumentChoice
from fairapp.registrations.errors import RegistrationNotFound
from fairapp.registrations.forms.documents import DocumentsForm, documents_form, typed
from fairapp.registrations.models import Registration
from fairapp.registrations.queries.documents import DocumentLine, owner_of, registration_lines
from fairapp.registrations.queries.single import registration_for
from fairapp.registrations.routes import pages
from fairapp.registrations.routes.documents import (
    MOST_BYTES_AT_ONCE,
    count_files,
    receive_files,
    show_row,
)
from fairapp.registrations.routes.drafting import holds_draft, is_tracked
from fairapp.registrations.routes.tracking import proven
from fairapp.registrations.services.documents import (
    attach_to_registration,
    can_change_documents,
    can_remove_files,
    change_document,
    remove_document_file,
)
from fairapp.web.access import current_actor, public
from fairapp.web.forms import form_status, show_on_form
from fairapp.web.i18n import current_language
from fairapp.web.limits import takes_up_to
from fairapp.web.parts import PartOf, offer_part

_OWNER = owner_of("")


def _offer(app: Any) -> None:
    parts = "registrations/parts"
    offer_part(app, PartOf.TRACKED, f"{parts}/documents_tracked.html", documents_for_cooperative, order=20)
    offer_part(app, PartOf.REVIEW, f"{parts}/documents_review.html", documents_for_organizer, order=20)


pages.record_once(lambda state: _offer(state.app))


@pages.get("/files/<token>")
@public
def show_file(token: str) -> Response:
    """Hand out a file of a registration to who may see the registration or has its draft open."""
    session = reading()
    file = file_by_token(session, token)
    _let_in(session, file)
    return send_small_photo(file) if "small" in request.args else send_file_of(file)


@pages.route("/track/<reference>/documents", methods=["GET", "POST"])
@takes_up_to(MOST_BYTES_AT_ONCE)
@public
def papers(reference: str) -> ResponseReturnValue:
    """Answer anew for the documents of a registration that was sent, and add papers to it."""
    try:
        registration = proven(reference)
    except RegistrationNotFound:
        return redirect(url_for("registrations.track", reference=reference), 303)
    lines = registration_lines(reading(), registration=registration)
    if not lines or not can_change_documents(registration.state):
        return redirect(_tracked(registration), 303)
    if request.method == "POST" and "remove" in request.form:
        return _remove(registration, request.form["remove"])
    form = _form(lines)
    if form.is_submitted() and _save(registration, lines, form):
        return redirect(_tracked(registration), 303)
    if form.is_submitted():
        registration = proven(reference)
        lines = registration_lines(reading(), registration=registration)
    page = render_template(
        "registrations/papers.html",
        registration=registration,
        event=registration.event,
        shown=show_reference(registration.reference),
        form=form,
        lines=lines,
        can_remove=can_remove_files(registration.state),
    )
    return page, form_status(form)


@pages.route("/track/<reference>/documents/<code>/upload", methods=["GET", "POST"])
@takes_up_to(1024 * 1024)
@public
def upload_paper(reference: str, code: str) -> tuple[Response, int]:
    """Take a file of a document in pieces, for a registration that was sent."""
    registration = proven(reference)
    if request.method == "POST" and "upload" not in request.args:
        count_files()
    actor = current_actor()

    def attach(session: Session, file: StoredFile) -> None:
        attach_to_registration(
            session, actor=actor, registration_id=registration.id, code=code, file=file, now=utc_now()
        )

    return receive_in_pieces(owner=owner_of(registration.reference), attach=attach, show=show_row)


def documents_for_cooperative(session: Session, registration: Registration) -> dict[str, Any] | None:
    """Return what the page of a registration shows of its documents; nothing where none is asked for."""
    lines = registration_lines(session, registration=registration)
    if not lines:
        return None
    return {
        "lines": lines,
        "lacking": any(line.is_lacking for line in lines),
        "can_change": can_change_documents(registration.state),
        "shown": show_reference(registration.reference),
    }


def documents_for_organizer(session: Session, registration: Registration) -> dict[str, Any] | None:
    """Return what the review shows of the documents; nothing where none is asked for."""
    lines = registration_lines(session, registration=registration)
    return {"lines": lines} if lines else None


def _let_in(session: Session, file: StoredFile) -> None:
    reference = file.owner.removeprefix(_OWNER)
    if not file.owner.startswith(_OWNER):
        raise StoredFileNotFound()
    if is_tracked(reference) or holds_draft(session, reference):
        return
    try:
        registration_for(session, actor=current_actor(), reference=reference)
    except RegistrationNotFound as error:
        raise StoredFileNotFound() from error


def _form(lines: tuple[DocumentLine, ...]) -> DocumentsForm:
    asked = [line.asked for line in lines]
    before = {line.asked.code: DocumentChoice(line.state, line.explanation) for line in lines}
    form: DocumentsForm = documents_form(asked, language=current_language())(data=typed(before, asked))
    return form


def _save(registration: Registration, lines: tuple[DocumentLine, ...], form: DocumentsForm) -> bool:
    """Keep what changed, document by document; False where something is to be put right first."""
    is_right = form.validate()
    received = receive_files(form)
    for line in lines:
        choice, files = form.choices()[line.asked.code], received.get(line.asked.code, [])
        if not files and choice == DocumentChoice(line.state, line.explanation):
            continue
        try:
            with transaction() as session:
                change_document(
                    session,
                    actor=current_actor(),
                    registration_id=registration.id,
                    code=line.asked.code,
                    choice=choice,
                    received=files,
                    now=utc_now(),
                )
        except RuleViolation as refusal:
            show_on_form(form, refusal)
    return is_right and not form.errors


def _remove(registration: Registration, token: str) -> ResponseReturnValue:
    with transaction() as session:
        remove_document_file(
            session, actor=current_actor(), registration_id=registration.id, token=token, now=utc_now()
        )
    return redirect(url_for("registrations.papers", reference=show_reference(registration.reference)), 303)


def _tracked(registration: Registration) -> str:
    return url_for("registrations.tracked", reference=show_reference(registration.reference))
