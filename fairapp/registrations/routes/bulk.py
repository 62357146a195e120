"""Decisions on many registrations: chosen, looked at, made, looked up and taken back."""

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from fairapp.events.models import Event
from fairapp.events.queries import event_for, reasons_of
from fairapp.foundation.clock import utc_now
from fairapp.foundation.database import reading, transaction
from fairapp.foundation.errors import RuleViolation
from fairapp.foundation.ids import parse_reference
from fairapp.registrations.domain import LEADS_TO, BulkState, Decision
from fairapp.registrations.forms.review import BulkForm
from fairapp.registrations.models import BulkDecision
from fairapp.registrations.queries.bulk import (
    Group,
    bulk_for,
    bulks_of,
    decided_in,
    foresee,
    left_out_of,
    progress_of,
)
from fairapp.registrations.queries.filters import QueueFilters, query_of
from fairapp.registrations.queries.queue import queue_size, queued_ids, waiting_count
from fairapp.registrations.queries.single import ids_of_references, registration_for
from fairapp.registrations.routes import pages
from fairapp.registrations.routes.decided import LABELS, preview_of
from fairapp.registrations.routes.queue import read_filters
from fairapp.registrations.services.bulk import BulkTerms, make_bulk, prepare_bulk, prepare_reversal
from fairapp.web.access import current_actor, requires
from fairapp.web.filters import localized
from fairapp.web.forms import form_status, show_on_form
from fairapp.web.parts import PartOf, parts_of

ACTION = "registrations.decide"
_REFRESH_S = 2


@pages.route("/organizer/events/<slug>/registrations/decide", methods=["GET", "POST"])
@requires("registrations.decide")
def decide_bulk(slug: str) -> ResponseReturnValue:
    """Choose a decision for the registrations ticked in the queue, or for all that its filters leave."""
    session = reading()
    event = _event(session, slug)
    filters, kept = read_filters()
    ids = _chosen_ids(session, event, filters)
    form = _form(session, event, BulkForm(always_with_reason=False))
    if form.validate_on_submit():
        bulk = _prepare(form, event, ids, query_of(filters) if request.args.get("all") else "")
        if bulk is not None:
            return redirect(url_for("registrations.show_bulk", slug=slug, code=bulk.code), 303)
    page = render_template(
        "registrations/bulk_decide.html",
        event=event,
        form=form,
        size=len(ids),
        total=queue_size(session, event_id=event.id, filters=filters),
        is_all=bool(request.args.get("all")),
        kept=kept,
        picked=request.args.getlist("pick"),
        reverses=None,
        waiting=waiting_count(session, event_id=event.id),
    )
    return page, form_status(form)


@pages.get("/organizer/events/<slug>/registrations/bulk")
@requires("registrations.decide")
def list_bulks(slug: str) -> ResponseReturnValue:
    """List the decisions that were made on many registrations."""
    session = reading()
    event = _event(session, slug)
    return render_template(
        "registrations/bulks.html",
        event=event,
        rows=bulks_of(session, event_id=event.id),
        labels=LABELS,
        waiting=waiting_count(session, event_id=event.id),
    )


@pages.get("/organizer/events/<slug>/registrations/bulk/<code>")
@requires("registrations.decide")
def show_bulk(slug: str, code: str) -> ResponseReturnValue:
    """Show what a bulk decision would do, how far it is, or what came of it."""
    session = reading()
    event = _event(session, slug)
    bulk = bulk_for(session, event_id=event.id, code=code)
    values = _prepared(session, event, bulk) if bulk.state is BulkState.PREPARED else _made(session, bulk)
    page = render_template(
        "registrations/bulk.html",
        event=event,
        bulk=bulk,
        label=LABELS[bulk.decision],
        reason=_reason(session, event, bulk),
        waiting=waiting_count(session, event_id=event.id),
        **values,
    )
    headers = {"Refresh": str(_REFRESH_S)} if bulk.state is BulkState.RUNNING else {}
    return page, 200, headers


@pages.post("/organizer/events/<slug>/registrations/bulk/<code>")
@requires("registrations.decide")
def make(slug: str, code: str) -> ResponseReturnValue:
    """Make a prepared decision."""
    event = _event(reading(), slug)
    with transaction() as session:
        make_bulk(session, actor=current_actor(), event=event, code=code, now=utc_now())
    return redirect(url_for("registrations.show_bulk", slug=slug, code=code), 303)


