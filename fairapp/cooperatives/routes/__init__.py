"""Pages of the directory: the list and the cards, programmes, networks, products, merging."""

from typing import Any

from flask import Blueprint

from fairapp.cooperatives.movers import offer_own_movers

pages = Blueprint("cooperatives", __name__)
plain = Blueprint("cooperatives_plain", __name__)


def _offer(app: Any) -> None:
    offer_own_movers(app)


pages.record_once(lambda state: _offer(state.app))

from fairapp.cooperatives.routes import (  # noqa: E402, F401
    cards,
    directory,
    merging,
    networks,
    photos,
    products,
    support,
)
