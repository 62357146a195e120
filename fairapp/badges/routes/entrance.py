"""What happened at the entrance, for the organizer: people per stop and day, and what to settle."""

from flask import render_template
from flask.typing import ResponseReturnValue

from fairapp.badges.forms import HAND_REASONS
from fairapp.badges.queries.gate import contested_scans, entries_by_day
from fairapp.badges.routes import pages
from fairapp.events.queries import event_for
from fairapp.foundation.database import reading
from fairapp.web.access import current_actor, requires


@pages.get("/organizer/events/<slug>/scans")
@requires("badges.manage")
def event_scans(slug: str) -> ResponseReturnValue:
    """Show how many came in per stop and day, and scans that a gate decided otherwise than the rules."""
    session = reading()
    event = event_for(session, actor=current_actor(), action="badges.manage", slug=slug)
    return render_template(
        "badges/scans.html",
        event=event,
        days=entries_by_day(session, event=event),
        contested=contested_scans(session, event=event),
        reasons={code.value: label for code, label in HAND_REASONS.items()},
    )
