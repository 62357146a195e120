"""The organizer's queue of an event: filters that are links, views that are kept, a file of the list."""

from collections.abc import Mapping
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fairapp.events.models import Event
from fairapp.events.queries import event_for
from fairapp.foundation.clock import local_date, to_local, utc_now
from fairapp.foundation.database import reading, transaction
from fairapp.foundation.errors import RuleViolation
from fairapp.foundation.ids import show_reference
from fairapp.foundation.sheets import write_csv
from fairapp.registrations.ordering import rank_order
from fairapp.registrations.queries.filters import (
    VIEWS,
    QueueFilters,
    arguments_of,
    filters_of,
    query_of,
)
from fairapp.registrations.queries.queue import QueueRow, every_row, read_queue, waiting_count
from fairapp.registrations.queries.views import views_of
from fairapp.registrations.routes import pages
from fairapp.registrations.services.views import remove_view, save_view
from fairapp.web.access import current_actor, requires
from fairapp.web.errors import sentence_of

ACTION = "registrations.review"
_HEADS = (
    "reference",
    "state",
    "received",
    "name_ar",
    "name_fr",
    "province",
    "sectors",
    "members",
    "women_members",
    "women_led",
    "earlier_participations",
    "documents_asked",
    "documents_given",
    "channel",
    "phone",
    "email",
)


@pages.get("/organizer/events/<slug>/registrations")
@requires("registrations.review")
def queue(slug: str) -> ResponseReturnValue:
    """List the registrations of an event, narrowed and ordered as the address says."""
    session, actor = reading(), current_actor()
    event = event_for(session, actor=actor, action=ACTION, slug=slug)
    filters, kept = read_filters()
    page = min(max(request.args.get("page", 1, type=int), 1), 100_000)
    found = read_queue(session, event_id=event.id, filters=filters, page=page)
    states = found.counts.states
    return render_template(
        "registrations/queue.html",
        event=event,
        found=found.found,
        counts=found.counts,
        views={
            name: sum(states[state] for state in wanted or tuple(states)) for name, wanted in VIEWS.items()
        },
        saved=views_of(session, event_id=event.id, account_id=actor.account_id),
        waiting=waiting_count(session, event_id=event.id),
        view=kept.get("state", "waiting"),
        filters=filters,
        kept=kept,
        query=query_of(filters),
        is_ranked=rank_order(session, event.id) is not None,
        url_with=lambda **changes: url_with(slug, kept, changes),
        today=local_date(utc_now()),
    )


@pages.get("/organizer/events/<slug>/registrations.csv")
@requires("registrations.review")
def queue_csv(slug: str) -> ResponseReturnValue:
    """Give the filtered list as a file, all its pages."""
    session = reading()
    event = event_for(session, actor=current_actor(), action=ACTION, slug=slug)
    rows = every_row(session, event_id=event.id, filters=read_filters()[0])
    day = local_date(utc_now()).isoformat()
    return Response(
        write_csv(_HEADS, (_cells(row) for row in rows)),
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{event.slug}-registrations-{day}.csv"'},
    )


@pages.post("/organizer/events/<slug>/registrations/views")
@requires("registrations.review")
def keep_view(slug: str) -> ResponseReturnValue:
    """Keep the filters of the address under a name."""
    event = _event(slug)
    filters, kept = read_filters()
    name = request.form.get("name", "").replace("\x00", "")
    try:
        with transaction() as session:
            save_view(session, actor=current_actor(), event=event, name=name, filters=filters, now=utc_now())
    except RuleViolation as refusal:
        flash(sentence_of(refusal), "error")
    else:
        flash(_("The view is kept."))
    return redirect(url_for("registrations.queue", slug=slug, **kept), 303)


@pages.post("/organizer/events/<slug>/registrations/views/remove")
@requires("registrations.review")
def drop_view(slug: str) -> ResponseReturnValue:
    """Remove a view of one's own; the filters stay."""
    event, name = _event(slug), request.form.get("name", "").replace("\x00", "")
    with transaction() as session:
        remove_view(session, actor=current_actor(), event=event, name=name)
    flash(_("The view is removed."))
    return redirect(url_for("registrations.queue", slug=slug, **read_filters()[1]), 303)


def read_filters() -> tuple[QueueFilters, dict[str, Any]]:
    """Return the filters in the address, and their parameters that are not the usual ones."""
    filters = filters_of(request.args)
    return filters, dict(arguments_of(filters))


def url_with(slug: str, kept: Mapping[str, str], changes: Mapping[str, str | None]) -> str:
    """Return the address of the queue with some filters changed; None drops one."""
    values: dict[str, Any] = {name: value for name, value in {**kept, **changes}.items() if value}
    return url_for("registrations.queue", slug=slug, **values)


def _event(slug: str) -> Event:
    return event_for(reading(), actor=current_actor(), action=ACTION, slug=slug)


def _cells(row: QueueRow) -> tuple[object, ...]:
    return (
        show_reference(row.reference),
        row.state.value,
        to_local(row.received_at).isoformat(" ", "minutes")[:16],
        row.name_ar,
        row.name_fr,
        row.province_code,
        " ".join(row.sectors),
        row.members,
        row.women_members,
        {True: "yes", False: "no", None: ""}[row.women_led],
        row.earlier,
        row.papers.asked,
        row.papers.given,
        row.channel.value,
        row.phone,
        row.email,
    )
