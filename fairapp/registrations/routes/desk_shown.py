"""What pages of others show of filing for a cooperative: who agreed how, and whether it is confirmed."""

from typing import Any

from sqlalchemy.orm import Session

from fairapp.events.models import Event
from fairapp.registrations.consent import can_answer
from fairapp.registrations.domain import FilingChannel
from fairapp.registrations.models import Registration
from fairapp.registrations.queries.desk import disputed_count, network_name
from fairapp.registrations.routes import pages
from fairapp.web.parts import PartOf, offer_part


def _on_review(session: Session, registration: Registration) -> dict[str, Any] | None:
    if registration.channel is FilingChannel.SELF:
        return None
    return {"network": network_name(session, network_id=registration.filed_for_network_id)}


def _on_tracked(_session: Session, registration: Registration) -> dict[str, Any] | None:
    return {"can_answer": can_answer(registration.channel, registration.state)}


def _on_overview(session: Session, event: Event) -> dict[str, Any] | None:
    count = disputed_count(session, event_id=event.id)
    return {"count": count} if count else None


def _offer(app: Any) -> None:
    offer_part(app, PartOf.REVIEW, "registrations/desk_review.html", _on_review, order=10)
    offer_part(app, PartOf.TRACKED, "registrations/desk_tracked.html", _on_tracked, order=5)
    offer_part(app, PartOf.OVERVIEW, "registrations/desk_overview.html", _on_overview, order=20)


pages.record_once(lambda state: _offer(state.app))
