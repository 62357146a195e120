"""The home of a cooperative."""

from flask import render_template
from flask.typing import ResponseReturnValue

from fairapp.cooperatives.queries import networks_led_by, own_cooperatives
from fairapp.events.domain import EventStatus
from fairapp.events.queries import EventFilters, public_events
from fairapp.foundation.clock import local_date, utc_now
from fairapp.foundation.database import reading
from fairapp.registrations.placement import placements_of
from fairapp.registrations.queries.single import own_registrations
from fairapp.registrations.routes import pages
from fairapp.web.access import current_actor, requires


@pages.get("/cooperative/")
@requires("cooperatives.own")
def home() -> ResponseReturnValue:
    """Show a cooperative its registrations with their states, stands and badges, and what is open."""
    session, actor, today = reading(), current_actor(), local_date(utc_now())
    registrations = own_registrations(session, actor=actor)
    known = {registration.event_id for registration in registrations}
    offered = public_events(session, today=today, filters=EventFilters(status=EventStatus.REGISTRATION_OPEN))
    return render_template(
        "registrations/home.html",
        cooperatives=own_cooperatives(session, actor=actor),
        registrations=registrations,
        placements=placements_of(session, [registration.id for registration in registrations]),
        offered=[event for event in offered.items if event.id not in known],
        leads_network=bool(networks_led_by(session, actor=actor, on=today)),
        today=today,
    )
