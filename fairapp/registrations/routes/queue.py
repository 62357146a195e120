"""The organizer's queue of an event."""

from collections.abc import Mapping
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from fairapp.events.queries import event_for
from fairapp.foundation.clock import local_date, utc_now
from fairapp.foundation.database import reading
from fairapp.registrations.domain import WAITING, RegistrationState
from fairapp.registrations.queries.queue import QueueFilters, queue_counts, queue_page, waiting_count
from fairapp.registrations.routes import pages
from fairapp.web.access import current_actor, requires

# Name in the address -> states; the first is what the queue opens with.
VIEWS: Mapping[str, tuple[RegistrationState, ...]] = {
    "waiting": WAITING,
    "incomplete": (RegistrationState.INCOMPLETE,),
    "accepted": (RegistrationState.ACCEPTED,),
    "waitlisted": (RegistrationState.WAITLISTED,),
    "refused": (RegistrationState.REFUSED,),
    "withdrawn": (RegistrationState.WITHDRAWN,),
    "all": (),
}


@pages.get("/organizer/events/<slug>/registrations")
@requires("registrations.review")
def queue(slug: str) -> ResponseReturnValue:
    """List the registrations of an event, those that wait longest first."""
    session = reading()
    event = event_for(session, actor=current_actor(), action="registrations.review", slug=slug)
    filters, kept = read_filters()
    page = request.args.get("page", 1, type=int)
    counts = queue_counts(session, event_id=event.id, filters=filters)
    return render_template(
        "registrations/queue.html",
        event=event,
        found=queue_page(session, event_id=event.id, filters=filters, page=page),
        counts=counts,
        views={
            name: sum(counts.states.get(state, 0) for state in states or tuple(RegistrationState))
            for name, states in VIEWS.items()
        },
        waiting=waiting_count(session, event_id=event.id),
        view=kept.get("state", "waiting"),
        filters=filters,
        kept=kept,
        url_with=lambda **changes: url_with(slug, kept, changes),
        today=local_date(utc_now()),
    )


def read_filters() -> tuple[QueueFilters, dict[str, Any]]:
    """Return the filters in the address, and their parameters that are not the usual ones."""
    view = request.args.get("state", "")
    kept: dict[str, Any] = {
        "state": view if view in VIEWS and view != "waiting" else "",
        "sector": request.args.get("sector", "")[:20],
        "province": request.args.get("province", "")[:6],
        "women": "1" if request.args.get("women") else "",
        "q": request.args.get("q", "").replace("\x00", "")[:100],
    }
    filters = QueueFilters(
        states=VIEWS[kept["state"] or "waiting"],
        sector=kept["sector"] or None,
        province=kept["province"] or None,
        women_led=bool(kept["women"]),
        text=kept["q"],
    )
    return filters, {name: value for name, value in kept.items() if value}


def url_with(slug: str, kept: Mapping[str, str], changes: Mapping[str, str | None]) -> str:
    """Return the address of the queue with some filters changed; None drops one."""
    values: dict[str, Any] = {name: value for name, value in {**kept, **changes}.items() if value}
    return url_for("registrations.queue", slug=slug, **values)
