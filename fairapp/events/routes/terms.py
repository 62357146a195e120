"""Pages of a call's terms: lists of documents, questions, places and so on, its rules, its changes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from fairapp.events import queries
from fairapp.events.call_changes import call_changes
from fairapp.events.forms.terms import (
    CapacitiesForm,
    CriteriaForm,
    DocumentsForm,
    QuestionsForm,
    QuotasForm,
    ReasonsForm,
    RulesForm,
)
from fairapp.events.models import Event
from fairapp.events.presentation import places_of_call
from fairapp.events.queries import Call
from fairapp.events.routes import pages
from fairapp.events.services import asking, calls
from fairapp.foundation.clock import utc_now
from fairapp.foundation.database import reading, transaction
from fairapp.foundation.errors import Refusal
from fairapp.reference.queries import choices, sectors
from fairapp.web.access import current_actor, requires
from fairapp.web.filters import localized
from fairapp.web.forms import Form, form_status, show_on_form
from fairapp.web.i18n import current_language

BLANK_ROWS = 2
MANAGE = "events.manage"


@dataclass(frozen=True, slots=True)
class _Part:
    """One list of a call: its form, what it shows of the call, and the service that sets it."""

    form: Callable[..., Any]
    rows: Callable[[Call], list[dict[str, Any]]]
    save: Callable[[Session, Any, str], None]


def _titled(row: Any) -> dict[str, Any]:
    return {"code": row.code, "ar": row.title_ar, "fr": row.title_fr, "en": row.title_en}


def _same_named(row: Any, *names: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _document_rows(call: Call) -> list[dict[str, Any]]:
    shown = ("hint_ar", "hint_fr", "hint_en", "optional", "food_only", "can_be_exempt")
    return [_titled(row) | _same_named(row, *shown) for row in call.documents]


def _question_rows(call: Call) -> list[dict[str, Any]]:
    shown = ("hint_ar", "hint_fr", "hint_en", "optional", "least", "most")
    return [
        _titled(row)
        | _same_named(row, *shown)
        | {"kind": row.kind.value, "phase": row.phase.value}
        | {f"choices_{key}": "\n".join(choice[key] for choice in row.choices) for key in ("ar", "fr")}
        for row in call.questions
    ]


def _capacity_rows(call: Call) -> list[dict[str, Any]]:
    return [
        {"stop": row.stop_code, "sector": row.sector_code, "places": row.places} for row in call.capacities
    ]


def _criterion_rows(call: Call) -> list[dict[str, Any]]:
    shown = ("weight", "scale", "guide_ar", "guide_fr", "guide_en")
    return [_titled(row) | _same_named(row, *shown) | {"source": row.source.value} for row in call.criteria]


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


def _save_questions(session: Session, form: Any, slug: str) -> None:
    event = queries.event_for(session, actor=current_actor(), action=MANAGE, slug=slug, lock=True)
    known = {row.code: row.choices for row in queries.questions_of(session, event=event)}
    terms = form.terms(known)
    asking.set_questions(session, actor=current_actor(), slug=slug, questions=terms, now=utc_now())


def _save_capacities(session: Session, form: Any, slug: str) -> None:
    asking.set_capacities(session, actor=current_actor(), slug=slug, capacities=form.terms(), now=utc_now())


def _save_criteria(session: Session, form: Any, slug: str) -> None:
    calls.set_criteria(session, actor=current_actor(), slug=slug, criteria=form.terms(), now=utc_now())


def _save_quotas(session: Session, form: Any, slug: str) -> None:
    calls.set_quotas(session, actor=current_actor(), slug=slug, quotas=form.terms(), now=utc_now())


def _save_reasons(session: Session, form: Any, slug: str) -> None:
    calls.set_reasons(session, actor=current_actor(), slug=slug, reasons=form.terms(), now=utc_now())


PARTS = {
    "documents": _Part(DocumentsForm, _document_rows, _save_documents),
    "questions": _Part(QuestionsForm, _question_rows, _save_questions),
    "capacities": _Part(CapacitiesForm, _capacity_rows, _save_capacities),
    "criteria": _Part(CriteriaForm, _criterion_rows, _save_criteria),
    "quotas": _Part(QuotasForm, _quota_rows, _save_quotas),
    "reasons": _Part(ReasonsForm, _reason_rows, _save_reasons),
}


@pages.route(f"/organizer/events/<slug>/call/<any({','.join(PARTS)}):part>", methods=["GET", "POST"])
@requires("events.manage")
def edit_call(slug: str, part: str) -> ResponseReturnValue:
    """Set one list of the call's terms."""
    session = reading()
    event = queries.event_for(session, actor=current_actor(), action=MANAGE, slug=slug)
    call, kind = queries.call_of(session, event=event), PARTS[part]
    form = _form(kind, call, event)
    if form.validate_on_submit():
        try:
            with transaction() as changing:
                kind.save(changing, form, slug)
        except Refusal as refusal:
            show_on_form(form, refusal)
        else:
            flash(_("The changes are saved."))
            return redirect(url_for("events.edit_call", slug=slug, part=part), 303)
    page = render_template(
        "events/organizer/call.html", event=event, part=part, form=form, places=places_of_call(event, call)
    )
    return page, form_status(form)


@pages.route("/organizer/events/<slug>/call/rules", methods=["GET", "POST"])
@requires("events.manage")
def edit_rules(slug: str) -> ResponseReturnValue:
    """Set how the call decides, lets object, and fills places that become free."""
    session = reading()
    event = queries.event_for(session, actor=current_actor(), action=MANAGE, slug=slug)
    form = RulesForm(data=_rule_values(event))
    if form.validate_on_submit():
        try:
            with transaction() as changing:
                asking.set_rules(
                    changing, actor=current_actor(), slug=slug, rules=form.rules(), now=utc_now()
                )
        except Refusal as refusal:
            show_on_form(form, refusal)
        else:
            flash(_("The changes are saved."))
            return redirect(url_for("events.edit_rules", slug=slug), 303)
    page = render_template(
        "events/organizer/rules.html",
        event=event,
        form=form,
        part="rules",
        seed_is_fixed=asking.seed_is_fixed(session, event=event),
    )
    return page, form_status(form)


@pages.get("/organizer/events/<slug>/call/changes")
@requires("events.manage")
def show_call_changes(slug: str) -> ResponseReturnValue:
    """Show what was changed in the call, by whom, and whether registration had opened by then."""
    session = reading()
    event = queries.event_for(session, actor=current_actor(), action=MANAGE, slug=slug)
    return render_template(
        "events/organizer/changes.html",
        event=event,
        part="changes",
        changes=call_changes(session, event=event),
    )


def _form(kind: _Part, call: Call, event: Event) -> Form:
    if request.method == "POST":
        form: Form = kind.form()
    else:
        form = kind.form(data={"rows": kind.rows(call)})
        for _blank in range(BLANK_ROWS):
            form["rows"].append_entry()
    if isinstance(form, CapacitiesForm):
        stops = [(stop.code, localized(stop, "place")) for stop in event.stops]
        form.offer(stops, choices(sectors().values(), current_language()))
    return form


def _rule_values(event: Event) -> dict[str, Any]:
    same = (
        "objection_days",
        "reviews_wanted",
        "draw_seed",
        "offer_hours",
        "objections_ar",
        "objections_fr",
        "objections_en",
        "details_due_on",
    )
    return _same_named(event, *same) | {
        "is_blind": "yes" if event.is_blind else "no",
        "waiting_list": "stopped" if event.waiting_list_stopped_at is not None else "running",
    }
