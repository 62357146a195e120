"""Pages of the organizer: my events, one event at a glance, planning it and its stops."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from fairapp.events import queries
from fairapp.events.counts import Count, offered_counts, read_counts
from fairapp.events.domain import EventStatus
from fairapp.events.forms.planning import EventForm, NewEventForm, OpenRegistrationForm, PlainForm, StopForm
from fairapp.events.models import Event
from fairapp.events.presentation import view_of
from fairapp.events.routes import pages
from fairapp.events.services import planning, windows
from fairapp.foundation.clock import local_date, utc_now
from fairapp.foundation.database import reading, transaction
from fairapp.foundation.errors import Refusal
from fairapp.reference.queries import choices, provinces_by_region, regions
from fairapp.web.access import current_actor, requires
from fairapp.web.forms import form_status, show_on_form
from fairapp.web.i18n import current_language
from fairapp.web.parts import PartOf, parts_of

MANAGE = "events.manage"


@pages.get("/organizer/")
@requires("events.manage")
def my_events() -> ResponseReturnValue:
    """Show the events that the account organizes, and what waits in each."""
    today = local_date(utc_now())
    session = reading()
    filters = queries.EventFilters(status=_status_asked())
    found = queries.events_for(
        session, actor=current_actor(), action=MANAGE, today=today, filters=filters, page=_page_asked()
    )
    event_ids = [event.id for event in found.items]
    stop_ids = [stop.id for event in found.items for stop in event.stops]
    return render_template(
        "events/organizer/events.html",
        page=found,
        views=[view_of(event, today=today) for event in found.items],
        status=filters.status,
        waiting=read_counts(session, Count.WAITING, event_ids),
        registered=read_counts(session, Count.REGISTRATIONS, event_ids),
        without=read_counts(session, Count.WITHOUT_STAND, stop_ids),
    )


@pages.get("/organizer/events/<slug>")
@requires("events.manage")
def overview(slug: str) -> ResponseReturnValue:
    """Show an event at a glance: counts, registration, stops, and what to do next."""
    session = reading()
    event = queries.event_for(session, actor=current_actor(), action=MANAGE, slug=slug)
    return _overview(session, event, OpenRegistrationForm())


def _overview(session: Session, event: Event, form: OpenRegistrationForm) -> ResponseReturnValue:
    stop_ids = [stop.id for stop in event.stops]
    stands = read_counts(session, Count.STANDS, stop_ids)
    counted = (Count.REGISTRATIONS, Count.ACCEPTED, Count.PRESENT, Count.REPORTED, Count.WAITING)
    page = render_template(
        "events/organizer/overview.html",
        event=event,
        view=view_of(
            event,
            today=local_date(utc_now()),
            stands=stands,
            free=read_counts(session, Count.FREE_STANDS, stop_ids),
        ),
        counts={name: read_counts(session, name, [event.id]) for name in counted},
        offered=offered_counts(),
        without=read_counts(session, Count.WITHOUT_STAND, stop_ids),
        parts=parts_of(session, PartOf.OVERVIEW, event),
        form=form,
    )
    return page, form_status(form)


@pages.route("/organizer/events/new", methods=["GET", "POST"])
@requires("events.manage")
def new_event() -> ResponseReturnValue:
    """Plan a new event with its first stop."""
    form = NewEventForm()
    _offer_places(form)
    if form.validate_on_submit():
        try:
            with transaction() as session:
                event = planning.create_event(
                    session,
                    actor=current_actor(),
                    details=form.details(),
                    stops=[form.plan()],
                    slug=form.slug.data or None,
                    now=utc_now(),
                )
        except Refusal as refusal:
            _show(form, refusal)
        else:
            flash(_("The event is saved as a draft."))
            return redirect(url_for("events.overview", slug=event.slug), 303)
    return render_template("events/organizer/event_form.html", form=form, event=None), form_status(form)


@pages.route("/organizer/events/<slug>/edit", methods=["GET", "POST"])
@requires("events.manage")
def edit_event(slug: str) -> ResponseReturnValue:
    """Change what is said of an event."""
    event = queries.event_for(reading(), actor=current_actor(), action=MANAGE, slug=slug)
    form = EventForm(data=_event_values(event))
    _offer_places(form)
    if form.validate_on_submit():
        kept = {"edition": event.edition, "series_code": event.series_code}
        try:
            with transaction() as session:
                planning.update_event(
                    session, actor=current_actor(), slug=slug, details=form.details(**kept), now=utc_now()
                )
        except Refusal as refusal:
            _show(form, refusal)
        else:
            flash(_("The changes are saved."))
            return redirect(url_for("events.overview", slug=slug), 303)
    return render_template("events/organizer/event_form.html", form=form, event=event), form_status(form)


@pages.post("/organizer/events/<slug>/publish")
@requires("events.manage")
def publish_event(slug: str) -> ResponseReturnValue:
    """Show the event to everyone."""
    with transaction() as session:
        planning.publish_event(session, actor=current_actor(), slug=slug, now=utc_now())
    flash(_("The event is published."))
    return redirect(url_for("events.overview", slug=slug), 303)


@pages.post("/organizer/events/<slug>/registration/open")
@requires("events.manage")
def open_registration(slug: str) -> ResponseReturnValue:
    """Open registration now, until a day."""
    form = OpenRegistrationForm()
    if form.validate_on_submit():
        try:
            with transaction() as session:
                windows.open_registration(
                    session,
                    actor=current_actor(),
                    slug=slug,
                    closes_on=form.closes_on.data,
                    now=utc_now(),
                )
        except Refusal as refusal:
            refusal.field = "closes_on"
            show_on_form(form, refusal)
        else:
            flash(_("Registration is open."))
            return redirect(url_for("events.overview", slug=slug), 303)
    session = reading()
    event = queries.event_for(session, actor=current_actor(), action=MANAGE, slug=slug)
    return _overview(session, event, form)


@pages.post("/organizer/events/<slug>/registration/close")
@requires("events.manage")
def close_registration(slug: str) -> ResponseReturnValue:
    """Close registration now, whatever the window says."""
    with transaction() as session:
        windows.close_registration(session, actor=current_actor(), slug=slug, now=utc_now())
    flash(_("Registration is closed."))
    return redirect(url_for("events.overview", slug=slug), 303)


@pages.route("/organizer/events/<slug>/stops/new", methods=["GET", "POST"])
@requires("events.manage")
def new_stop(slug: str) -> ResponseReturnValue:
    """Add a stop to a mobile market."""
    event = queries.event_for(reading(), actor=current_actor(), action=MANAGE, slug=slug)
    form = StopForm()
    form.offer_provinces(provinces_by_region(current_language()))
    if form.validate_on_submit():
        try:
            with transaction() as session:
                planning.add_stop(session, actor=current_actor(), slug=slug, plan=form.plan(), now=utc_now())
        except Refusal as refusal:
            show_on_form(form, refusal)
        else:
            flash(_("The stop is added."))
            return redirect(url_for("events.overview", slug=slug), 303)
    page = render_template("events/organizer/stop_form.html", form=form, event=event, stop=None)
    return page, form_status(form)


@pages.route("/organizer/events/<slug>/stops/<stop>/edit", methods=["GET", "POST"])
@requires("events.manage")
def edit_stop(slug: str, stop: str) -> ResponseReturnValue:
    """Change the place, days and hours of a stop."""
    event = queries.event_for(reading(), actor=current_actor(), action=MANAGE, slug=slug)
    at = queries.stop_of(event, stop)
    form = StopForm(obj=at, data={"province": at.province_code})
    form.offer_provinces(provinces_by_region(current_language()))
    if form.validate_on_submit():
        try:
            with transaction() as session:
                planning.update_stop(
                    session, actor=current_actor(), slug=slug, code=stop, plan=form.plan(), now=utc_now()
                )
        except Refusal as refusal:
            show_on_form(form, refusal)
        else:
            flash(_("The changes are saved."))
            return redirect(url_for("events.overview", slug=slug), 303)
    page = render_template("events/organizer/stop_form.html", form=form, event=event, stop=at)
    return page, form_status(form)


@pages.route("/organizer/events/<slug>/stops/<stop>/cancel", methods=["GET", "POST"])
@requires("events.manage")
def cancel_stop(slug: str, stop: str) -> ResponseReturnValue:
    """Ask before a stop is cancelled, and cancel it."""
    event = queries.event_for(reading(), actor=current_actor(), action=MANAGE, slug=slug)
    at = queries.stop_of(event, stop)
    form = PlainForm()
    if form.validate_on_submit():
        with transaction() as session:
            planning.cancel_stop(session, actor=current_actor(), slug=slug, code=stop, now=utc_now())
        flash(_("The stop is cancelled."))
        return redirect(url_for("events.overview", slug=slug), 303)
    return render_template("events/organizer/stop_cancel.html", form=form, event=event, stop=at)


@pages.post("/organizer/events/<slug>/stops/<stop>/restore")
@requires("events.manage")
def restore_stop(slug: str, stop: str) -> ResponseReturnValue:
    """Take the cancellation of a stop back."""
    with transaction() as session:
        planning.restore_stop(session, actor=current_actor(), slug=slug, code=stop, now=utc_now())
    flash(_("The stop takes place again."))
    return redirect(url_for("events.overview", slug=slug), 303)


def _offer_places(form: EventForm) -> None:
    language = current_language()
    form.offer_regions(choices(regions().values(), language))
    if isinstance(form, NewEventForm):
        form.offer_provinces(provinces_by_region(language))


def _show(form: EventForm, refusal: Refusal) -> None:
    if refusal.field:
        refusal.field = refusal.field.rpartition(".")[2]  # the form has one stop, its fields stand alone
    show_on_form(form, refusal)


def _event_values(event: Event) -> dict[str, Any]:
    names = (field for field in EventForm.__dict__ if hasattr(event, field))
    return {name: getattr(event, name) for name in names} | {"region": event.region_code}


def _status_asked() -> EventStatus | None:
    asked = request.args.get("status", "")
    return EventStatus(asked) if asked in list(EventStatus) else None


def _page_asked() -> int:
    asked = request.args.get("page", "1")
    return int(asked) if asked.isdecimal() and len(asked) < 6 else 1
