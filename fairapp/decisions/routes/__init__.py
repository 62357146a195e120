"""Pages of what follows a decision: letters, the waiting list and its offers, appeals."""

from functools import partial
from typing import Any

from flask import Blueprint, Response

from fairapp.decisions.services.letters import write_letter
from fairapp.decisions.services.places import follow_change
from fairapp.registrations.following import offer_follower

pages = Blueprint("decisions", __name__)


def _offer(app: Any) -> None:
    public_url = app.extensions["settings"].public_url.rstrip("/")
    offer_follower(app, partial(write_letter, public_url=public_url))
    offer_follower(app, follow_change)


pages.record_once(lambda state: _offer(state.app))


@pages.after_request
def keep_private(response: Response) -> Response:
    """Keep decisions out of caches: phones are shared."""
    response.headers["Cache-Control"] = "no-store"
    return response
