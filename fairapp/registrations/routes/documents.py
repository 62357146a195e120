"""The step of the documents: four answers each, photos with them, also in pieces; never a hard block."""

from typing import Any

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from fairapp.accounts.services.attempts import count_attempt
from fairapp.files.domain import PreparedFile
from fairapp.files.errors import FileRefused
from fairapp.files.models import StoredFile
from fairapp.files.receiving import receive_in_pieces, receive_whole
from fairapp.foundation.clock import utc_now
from fairapp.foundation.database import reading, transaction
from fairapp.foundation.errors import RuleViolation
from fairapp.registrations.answers import CHECK, DOCUMENTS
from fairapp.registrations.answers import documents_of as documents_in
from fairapp.registrations.documents import MOST_FILES_OF_DOCUMENT, DocumentChoice
from fairapp.registrations.errors import DocumentUnknown, DraftNotFound
from fairapp.registrations.forms.documents import DocumentsForm, documents_form, typed
from fairapp.registrations.queries.documents import (
    DocumentLine,
    draft_lines,
    owner_of,
    reference_of_draft,
)
from fairapp.registrations.routes import pages
from fairapp.registrations.routes.drafting import STEP_FORMS, Desk, visit
from fairapp.registrations.services.documents import attach_to_draft, remove_from_draft, save_documents
from fairapp.web.access import public
from fairapp.web.errors import sentence_of
from fairapp.web.forms import form_status, show_on_form
from fairapp.web.i18n import current_language
from fairapp.web.limits import takes_up_to

MOST_BY_ADDRESS = 600  # an hour; a desk at a fair registers many from one address
_WINDOW_S = 3600
MOST_BYTES_AT_ONCE = 64 * 1024 * 1024  # several photos in one plain post, for who has no script


@pages.route("/events/<slug>/register/documents", methods=["GET", "POST"])
@takes_up_to(MOST_BYTES_AT_ONCE)
@public
def documents(slug: str) -> ResponseReturnValue:
    """Answer for each document of the call, and send photos of those one has."""
    desk = visit(slug)
    if desk.draft is None or not desk.takes_answers or desk.is_sent or DOCUMENTS not in desk.journey.steps:
        return redirect(url_for("registrations.register", slug=slug), 303)
    lines = lines_of(desk)
    form = _form(lines)
    if request.method == "POST" and "remove" in request.form:
        return _remove(desk, request.form["remove"])
    if form.is_submitted() and _save(desk, form):
        if "stay" in request.form:
            return redirect(_here(desk, _anchor=request.form["stay"]), 303)
        return redirect(_following(desk), 303)
    page = render_template(
        "registrations/steps/documents.html",
        event=desk.event,
        desk=desk,
        journey=desk.journey,
        step=DOCUMENTS,
        number=desk.journey.number(DOCUMENTS),
        back_url=_back_url(desk),
        elsewhere=[],
        form=form,
        lines=lines_of(visit(slug)) if form.is_submitted() else lines,
        most_files=MOST_FILES_OF_DOCUMENT,
    )
    return page, form_status(form)


@pages.route("/events/<slug>/register/documents/<code>/upload", methods=["GET", "POST"])
@takes_up_to(1024 * 1024)
@public
def upload_document(slug: str, code: str) -> tuple[Response, int]:
    """Take a file of a document in pieces, as `upload.js` sends it."""
    desk = visit(slug)
    if desk.draft is None or not desk.takes_answers or desk.is_sent:
        raise DraftNotFound()
    if code not in {line.asked.code for line in lines_of(desk)}:
        raise DocumentUnknown()
    if request.method == "POST" and "upload" not in request.args:
        count_files()
    draft_id, reference = desk.draft.id, reference_of_draft(reading(), draft=desk.draft)

    def attach(session: Session, file: StoredFile) -> None:
        attach_to_draft(session, draft_id=draft_id, code=code, file=file, now=utc_now())

    return receive_in_pieces(owner=owner_of(reference), attach=attach, show=show_row)


def count_files(most: int = MOST_BY_ADDRESS) -> None:
    """Count a post of files by its address, in a transaction of its own: disks are filled by programs.

    Raises: TooManyAttempts.
    """
    with transaction() as session:
        count_attempt(
            session,
            act="files.address",
            key=request.remote_addr or "",
            most=most,
            window_s=_WINDOW_S,
            now=utc_now(),
        )


def lines_of(desk: Desk) -> tuple[DocumentLine, ...]:
    """Return the documents that the draft of a visit is asked for, with their files."""
    if desk.draft is None:
        return ()
    session = reading()
    return draft_lines(
        session,
        event=desk.event,
        reference=reference_of_draft(session, draft=desk.draft),
        sectors=desk.answers.get("products", {}).get("sectors", ()),
        filed=documents_in(desk.answers),
    )


def show_row(file: StoredFile) -> dict[str, Any]:
    """Return what the page shows of a file that just arrived, for the script to put in place."""
    return {"html": render_template("registrations/file_row.html", file=file)}


def receive_files(form: DocumentsForm) -> dict[str, list[PreparedFile]]:
    """Check all files of a form and put them into the store; those that are refused are said beside."""
    received: dict[str, list[PreparedFile]] = {}
    if any(form.sent(place) for place in range(len(form.asked))):
        count_files()
    for place, document in enumerate(form.asked):
        for sent in form.sent(place):
            try:
                received.setdefault(document.code, []).append(receive_whole(sent))
            except FileRefused as refusal:
                form.refuse_file(place, sentence_of(refusal))
    return received


def _form(lines: tuple[DocumentLine, ...]) -> DocumentsForm:
    asked = [line.asked for line in lines]
    before = {line.asked.code: DocumentChoice(line.state, line.explanation) for line in lines}
    form: DocumentsForm = documents_form(asked, language=current_language())(data=typed(before, asked))
    return form


def _save(desk: Desk, form: DocumentsForm) -> bool:
    """Keep what was answered and what could be read; False where something is to be put right first."""
    assert desk.draft is not None
    is_right = form.validate()
    received = receive_files(form)
    try:
        with transaction() as session:
            save_documents(
                session, draft_id=desk.draft.id, choices=form.choices(), received=received, now=utc_now()
            )
    except RuleViolation as refusal:
        show_on_form(form, refusal)
    return is_right and not form.errors


def _remove(desk: Desk, token: str) -> ResponseReturnValue:
    assert desk.draft is not None
    with transaction() as session:
        remove_from_draft(session, draft_id=desk.draft.id, token=token, now=utc_now())
    return redirect(_here(desk), 303)


def _here(desk: Desk, **more: Any) -> str:
    values = {"slug": desk.event.slug, "back": request.args.get("back")} | more
    return url_for("registrations.documents", **values)


def _following(desk: Desk) -> str:
    after = visit(desk.event.slug)
    missing = after.journey.first_missing(after.answers)
    return _step_url(desk, missing or CHECK)


def _back_url(desk: Desk) -> str:
    if request.args.get("back") == CHECK:
        return _step_url(desk, CHECK)
    return _step_url(desk, desk.journey.before(DOCUMENTS) or CHECK)


def _step_url(desk: Desk, step: str) -> str:
    if step == CHECK:
        return url_for("registrations.check", slug=desk.event.slug)
    return url_for("registrations.step", slug=desk.event.slug, step=step)


STEP_FORMS[DOCUMENTS] = lambda desk, _answers, _given: _form(lines_of(desk))
