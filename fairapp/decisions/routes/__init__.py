"""Pages of what follows a decision: letters, the waiting list and its offers, appeals."""

from functools import partial
from typing import Any

from flask import Blueprint, Response

from fairapp.decisions.services.appeals import follow_withdrawal
from fairapp.decisions.services.letters import follow_decision
from fairapp.decisions.services.places import follow_change
from fairapp.decisions.shown import overview, reviewed, tracked
from fairapp.registrations.following import offer_follower
from fairapp.web.parts import PartOf, offer_part

pages = Blueprint("decisions", __name__)


def _offer(app: Any) -> None:
    public_url = app.extensions["settings"].public_url.rstrip("/")
    offer_follower(app, partial(follow_decision, public_url=public_url))
    offer_follower(app, follow_change)
    offer_follower(app, follow_withdrawal)
    offer_part(app, PartOf.TRACKED, "decisions/_tracked.html", tracked, order=10)
    offer_part(app, PartOf.REVIEW, "decisions/_review.html", reviewed, order=70)
    offer_part(app, PartOf.OVERVIEW, "decisions/_overview.html", overview, order=60)


pages.record_once(lambda state: _offer(state.app))


@pages.after_request
def keep_private(response: Response) -> Response:
    """Keep decisions out of caches: phones are shared."""
    response.headers["Cache-Control"] = "no-store"
    return response


from fairapp.decisions.routes import appeals, letters, offers, waiting  # noqa: E402, F401 - their views join
