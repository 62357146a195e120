"""Pages of the ledger: the till, closing the day, and the organizer's view of an event."""

from flask import Blueprint

pages = Blueprint("sales", __name__)

from fairapp.sales.routes import closing, overview, till  # noqa: E402, F401 - their views join the blueprint
