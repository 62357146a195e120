"""Recorded runs: kept, shown, departed from with a reason, and decided from."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from fairapp.events.models import Event, Reason
from fairapp.events.queries import call_of, reasons_of
from fairapp.foundation.clock import utc_now
from fairapp.foundation.database import reading, transaction
from fairapp.foundation.errors import RuleViolation
from fairapp.foundation.ids import show_reference
from fairapp.foundation.sheets import write_csv
from fairapp.registrations.domain import Decision, RegistrationState
from fairapp.registrations.queries.single import writer_names
from fairapp.selection.domain.ranking import places_at
from fairapp.selection.domain.record import read_rules
from fairapp.selection.domain.words import Proposal, RunState
from fairapp.selection.forms import DecideForm, OverrideForm, RecordForm
from fairapp.selection.models import SelectionRun
from fairapp.selection.queries import runs as queries
from fairapp.selection.queries.shown import accepted_count, names_of
from fairapp.selection.routes import pages
from fairapp.selection.routes.committee import managed_event
from fairapp.selection.routes.ranking import csv_answer
from fairapp.selection.services import runs as services
from fairapp.web.access import current_actor, requires
from fairapp.web.errors import sentence_of
from fairapp.web.filters import local_name, localized
from fairapp.web.forms import form_status, show_on_form

_SHOWN = 50


@pages.post("/organizer/events/<slug>/selection/runs")
@requires("selection.manage")
def record_run(slug: str) -> ResponseReturnValue:
    """Keep the ranking that was looked at."""
    managed_event(slug)
    form = RecordForm()
    if not form.validate_on_submit():
        return redirect(url_for("selection.show_ranking", slug=slug), 303)
    try:
        with transaction() as session:
            run = services.record_run(
                session, actor=current_actor(), slug=slug, seen_hash=form.seen.data or None, now=utc_now()
            )
    except RuleViolation as refusal:
        flash(sentence_of(refusal), "error")
        return redirect(url_for("selection.show_ranking", slug=slug), 303)
    flash(_("The ranking is recorded. Nothing is decided yet."))
    return redirect(url_for("selection.show_run", slug=slug, code=run.code), 303)


@pages.get("/organizer/events/<slug>/selection/runs/<code>")
@requires("selection.manage")
def show_run(slug: str, code: str) -> ResponseReturnValue:
    """Show a recorded run: its ranks, what it was made by, and how it differs from the one before."""
    session, event = reading(), managed_event(slug)
    run = queries.run_for(session, event=event, code=code)
    wanted = request.args.get("proposal", "")
    found = queries.ranks_page(
        session,
        run=run,
        page=request.args.get("page", 1, type=int),
        proposal=Proposal(wanted) if wanted in tuple(Proposal) else None,
        only_overridden=bool(request.args.get("overridden")),
    )
    earlier = queries.decided_run(session, event_id=event.id, before=run.id)
    people = {row.rank.overridden_by_id for row in found.rows} | {run.made_by_id}
    return render_template(
        "selection/run.html",
        event=event,
        run=run,
        found=found,
        counts=queries.proposal_counts(session, run=run),
        overrides=queries.override_count(session, run=run),
        is_latest=run.id == queries.latest_run_id(session, event_id=event.id),
        is_decided=run.state is RunState.DECIDED,
        earlier=earlier,
        differences=_differences(run, earlier) if earlier else [],
        criteria={row.code: row for row in call_of(session, event=event).criteria},
        reasons=_reasons(event),
        people=writer_names(session, account_ids={person for person in people if person}),
    )


@pages.get("/organizer/events/<slug>/selection/runs/<code>.csv")
@requires("selection.manage")
def download_run(slug: str, code: str) -> ResponseReturnValue:
    """Hand out a recorded run as a list."""
    session, event = reading(), managed_event(slug)
    run = queries.run_for(session, event=event, code=code)
    heads = [
        _("Rank"),
        _("Reference"),
        _("Cooperative"),
        _("Category"),
        _("Rank in its category"),
        _("Of"),
        _("Places"),
        _("Points"),
        _("Proposal"),
        _("Reason"),
        _("Why you depart from the ranking"),
    ]
    rows = (
        [
            row.rank.overall,
            show_reference(row.reference),
            local_name(row),
            row.rank.category,
            row.rank.rank,
            row.rank.of,
            row.rank.places,
            f"{row.rank.points_milli // 1000}.{row.rank.points_milli % 1000:03}",
            row.final.value,
            row.reason_code,
            row.rank.override_note,
        ]
        for row in queries.all_ranks(session, run=run)
    )
    return csv_answer(write_csv(heads, rows), f"{event.slug}-run-{show_reference(run.code)}.csv")


@pages.route("/organizer/events/<slug>/selection/runs/<code>/overrides/<reference>", methods=["GET", "POST"])
@requires("selection.manage")
def override(slug: str, code: str, reference: str) -> ResponseReturnValue:
    """Depart from the ranking for one registration, with a reason that stays."""
    session, event = reading(), managed_event(slug)
    run = queries.run_for(session, event=event, code=code)
    row = queries.rank_for(session, run=run, reference=reference)
    form = _override_form(event, row.final)
    if form.validate_on_submit():
        wanted = services.Override(
            Proposal(form.proposal.data), form.note.data or "", form.reason.data or None
        )
        try:
            with transaction() as changing:
                services.override_proposal(
                    changing,
                    actor=current_actor(),
                    slug=slug,
                    code=code,
                    reference=reference,
                    override=wanted,
                    now=utc_now(),
                )
        except RuleViolation as refusal:
            show_on_form(form, refusal)
        else:
            flash(_("Recorded for %(reference)s.", reference=show_reference(row.reference)))
            return redirect(url_for("selection.show_run", slug=slug, code=code), 303)
    page = render_template(
        "selection/override.html", event=event, run=run, row=row, form=form, reasons=_reasons(event)
    )
    return page, form_status(form)


@pages.route("/organizer/events/<slug>/selection/runs/<code>/decide", methods=["GET", "POST"])
@requires("registrations.decide")
def decide(slug: str, code: str) -> ResponseReturnValue:
    """Show what deciding from a run would change, then decide."""
    session, event = reading(), managed_event(slug)
    run = queries.run_for(session, event=event, code=code)
    form = DecideForm(data={"told": bool(request.args.get("told"))})
    if form.validate_on_submit() and "decide" in request.form:
        try:
            with transaction() as changing:
                decided = services.decide_from_run(
                    changing,
                    actor=current_actor(),
                    slug=slug,
                    code=code,
                    also_told=form.told.data,
                    now=utc_now(),
                )
        except RuleViolation as refusal:
            flash(sentence_of(refusal), "error")
        else:
            flash(
                ngettext(
                    "%(num)d registration is being decided. This page shows how far it is.",
                    "%(num)d registrations are being decided. This page shows how far it is.",
                    decided,
                )
            )
        return redirect(url_for("selection.show_run", slug=slug, code=code), 303)
    pending = services.pending_decisions(session, run=run, also_told=form.told.data)
    first = [choice.reference for choice in pending.choices[:_SHOWN]]
    return render_template(
        "selection/decide.html",
        event=event,
        run=run,
        form=form,
        pending=pending,
        names=names_of(session, first),
        shown=pending.choices[:_SHOWN],
        reasons=_reasons(event),
        over=_over(event, run, pending),
    )


def _reasons(event: Event) -> dict[str, Reason]:
    return {reason.code: reason for reason in reasons_of(reading(), event=event)}


def _override_form(event: Event, final: Proposal) -> OverrideForm:
    form = OverrideForm()
    words = {
        Proposal.ACCEPT: _("Accept"),
        Proposal.WAITLIST: _("Waiting list"),
        Proposal.REFUSE: _("Refuse"),
    }
    form.proposal.choices = {
        proposal.value: word for proposal, word in words.items() if proposal is not final
    }
    form.reason.choices = {"": _("No reason")} | {
        code: localized(reason, "text") for code, reason in _reasons(event).items()
    }
    return form


def _differences(run: SelectionRun, earlier: SelectionRun) -> list[tuple[object, Proposal | None, Proposal]]:
    """Return whom a run would treat otherwise than the one decided before: (who, before, now)."""
    session = reading()
    before, now = queries.finals_of(session, run=earlier), queries.finals_of(session, run=run)
    changed = [reference for reference in now if before.get(reference) is not now[reference]]
    names = names_of(session, changed[:_SHOWN])
    return [(names.get(reference), before.get(reference), now[reference]) for reference in changed]


def _over(event: Event, run: SelectionRun, pending: services.Pending) -> tuple[int, int] | None:
    """Return how many would be accepted and how many places there are, where these are fewer.

    Only for one stop: at several, who is accepted takes a place at some of them.
    """
    if len(run.rules["stops"]) != 1:
        return None
    places = sum((places_at(read_rules(run.rules), run.rules["stops"][0]) or {}).values())
    leaving = sum(choice.seen is RegistrationState.ACCEPTED for choice in pending.choices)
    after = accepted_count(reading(), event_id=event.id) + pending.count(Decision.ACCEPT) - leaving
    return (after, places) if after > places else None
