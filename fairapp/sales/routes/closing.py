"""Closing a day at the stand: what was sold, and the declaration of the day's takings."""

import uuid
from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fairapp.events.domain import StopDates, days_of
from fairapp.foundation.clock import utc_now
from fairapp.foundation.database import reading, transaction
from fairapp.foundation.errors import Conflict, RuleViolation
from fairapp.sales.domain import ReportSource
from fairapp.sales.forms import ClosingForm
from fairapp.sales.queries import till as queries
from fairapp.sales.routes import pages
from fairapp.sales.routes.places import TillPlace, asked_place
from fairapp.sales.services.reports import Declaration, report_day
from fairapp.web.access import current_actor, requires
from fairapp.web.forms import form_status, show_on_form


@pages.get("/till/close")
@requires("sales.record")
def close_day() -> ResponseReturnValue:
    """Show the sums of a day and ask for what was not recorded."""
    place = asked_place(reading())
    if place is None:
        return redirect(url_for("sales.till"), 303)
    return _closing_page(place, _day(place), ClosingForm(id=str(uuid.uuid4())))


@pages.post("/till/close")
@requires("sales.record")
def declare_day() -> ResponseReturnValue:
    """Declare the takings of a day: what was logged and what was sold beside it."""
    place = asked_place(reading())
    if place is None:
        return redirect(url_for("sales.till"), 303)
    form, day = ClosingForm(), _day(place)
    if form.validate_on_submit():
        total = queries.total_of_day(reading(), stand_id=place.stand.stand_id, day=day)
        logged = max(0, total.amount_minor) if total else 0
        declaration = Declaration(
            id=uuid.UUID(form.id.data),
            stop=place.code[0],
            stand=place.code[1],
            day=day,
            takings_minor=logged + form.more.minor,
            source=ReportSource.TILL,
        )
        try:
            with transaction() as session:
                report_day(
                    session,
                    actor=current_actor(),
                    event=place.event,
                    declaration=declaration,
                    now=utc_now(),
                )
        except (RuleViolation, Conflict) as refusal:
            show_on_form(form, refusal)
        else:
            flash(_("The day is closed."))
            return redirect(place.url("sales.close_day", day=day.isoformat()), 303)
    return _closing_page(place, day, form), form_status(form)


def _closing_page(place: TillPlace, day: date, form: ClosingForm) -> str:
    session = reading()
    stand_id = place.stand.stand_id
    return render_template(
        "sales/close.html",
        place=place,
        day=day,
        days=_days(place),
        form=form,
        total=queries.total_of_day(session, stand_id=stand_id, day=day),
        sums=queries.sums_of_day(session, stand_id=stand_id, day=day),
        reports=queries.reports_of_day(session, stand_id=stand_id, day=day),
    )


def _days(place: TillPlace) -> list[date]:
    stop = place.stand.stop
    return [day for day in days_of(StopDates(stop.starts_on, stop.ends_on)) if day <= place.today]


def _day(place: TillPlace) -> date:
    """Return the day that the address names, else today, else the last day of the stop."""
    days = _days(place)
    try:
        asked = date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        asked = place.today
    if asked in days:
        return asked
    return days[-1] if days else place.today
