"""Pages of selections: the committee, the ranking and its runs, and the reviewers' own."""

from typing import Any

from flask import Blueprint, Response

from fairapp.events.counts import Count, offer_count
from fairapp.selection.merging import offer_conflicts
from fairapp.selection.queries.runs import count_runs, count_scored
from fairapp.selection.routes.parts import offer_parts

pages = Blueprint("selection", __name__)


def _offer(app: Any) -> None:
    offer_parts(app)
    offer_count(app, Count.RUNS, count_runs)
    offer_count(app, Count.SCORES, count_scored)
    offer_conflicts(app)


pages.record_once(lambda state: _offer(state.app))


@pages.after_request
def keep_private(response: Response) -> Response:
    """Keep scores and ranks out of caches."""
    response.headers["Cache-Control"] = "no-store"
    return response


from fairapp.selection.routes import committee, ranking, reviewing, runs  # noqa: E402, F401
