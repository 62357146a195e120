"""At which stand a till stands: the one that its address names, else the seller's own."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import request, url_for
from sqlalchemy.orm import Session

from fairapp.events.errors import EventNotFound
from fairapp.events.models import Event
from fairapp.foundation.clock import utc_now
from fairapp.sales.domain import StopHours, day_of_sale
from fairapp.sales.queries import till
from fairapp.sales.queries.entries import event_to_sell_at, hours_of, places_to_sell
from fairapp.sales.queries.till import TillStand
from fairapp.web.access import current_actor


@dataclass(frozen=True, slots=True)
class TillPlace:
    """The stand of this page with its event (stops loaded) and the trading day that it is now."""

    event: Event
    stand: TillStand
    hours: StopHours
    today: date

    @property
    def code(self) -> tuple[str, str]:
        """Codes of stop and stand."""
        return (self.stand.stop.code, self.stand.stand)

    @property
    def address(self) -> dict[str, Any]:
        """What an address needs to lead here."""
        return {"event": self.event.slug, "stop": self.stand.stop.code, "stand": self.stand.stand}

    def url(self, endpoint: str, **values: Any) -> str:
        """Return the address of another page of this till."""
        return url_for(endpoint, **self.address, **values)


def own_stands(session: Session) -> list[TillStand]:
    """Return the stands of whoever is signed in, those of today first."""
    today = utc_now().date()
    stands = till.stands_of(session, actor=current_actor())
    return sorted(stands, key=lambda each: (each.stop.ends_on < today, each.stop.starts_on > today))


def asked_place(session: Session) -> TillPlace | None:
    """Return the stand that the address names, or the only one of today; None: to be chosen.

    Raises: EventNotFound, for an event or a stand that is not the reader's.
    """
    asked = {name: request.args.get(name, "") for name in ("event", "stop", "stand")}
    if all(asked.values()):
        return _place(session, **asked)
    today = utc_now().date()
    stands = own_stands(session)
    running = [each for each in stands if each.stop.starts_on <= today <= each.stop.ends_on]
    only = running or stands
    if len(only) != 1:
        return None
    return _place(session, event=only[0].event.slug, stop=only[0].stop.code, stand=only[0].stand)


def named_place(session: Session, *, event: str) -> TillPlace:
    """Return the stand of an event whose codes the address names.

    Raises: EventNotFound.
    """
    return _place(
        session, event=event, stop=request.args.get("stop", ""), stand=request.args.get("stand", "")
    )


def _place(session: Session, *, event: str, stop: str, stand: str) -> TillPlace:
    actor = current_actor()
    found = event_to_sell_at(session, actor=actor, slug=event)
    code = (stop, stand)
    place = till.stand_of_event(session, event=found, stop=stop, stand=stand)
    if place is None or code not in places_to_sell(session, actor=actor, event=found, codes={code}):
        raise EventNotFound()
    hours = hours_of(next(each for each in found.stops if each.code == stop))
    return TillPlace(event=found, stand=place, hours=hours, today=day_of_sale(utc_now(), hours))
