"""Pages of events: public ones, and the organizer's."""

from flask import Blueprint

pages = Blueprint("events", __name__)

from fairapp.events.routes import organizer, public, terms  # noqa: E402, F401 - their views join the blueprint
