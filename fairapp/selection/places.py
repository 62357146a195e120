"""How many stands a stop has: asked of the feature above, for calls that name no places.

A selection does not know stands. Whoever does offers a reader when the application is put together.
"""

from collections.abc import Callable, Mapping

from flask import Flask, current_app
from sqlalchemy.orm import Session

_NAME = "selection.places"
PlacesReader = Callable[[Session, int], Mapping[str, int]]


def offer_places(app: Flask, reader: PlacesReader) -> None:
    """Let a feature above tell the number of exhibitors' stands, by the code of the stop."""
    app.extensions[_NAME] = reader


def stands_of(session: Session, *, event_id: int) -> Mapping[str, int]:
    """Return how many exhibitors' stands each stop of an event has, by its code; empty when unknown."""
    reader: PlacesReader | None = current_app.extensions.get(_NAME)
    return reader(session, event_id) if reader else {}
