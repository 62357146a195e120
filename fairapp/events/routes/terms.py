"""Pages of a call's terms: documents, criteria, quotas and reasons, each a short list."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from fairapp.events import queries
from fairapp.events.forms import CriteriaForm, DocumentsForm, QuotasForm, ReasonsForm
from fairapp.events.models import Event
from fairapp.events.queries import Call
from fairapp.events.routes import pages
from fairapp.events.services import calls
from fairapp.foundation.clock import utc_now
from fairapp.foundation.database import reading, transaction
from fairapp.foundation.errors import Refusal
from fairapp.web.access import current_actor, requires
from fairapp.web.forms import Form, form_status, show_on_form

BLANK_ROWS = 2


@dataclass(frozen=True, slots=True)
class _Part:
    """One list of a call: its form, what it shows of the call, and the service that sets it."""

    form: Callable[..., Any]
    rows: Callable[[Call], list[dict[str, Any]]]
    save: Callable[[Session, Any, str], None]


def _titled(row: Any) -> dict[str, Any]:
    return {"code": row.code, "ar": row.title_ar, "fr": row.title_fr, "en": row.title_en}


def _document_rows(call: Call) -> list[dict[str, Any]]:
    return [
        _titled(row)
        | {
            "hint_ar": row.hint_ar,
            "hint_fr": row.hint_fr,
            "optional": row.optional,
            "food_only": row.food_only,
        }
        for row in call.documents
    ]


def _criterion_rows(call: Call) -> list[dict[str, Any]]:
    return [_titled(row) | {"weight": row.weight} for row in call.criteria]


def _reason_rows(call: Call) -> list[dict[str, Any]]:
    return [
        {"code": row.code, "ar": row.text_ar, "fr": row.text_fr, "en": row.text_en} for row in call.reasons
    ]


def _quota_rows(call: Call) -> list[dict[str, Any]]:
    return [
        {"kind": row.kind.value, "target": row.target, "least_percent": row.least_percent}
        for row in call.quotas
    ]


def _save_documents(session: Session, form: Any, slug: str) -> None:
    calls.set_documents(session, actor=current_actor(), slug=slug, documents=form.terms(), now=utc_now())


def _save_criteria(session: Session, form: Any, slug: str) -> None:
    calls.set_criteria(session, actor=current_actor(), slug=slug, criteria=form.terms(), now=utc_now())


def _save_quotas(session: Session, form: Any, slug: str) -> None:
    calls.set_quotas(session, actor=current_actor(), slug=slug, quotas=form.terms(), now=utc_now())


def _save_reasons(session: Session, form: Any, slug: str) -> None:
    calls.set_reasons(session, actor=current_actor(), slug=slug, reasons=form.terms(), now=utc_now())


PARTS = {
    "documents": _Part(DocumentsForm, _document_rows, _save_documents),
    "criteria": _Part(CriteriaForm, _criterion_rows, _save_criteria),
    "quotas": _Part(QuotasForm, _quota_rows, _save_quotas),
    "reasons": _Part(ReasonsForm, _reason_rows, _save_reasons),
}


@pages.route(
    "/organizer/events/<slug>/call/<any(documents,criteria,quotas,reasons):part>", methods=["GET", "POST"]
)
@requires("events.manage")
def edit_call(slug: str, part: str) -> ResponseReturnValue:
    """Set one list of the call's terms."""
    session = reading()
    event = queries.event_for(session, actor=current_actor(), action="events.manage", slug=slug)
    kind = PARTS[part]
    form = _form(kind, session, event)
    if form.validate_on_submit():
        try:
            with transaction() as changing:
                kind.save(changing, form, slug)
        except Refusal as refusal:
            show_on_form(form, refusal)
        else:
            flash(_("The changes are saved."))
            return redirect(url_for("events.edit_call", slug=slug, part=part), 303)
    return render_template("events/organizer/call.html", event=event, part=part, form=form), form_status(form)


def _form(kind: _Part, session: Session, event: Event) -> Form:
    if request.method == "POST":
        form: Form = kind.form()
        return form
    form = kind.form(data={"rows": kind.rows(queries.call_of(session, event=event))})
    for _blank in range(BLANK_ROWS):
        form["rows"].append_entry()
    return form
