"""The organizer's view of an event's ledger: what is missing, what differs, what is odd."""

import uuid
from datetime import date

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fairapp.events.models import Event
from fairapp.events.queries import event_for
from fairapp.foundation.clock import local_date, utc_now
from fairapp.foundation.database import reading, transaction
from fairapp.foundation.errors import Conflict, RuleViolation
from fairapp.sales.domain import ReportSource
from fairapp.sales.forms import ReportForm, SettleForm
from fairapp.sales.queries import overview as queries
from fairapp.sales.routes import pages
from fairapp.sales.routes.places import named_place
from fairapp.sales.services.reports import Declaration, report_day, settle_flag
from fairapp.web.access import current_actor, requires
from fairapp.web.forms import form_status, show_on_form


@pages.get("/organizer/events/<slug>/sales")
@requires("sales.settle")
def overview(slug: str) -> ResponseReturnValue:
    """Show the stand-days of a day, the differences, and the open questions."""
    event = event_for(reading(), actor=current_actor(), action="sales.settle", slug=slug)
    days = queries.begun_days_of(event, today=local_date(utc_now()))
    day = _asked_day(days)
    rows = queries.stand_days(reading(), event=event, day=day) if day else []
    state = request.args.get("state", "")
    return render_template(
        "sales/overview.html",
        event=event,
        days=days,
        day=day,
        rows=rows,
        state=state if state in {row.state for row in rows} else "",
        differences=queries.differing_days(reading(), event=event),
        flags=queries.open_flags(reading(), event=event),
        flag_count=queries.count_open_flags(reading(), event=event),
        form=SettleForm(),
    )


@pages.post("/organizer/events/<slug>/sales/flags/<int:flag_id>")
@requires("sales.settle")
def settle(slug: str, flag_id: int) -> ResponseReturnValue:
    """Mark a question about an entry as answered."""
    event = event_for(reading(), actor=current_actor(), action="sales.settle", slug=slug)
    with transaction() as session:
        settle_flag(session, actor=current_actor(), event=event, flag_id=flag_id, now=utc_now())
    flash(_("The question is settled."))
    return redirect(url_for("sales.overview", slug=slug) + "#flags", 303)


@pages.route("/organizer/events/<slug>/sales/report", methods=["GET", "POST"])
@requires("sales.settle")
def enter_report(slug: str) -> ResponseReturnValue:
    """Enter a declaration that came on paper or by phone."""
    event = event_for(reading(), actor=current_actor(), action="sales.settle", slug=slug)
    days = queries.begun_days_of(event, today=local_date(utc_now()))
    day = _asked_day(days) or abort(404)
    place = named_place(reading(), event=slug)
    form = ReportForm(id=str(uuid.uuid4())) if request.method == "GET" else ReportForm()
    if form.validate_on_submit():
        declaration = Declaration(
            id=uuid.UUID(form.id.data),
            stop=place.code[0],
            stand=place.code[1],
            day=day,
            takings_minor=form.takings.minor,
            source=ReportSource(form.source.data),
        )
        if _declare(form, event, declaration):
            flash(_("The declaration is recorded."))
            return redirect(url_for("sales.overview", slug=slug, day=day.isoformat()), 303)
    rows = queries.stand_days(reading(), event=event, day=day)
    row = next((row for row in rows if (row.stop, row.stand) == place.code), None)
    page = render_template("sales/report.html", event=event, place=place, day=day, row=row, form=form)
    return page, form_status(form)


def _declare(form: ReportForm, event: Event, declaration: Declaration) -> bool:
    try:
        with transaction() as session:
            report_day(session, actor=current_actor(), event=event, declaration=declaration, now=utc_now())
    except (RuleViolation, Conflict) as refusal:
        show_on_form(form, refusal)
        return False
    return True


def _asked_day(days: list[date]) -> date | None:
    """Return the day that the address names if it has begun, else the latest one."""
    try:
        asked = date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        asked = None
    if asked in days:
        return asked
    return days[-1] if days else None
