"""Pages of figures: the official's dashboard and reports, public figures, downloads."""

from flask import Blueprint, Flask
from flask.blueprints import BlueprintSetupState

from fairapp.events.counts import Count, offer_count
from fairapp.statistics.queries import counts

pages = Blueprint("statistics", __name__)


@pages.record_once
def _offer_counts(state: BlueprintSetupState) -> None:
    app: Flask = state.app  # type: ignore[assignment] # the application is a Flask
    offer_count(app, Count.PRESENT, counts.count_present)
    offer_count(app, Count.REPORTED, counts.count_reported)
    offer_count(app, Count.REPORTS, counts.count_reports)


from fairapp.statistics.routes import downloads, official, public  # noqa: E402, F401 - their views join
