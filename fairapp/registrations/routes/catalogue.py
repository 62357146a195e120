"""What registrations add to pages below: products of the accepted, participations of a cooperative."""

from typing import Any

from flask import Flask, make_response, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from fairapp.cooperatives.models import Cooperative
from fairapp.events.models import Event
from fairapp.events.queries import public_event
from fairapp.foundation.database import reading
from fairapp.reference.queries import main_sectors
from fairapp.registrations.queries.catalogue import catalogue_page
from fairapp.registrations.queries.participations import participations_of
from fairapp.registrations.routes import pages
from fairapp.web.access import current_actor, public
from fairapp.web.kept import kept_while_unchanged
from fairapp.web.parts import PartOf, offer_part

_ON_EVENT_PAGE = 6


@pages.get("/events/<slug>/products")
@public
@kept_while_unchanged
def products(slug: str) -> ResponseReturnValue:
    """Show what the cooperatives bring that are accepted to an event."""
    session = reading()
    event = public_event(session, slug=slug)
    asked = request.args.get("sector", "")
    sector = asked if asked in {entry.code for entry in main_sectors()} else None
    page = request.args.get("page", 1, type=int)
    found = catalogue_page(session, event_id=event.id, sector=sector, page=page)
    answer = make_response(
        render_template("registrations/products.html", event=event, found=found, sector=sector)
    )
    answer.headers["Cache-Control"] = "private, no-cache"  # nothing personal is on it
    answer.vary.add("Cookie")
    return answer


def offer_parts(app: Flask) -> None:
    """Offer the products on an event's page and the participations on a cooperative's card."""
    offer_part(app, PartOf.EVENT, "registrations/_products.html", _products_part, order=40)
    offer_part(app, PartOf.COOPERATIVE, "registrations/_participations.html", _participations_part)


def _products_part(session: Session, event: Event) -> dict[str, Any] | None:
    found = catalogue_page(session, event_id=event.id, per_page=_ON_EVENT_PAGE)
    return {"found": found} if found.total else None


def _participations_part(session: Session, cooperative: Cooperative) -> dict[str, Any] | None:
    registrations = participations_of(session, cooperative_id=cooperative.id)
    actor = current_actor()
    open_ids = {
        registration.id
        for registration in registrations
        if actor.covers_event(
            "registrations.review",
            event_id=registration.event_id,
            region_code=registration.event.region_code,
        )
    }
    return {"registrations": registrations, "open_ids": open_ids}
