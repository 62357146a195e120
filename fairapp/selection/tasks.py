"""Background work of a selection: decisions taken from a run, part by part."""

from celery import shared_task
from sqlalchemy import select

from fairapp.accounts.queries.actors import account_actor
from fairapp.audit.domain import SYSTEM
from fairapp.events.models import Event
from fairapp.foundation.clock import utc_now
from fairapp.foundation.database import transaction
from fairapp.outbox.services import RELIABLE, claim
from fairapp.selection.services import runs


@shared_task(name="selection.decide_part", **RELIABLE)
def decide_part(*, event_id: int, account_id: int | None, choices: list[list[str | None]], key: str) -> None:
    """Decide some registrations as a run proposes, once, in the name of who asked for it."""
    now = utc_now()
    with transaction() as session:
        if not claim(session, key=key, now=now):
            return
        actor = account_actor(session, account_id=account_id) if account_id is not None else SYSTEM
        event = session.scalar(select(Event).where(Event.id == event_id))
        if actor is not None and event is not None:
            runs.decide_part(session, actor=actor, event=event, choices=choices, now=now)
