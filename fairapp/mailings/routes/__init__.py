"""Pages of mailings: writing to a filtered group, sending, delivery, calls; and the links in messages."""

from typing import Any

from flask import Blueprint, Response, url_for

from fairapp.events.models import Event
from fairapp.events.queries import event_for
from fairapp.foundation.database import reading
from fairapp.mailings import composing
from fairapp.web.access import current_actor

pages = Blueprint("mailings", __name__)
plain = Blueprint("mailings_plain", __name__)
BASE = "/organizer/events/<slug>/messages"


@pages.app_template_global("written_mailing")
def written_mailing(values: dict[str, Any], public_url: str) -> Any:
    """Return subject and text of a message, for the templates of mails."""
    return composing.written_mailing(values, public_url)


@pages.after_request
def keep_private(response: Response) -> Response:
    """Keep names and phones out of caches."""
    response.headers["Cache-Control"] = "no-store"
    return response


def event_asked_for(slug: str) -> Event:
    """Return an event to whose cooperatives the caller may write."""
    return event_for(reading(), actor=current_actor(), action="mailings.send", slug=slug)


def url_of(event: Event, code: str) -> str:
    """Return the address of a mailing."""
    return url_for("mailings.show", slug=event.slug, code=code)


from fairapp.mailings.routes import delivery, writing  # noqa: E402, F401 - their views join the blueprints
