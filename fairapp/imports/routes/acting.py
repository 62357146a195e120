"""Acting on imports: sending a file, choosing columns, deciding rows, applying, undoing, dropping."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from fairapp.foundation.clock import utc_now
from fairapp.foundation.database import reading, transaction
from fairapp.foundation.errors import Conflict, RuleViolation
from fairapp.foundation.ids import show_reference
from fairapp.imports import queries
from fairapp.imports.domain import MOST_BYTES, RowChoice
from fairapp.imports.errors import FileMissing
from fairapp.imports.forms import ActForm, DecideForm, UploadForm
from fairapp.imports.models import Import
from fairapp.imports.routes import pages
from fairapp.imports.routes.showing import BASE, import_page, upload_page
from fairapp.imports.services import applying, deciding, taking_in, undoing
from fairapp.web.access import current_actor, requires
from fairapp.web.errors import sentence_of
from fairapp.web.forms import show_on_form
from fairapp.web.limits import takes_up_to

_MOST_ROWS_NAMED = 200
_MOST_DIGITS = 9
_ROOM = 4 * 1024 * 1024  # a file that is a little too large is refused in words, on the page


@pages.post(BASE)
@takes_up_to(MOST_BYTES + 1024 * 1024)
@requires("cooperatives.import")
@takes_up_to(MOST_BYTES + _ROOM)
def send_register() -> ResponseReturnValue:
    """Take a register in; the worker reads it."""
    form = UploadForm()
    file = request.files.get("file")
    content = file.stream.read(MOST_BYTES + 1) if file else b""
    if file:
        file.close()
    try:
        if not form.validate_on_submit():
            raise FileMissing()
        with transaction() as session:
            started = taking_in.start_import(
                session,
                actor=current_actor(),
                filename=(file.filename if file else "") or "",
                content=content,
                now=utc_now(),
            )
    except RuleViolation as refusal:
        show_on_form(form, refusal)
        return upload_page(reading(), form)
    return _to(started.code)


@pages.post(f"{BASE}/<code>/columns")
@requires("cooperatives.import")
def choose_columns(code: str) -> ResponseReturnValue:
    """Have the file read again with the columns that a person chose."""
    form = ActForm()
    names = {
        place: name
        for place in range(_MOST_ROWS_NAMED)
        if (name := request.form.get(f"column-{place}-field", ""))
    }
    try:
        with transaction() as session:
            taking_in.read_again(session, actor=current_actor(), code=code, columns=names, now=utc_now())
    except RuleViolation as refusal:
        show_on_form(form, refusal)
        session = reading()
        return import_page(session, queries.import_for(session, code=code), form=form)
    return _to(code)


@pages.post(f"{BASE}/<code>/rows")
@requires("cooperatives.import")
def decide_rows(code: str) -> ResponseReturnValue:
    """Keep what a person says of doubtful rows: of one, of those ticked, or of all."""
    form = DecideForm()
    if not form.validate_on_submit():
        flash(_("Choose what the rows are."), "error")
        return _to(code, rows="doubtful")
    rows = request.form.getlist("row")[:_MOST_ROWS_NAMED]
    numbers = None if "all" in rows else [int(row) for row in rows if _is_number(row)]
    choice = None if form.choice.data == "again" else RowChoice(form.choice.data)
    entry = form.entry.data or ""
    try:
        with transaction() as session:
            number = deciding.decide_rows(
                session,
                actor=current_actor(),
                code=code,
                numbers=numbers,
                choice=choice,
                entry_id=int(entry) if _is_number(entry) else None,
                now=utc_now(),
            )
    except (RuleViolation, Conflict) as refusal:
        flash(sentence_of(refusal), "error")
    else:
        flash(ngettext("%(num)d row is decided.", "%(num)d rows are decided.", number))
    return _to(code, rows="doubtful", page=request.form.get("page", 1, type=int))


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS


@pages.post(f"{BASE}/<code>/apply")
@requires("cooperatives.import")
def apply_import(code: str) -> ResponseReturnValue:
    """Have the worker apply an import, all of it or nothing."""
    return _act(code, applying.ask_to_apply)


@pages.post(f"{BASE}/<code>/undo")
@requires("cooperatives.import")
def undo_import(code: str) -> ResponseReturnValue:
    """Have the worker undo the import that was applied last."""
    return _act(code, undoing.ask_to_undo)


@pages.post(f"{BASE}/<code>/drop")
@requires("cooperatives.import")
def drop_import(code: str) -> ResponseReturnValue:
    """Drop an import that was not applied."""
    return _act(code, taking_in.drop_import)


def _act(code: str, service: Callable[..., Import]) -> ResponseReturnValue:
    try:
        with transaction() as session:
            service(session, actor=current_actor(), code=code, now=utc_now())
    except (RuleViolation, Conflict) as refusal:
        flash(sentence_of(refusal), "error")
    return _to(code)


def _to(code: str, **values: Any) -> ResponseReturnValue:
    shown = show_reference(code) if "-" not in code else code
    return redirect(url_for("imports.show_import", code=shown, **values), 303)
