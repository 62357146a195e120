"""Orders of the queue that features above offer: registrations do not know who ranks them."""

from collections.abc import Callable
from typing import Any

from flask import Flask, current_app
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

_NAME = "registrations.orders"

# Takes the session and the id of an event; returns what `Registration` is ordered by, None: nothing yet.
Order = Callable[[Session, int], ColumnElement[Any] | None]


def offer_rank(app: Flask, order: Order) -> None:
    """Let the queue stand in the order of a ranking."""
    app.extensions[_NAME] = order


def rank_order(session: Session, event_id: int) -> ColumnElement[Any] | None:
    """Return what orders the registrations of an event by rank; None where none were ranked."""
    order: Order | None = current_app.extensions.get(_NAME)
    return order(session, event_id) if order is not None else None
