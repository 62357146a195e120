"""Pages of events: public ones, and the organizer's."""

from flask import Blueprint

pages = Blueprint("events", __name__)

from fairapp.events.routes import public  # noqa: E402, F401 - its views join the blueprint
