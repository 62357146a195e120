"""Opening and closing registration by hand."""

from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from fairapp.audit.domain import Actor
from fairapp.audit.services import record
from fairapp.events import queries
from fairapp.events.errors import NotPublished, RegistrationEnded, WindowReversed
from fairapp.events.models import Event
from fairapp.foundation.clock import local_date

MANAGE = "events.manage"


def close_registration(session: Session, *, actor: Actor, slug: str, now: datetime) -> Event:
    """Close registration at once, whatever the window says; closed before, it stays so.

    Raises: EventNotFound.
    """
    event = queries.event_for(session, actor=actor, action=MANAGE, slug=slug, lock=True)
    if event.closed_at is None:
        event.closed_at = now
        _record(session, actor, event, "events.registration_closed", now)
    return event


def open_registration(
    session: Session, *, actor: Actor, slug: str, closes_on: date | None = None, now: datetime
) -> Event:
    """Open registration at once, until `closes_on`.

    Without that day the window's last day is kept, or, when it is past or missing, the day
    before the event starts, or its last day when it has started.

    Raises: EventNotFound, NotPublished, RegistrationEnded, WindowReversed.
    """
    event = queries.event_for(session, actor=actor, action=MANAGE, slug=slug, lock=True)
    today = local_date(now)
    lasting = [stop for stop in event.stops if stop.cancelled_at is None]
    if event.published_at is None:
        raise NotPublished()
    if not lasting or max(stop.ends_on for stop in lasting) < today:
        raise RegistrationEnded()
    if closes_on is not None and closes_on < today:
        raise WindowReversed()
    kept = event.registration_closes_on
    if closes_on is None:
        closes_on = kept if kept is not None and kept >= today else _usual_last_day(event, today)
    opens = event.registration_opens_on
    event.registration_opens_on = min(opens, today) if opens is not None else today
    event.registration_closes_on = closes_on
    event.closed_at = None
    _record(session, actor, event, "events.registration_opened", now)
    return event


def _usual_last_day(event: Event, today: date) -> date:
    lasting = [stop for stop in event.stops if stop.cancelled_at is None]
    eve = min(stop.starts_on for stop in lasting) - timedelta(days=1)
    return eve if eve >= today else max(stop.ends_on for stop in lasting)


def _record(session: Session, actor: Actor, event: Event, action: str, now: datetime) -> None:
    closes_on = event.registration_closes_on
    record(
        session,
        actor=actor,
        action=action,
        subject_type="event",
        subject_id=event.id,
        details={"slug": event.slug, "closes_on": closes_on.isoformat() if closes_on else None},
        chain=queries.chain_of(event),
        now=now,
    )
