"""Public pages: the list of events, one event, its calendar file, help, privacy, accessibility."""

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from fairapp.events import listing, queries
from fairapp.events.calendars import MEDIA_TYPE, calendar_of, revision_of
from fairapp.events.call_changes import changed_after_opening
from fairapp.events.counts import Count, read_counts
from fairapp.events.listing import Shown
from fairapp.events.models import Event
from fairapp.events.presentation import EventView, places_of_call, view_of
from fairapp.events.routes import pages
from fairapp.foundation.clock import local_date, utc_now
from fairapp.foundation.database import reading
from fairapp.web.access import public
from fairapp.web.i18n import current_language
from fairapp.web.kept import kept_while_unchanged
from fairapp.web.parts import PartOf, parts_of


@pages.get("/")
@public
@kept_while_unchanged
def home() -> ResponseReturnValue:
    """Show the events to come, or those of one filter; past ones on request."""
    today = local_date(utc_now())
    shown = _shown()
    session = reading()
    found = listing.list_events(session, today=today, shown=shown, page=_page())
    stop_ids = [stop.id for event in found.page.items for stop in event.stops]
    stands = read_counts(session, Count.STANDS, stop_ids)
    return render_template(
        "events/home.html",
        today=today,
        shown=shown,
        counts=found.counts,
        views=[view_of(event, today=today, stands=stands) for event in found.page.items],
        reports=read_counts(session, Count.REPORTS, [event.id for event in found.page.items]),
        page=found.page,
    )


@pages.get("/events/<slug>")
@public
@kept_while_unchanged
def show_event(slug: str) -> ResponseReturnValue:
    """Show an event: where and when, who may come, and how to register."""
    session = reading()
    event = queries.public_event(session, slug=slug)
    return render_template(
        "events/event.html",
        event=event,
        view=_whole_view(session, event),
        call=queries.call_of(session, event=event),
        parts=parts_of(session, PartOf.EVENT, event),
        registered=read_counts(session, Count.REGISTRATIONS, [event.id]).get(event.id),
        has_report=bool(read_counts(session, Count.REPORTS, [event.id])),
    )


@pages.get("/events/<slug>/call")
@public
@kept_while_unchanged
def show_call(slug: str) -> ResponseReturnValue:
    """Show all that the call of an event declares: who may come, what is asked, how it is decided."""
    session = reading()
    event = queries.public_event(session, slug=slug)
    call = queries.call_of(session, event=event)
    return render_template(
        "events/call.html",
        event=event,
        view=_whole_view(session, event),
        call=call,
        places=places_of_call(event, call),
        changed_at=changed_after_opening(session, event=event),
    )


@pages.get("/events/<slug>/calendar.ics")
@public
def download_calendar(slug: str) -> ResponseReturnValue:
    """Download the days of an event for a calendar."""
    session = reading()
    event = queries.public_event(session, slug=slug)
    revision = revision_of(session, event=event)
    content = calendar_of(event, current_language(), utc_now(), revision)
    response = Response(content, mimetype=MEDIA_TYPE)
    response.headers.set("Content-Disposition", "attachment", filename=f"{event.slug}.ics")
    return response


@pages.get("/help")
@public
@kept_while_unchanged
def show_help() -> ResponseReturnValue:
    """Show how to register, track, come and sell."""
    return render_template("events/help.html")


@pages.get("/privacy")
@public
@kept_while_unchanged
def show_privacy() -> ResponseReturnValue:
    """Show which personal data is kept, why, and the rights under law 09-08."""
    return render_template("events/privacy.html")


@pages.get("/accessibility")
@public
@kept_while_unchanged
def show_accessibility() -> ResponseReturnValue:
    """Show what was done so that everyone can use the pages, and whom to tell."""
    return render_template("events/accessibility.html")


def _whole_view(session: Session, event: Event) -> EventView:
    stop_ids = [stop.id for stop in event.stops]
    return view_of(
        event,
        today=local_date(utc_now()),
        stands=read_counts(session, Count.STANDS, stop_ids),
        free=read_counts(session, Count.FREE_STANDS, stop_ids),
    )


def _shown() -> Shown:
    asked = request.args.get("show", "")
    return Shown(asked) if asked in list(Shown) else Shown.COMING


def _page() -> int:
    asked = request.args.get("page", "1")
    return int(asked) if asked.isdecimal() and len(asked) < 6 else 1
