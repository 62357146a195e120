"""Calls of figures: an event's turnover, national statistics, open data."""

from flask import Blueprint

api = Blueprint("statistics_api", __name__)

from fairapp.statistics.api import national, open_data, turnover  # noqa: E402, F401 - they join the blueprint
