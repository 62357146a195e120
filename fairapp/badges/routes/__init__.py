"""Pages of badges: the holder's, the organizer's lists and prints, the cooperative's, and the gate."""

from typing import Any

from flask import Blueprint

from fairapp.badges.queries.placements import placements
from fairapp.badges.queries.presence import count_present
from fairapp.events.counts import Count, offer_count
from fairapp.registrations import placement

pages = Blueprint("badges", __name__)
plain = Blueprint("badges_plain", __name__)


def _offer(app: Any) -> None:
    placement.offer(app, placements)
    offer_count(app, Count.PRESENT, count_present)


pages.record_once(lambda state: _offer(state.app))

from fairapp.badges.routes import entrance, gate, holder, lists  # noqa: E402, F401 - their views join the blueprint
