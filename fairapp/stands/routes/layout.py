"""Laying out the stands of a stop: the list, zones, blocks of stands, and sheets."""

from dataclasses import dataclass

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from fairapp.events.models import Event, Stop
from fairapp.events.queries import event_for, stop_of
from fairapp.foundation.clock import utc_now
from fairapp.foundation.database import reading, transaction
from fairapp.foundation.errors import Conflict, Refusal, RuleViolation
from fairapp.stands import queries
from fairapp.stands.forms import ConfirmSheetForm, GridForm, SheetForm, ZoneForm
from fairapp.stands.routes import pages
from fairapp.stands.services import layout as layouts
from fairapp.stands.sheets import COLUMNS, Outcome, read_sheet, write_sheet
from fairapp.web.access import current_actor, requires
from fairapp.web.errors import sentence_of
from fairapp.web.forms import form_status, show_on_form

MANAGE = "stands.manage"
BASE = "/organizer/events/<slug>/stops/<stop>/stands"


@dataclass(frozen=True, slots=True)
class Site:
    """The stop that a page is about, with its event."""

    event: Event
    stop: Stop


def site_of(session: Session, slug: str, stop: str, action: str = MANAGE) -> Site:
    """Return the stop of a page within the actor's scope.

    Raises: EventNotFound, StopNotFound.
    """
    event = event_for(session, actor=current_actor(), action=action, slug=slug)
    return Site(event, stop_of(event, stop))


@pages.get(BASE)
@requires("stands.manage")
def layout(slug: str, stop: str) -> ResponseReturnValue:
    """Show the stands and zones of a stop."""
    session = reading()
    return _layout(session, site_of(session, slug, stop), ZoneForm())


def _layout(session: Session, site: Site, form: ZoneForm) -> ResponseReturnValue:
    page = render_template(
        "stands/layout.html",
        event=site.event,
        stop=site.stop,
        stands=queries.stands_of(session, stop=site.stop),
        zones=queries.zones_of(session, stop=site.stop),
        form=form,
    )
    return page, form_status(form)


@pages.post(f"{BASE}/zones")
@requires("stands.manage")
def name_zone(slug: str, stop: str) -> ResponseReturnValue:
    """Add a zone, or name it anew."""
    form = ZoneForm()
    if form.validate_on_submit():
        with transaction() as session:
            site = site_of(session, slug, stop)
            layouts.name_zone(
                session,
                actor=current_actor(),
                event=site.event,
                stop=site.stop,
                code=form.code.data or "",
                names=form.names(),
                now=utc_now(),
            )
        flash(_("The zone is saved."))
        return redirect(url_for("stands.layout", slug=slug, stop=stop), 303)
    session = reading()
    return _layout(session, site_of(session, slug, stop), form)


@pages.post(f"{BASE}/<code>/remove")
@requires("stands.manage")
def remove_stand(slug: str, stop: str, code: str) -> ResponseReturnValue:
    """Remove a stand that nobody ever held."""
    try:
        with transaction() as session:
            site = site_of(session, slug, stop)
            layouts.remove_stand(
                session, actor=current_actor(), event=site.event, stop=site.stop, code=code, now=utc_now()
            )
    except (RuleViolation, Conflict) as refusal:
        flash(sentence_of(refusal), "error")
    else:
        flash(_("Stand %(stand)s is removed.", stand=code))
    return redirect(url_for("stands.layout", slug=slug, stop=stop), 303)


@pages.route(f"{BASE}/block", methods=["GET", "POST"])
@requires("stands.manage")
def add_block(slug: str, stop: str) -> ResponseReturnValue:
    """Add a block of equal stands."""
    form = GridForm()
    if form.validate_on_submit():
        try:
            with transaction() as session:
                site = site_of(session, slug, stop)
                done = layouts.lay_out_grid(
                    session,
                    actor=current_actor(),
                    event=site.event,
                    stop=site.stop,
                    grid=form.grid(),
                    zone_names=form.zone_names(),
                    now=utc_now(),
                )
        except Refusal as refusal:
            show_on_form(form, refusal)
        else:
            flash(ngettext("%(num)d stand is added.", "%(num)d stands are added.", done.added))
            return redirect(url_for("stands.plan", slug=slug, stop=stop), 303)
    site = site_of(reading(), slug, stop)
    page = render_template("stands/block.html", event=site.event, stop=site.stop, form=form)
    return page, form_status(form)


@pages.route(f"{BASE}/sheet", methods=["GET", "POST"])
@requires("stands.manage")
def check_sheet(slug: str, stop: str) -> ResponseReturnValue:
    """Take a CSV file, and show line by line what it would change; nothing changes yet."""
    session = reading()
    site = site_of(session, slug, stop)
    form = SheetForm()
    if form.validate_on_submit():
        try:
            sheet = read_sheet(request.files["file"].read() if "file" in request.files else b"")
        except Refusal as refusal:
            show_on_form(form, refusal)
        else:
            compared = layouts.compare_sheet(session, stop=site.stop, sheet=sheet)
            return render_template(
                "stands/sheet_check.html",
                event=site.event,
                stop=site.stop,
                sheet=sheet,
                compared=compared,
                counts={outcome: sum(line.outcome is outcome for line in compared) for outcome in Outcome},
                form=ConfirmSheetForm(formdata=None, content=sheet.text),
            )
    page = render_template("stands/sheet.html", event=site.event, stop=site.stop, form=form, columns=COLUMNS)
    return page, form_status(form)


@pages.post(f"{BASE}/sheet/confirm")
@requires("stands.manage")
def take_in_sheet(slug: str, stop: str) -> ResponseReturnValue:
    """Take in a sheet that was checked, all of it or nothing."""
    content = (ConfirmSheetForm().content.data or "").encode()
    try:
        with transaction() as session:
            site = site_of(session, slug, stop)
            done = layouts.take_in_sheet(
                session,
                actor=current_actor(),
                event=site.event,
                stop=site.stop,
                content=content,
                now=utc_now(),
            )
    except (RuleViolation, Conflict) as refusal:
        flash(sentence_of(refusal), "error")
        return redirect(url_for("stands.check_sheet", slug=slug, stop=stop), 303)
    flash(_("Taken in: %(added)s added, %(replaced)s changed.", added=done.added, replaced=done.replaced))
    return redirect(url_for("stands.layout", slug=slug, stop=stop), 303)


@pages.get(f"{BASE}.csv")
@requires("stands.manage")
def download_sheet(slug: str, stop: str) -> ResponseReturnValue:
    """Download the stands of a stop as the same sheet that can be uploaded."""
    session = reading()
    site = site_of(session, slug, stop)
    plans = [
        queries.plan_of_stand(placed.stand, zone=placed.zone.code if placed.zone else None)
        for placed in queries.stands_of(session, stop=site.stop)
    ]
    response = Response(write_sheet(plans).encode("utf-8-sig"), mimetype="text/csv")
    name = f"stands-{site.event.slug}-{site.stop.code}.csv"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
