"""Pages of stands: the floor plan, and laying it out. Offers counts of stands to pages below."""

from flask import Blueprint, Flask
from flask.blueprints import BlueprintSetupState

from fairapp.events.counts import Count, offer_count
from fairapp.stands import counts

pages = Blueprint("stands", __name__)


@pages.record_once
def _offer_counts(state: BlueprintSetupState) -> None:
    assert isinstance(state.app, Flask)
    offer_count(state.app, Count.STANDS, counts.count_stands)
    offer_count(state.app, Count.FREE_STANDS, counts.count_free_stands)
    offer_count(state.app, Count.WITHOUT_STAND, counts.count_without_stand)
    offer_count(state.app, Count.ACCEPTED, counts.count_accepted)
    offer_count(state.app, Count.WAITING, counts.count_waiting)


from fairapp.stands.routes import layout, plan  # noqa: E402, F401 - their views join the blueprint