@pages.route("/organizer/events/<slug>/registrations/bulk/<code>/reversal", methods=["GET", "POST"])
@requires("registrations.decide")
def reverse_bulk(slug: str, code: str) -> ResponseReturnValue:
    """Take a bulk decision back: a new decision with a reason, looked at before it is made."""
    session = reading()
    event = _event(session, slug)
    bulk = bulk_for(session, event_id=event.id, code=code)
    form = _form(session, event, BulkForm(always_with_reason=True, decision=Decision.REVIEW.value), bulk)
    if form.validate_on_submit():
        prepared = _prepare(form, event, [], "", reverses=bulk)
        if prepared is not None:
            return redirect(url_for("registrations.show_bulk", slug=slug, code=prepared.code), 303)
    page = render_template(
        "registrations/bulk_decide.html",
        event=event,
        form=form,
        size=len(decided_in(session, bulk_id=bulk.id)),
        is_all=False,
        kept={},
        picked=[],
        reverses=bulk,
        reversed_label=LABELS[bulk.decision],
        waiting=waiting_count(session, event_id=event.id),
    )
    return page, form_status(form)


def _event(session: Session, slug: str) -> Event:
    return event_for(session, actor=current_actor(), action=ACTION, slug=slug)


def _chosen_ids(session: Session, event: Event, filters: QueueFilters) -> list[int]:
    if request.args.get("all"):
        return queued_ids(session, event_id=event.id, filters=filters)
    typed = (parse_reference(text) for text in request.args.getlist("pick")[:500])
    return ids_of_references(session, event_id=event.id, references=[text for text in typed if text])


def _form(session: Session, event: Event, form: BulkForm, reverses: BulkDecision | None = None) -> BulkForm:
    form.decision.choices = {
        decision.value: str(label)
        for decision, label in LABELS.items()
        if reverses is None or decision is not reverses.decision
    }
    reasons = reasons_of(session, event=event)
    form.reason.choices = {"": _("No reason")} | {
        reason.code: localized(reason, "text") for reason in reasons
    }
    return form


def _prepare(
    form: BulkForm, event: Event, ids: list[int], query: str, reverses: BulkDecision | None = None
) -> BulkDecision | None:
    terms = BulkTerms(
        decision=form.chosen(),
        reason_code=form.reason.data or None,
        note_ar=form.note_ar.data or None,
        note_fr=form.note_fr.data or None,
        query=query,
    )
    given: dict[str, Any] = {"actor": current_actor(), "event": event, "terms": terms, "now": utc_now()}
    try:
        with transaction() as session:
            if reverses is not None:
                return prepare_reversal(session, code=reverses.code, **given)
            return prepare_bulk(session, registration_ids=ids, **given)
    except RuleViolation as refusal:
        show_on_form(form, refusal)
        return None


def _prepared(session: Session, event: Event, bulk: BulkDecision) -> dict[str, Any]:
    foreseen = foresee(session, bulk=bulk)
    reasons = {reason.code: reason for reason in reasons_of(session, event=event)}

    def message(group: Group) -> str:
        example = registration_for(session, actor=current_actor(), reference=group.example, action=ACTION)
        note = bulk.note_ar if group.locale == "ar" else bulk.note_fr
        return preview_of(
            example,
            state=LEADS_TO[bulk.decision],
            reason=reasons.get(bulk.reason_code or ""),
            note=note,
            channel=group.channel,
        )

    return {
        "foreseen": foreseen,
        "letters": [(group, message(group)) for group in foreseen.groups if group.channel is not None],
        "unreached": sum(group.size for group in foreseen.groups if group.channel is None),
        "parts": parts_of(session, PartOf.BULK, (event, foreseen.changing)),
    }


def _made(session: Session, bulk: BulkDecision) -> dict[str, Any]:
    progress = progress_of(session, bulk_id=bulk.id)
    return {
        "progress": progress,
        "left_out": left_out_of(session, bulk_id=bulk.id) if progress.left_out else [],
    }


def _reason(session: Session, event: Event, bulk: BulkDecision) -> str:
    for reason in reasons_of(session, event=event):
        if reason.code == bulk.reason_code:
            return localized(reason, "text")
    return ""
