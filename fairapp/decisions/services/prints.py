"""Prints of an event's letters: asked for on a page, made in the background."""

import uuid
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from fairapp.audit.domain import Actor
from fairapp.audit.services import record
from fairapp.decisions.errors import NothingToPrint
from fairapp.decisions.models import LetterPrint
from fairapp.decisions.queries import letters
from fairapp.events.models import Event
from fairapp.events.queries import chain_of
from fairapp.outbox.services import enqueue

PRINT_LETTERS = "decisions.print_letters"


def ask_for_print(
    session: Session, *, actor: Actor, event: Event, print_id: uuid.UUID, on_paper_only: bool, now: datetime
) -> LetterPrint:
    """Ask for a PDF of the newest letter of each registration; it takes the place of the one before.

    `on_paper_only`: of those who cannot be written to.

    Raises: NothingToPrint.
    """
    counts = letters.letter_counts(session, event_id=event.id)
    wanted = counts.on_paper if on_paper_only else counts.newest
    if not wanted:
        raise NothingToPrint()
    session.execute(delete(LetterPrint).where(LetterPrint.event_id == event.id))
    asked = LetterPrint(
        id=print_id,
        event_id=event.id,
        requested_at=now,
        requested_by_id=actor.account_id,
        on_paper_only=on_paper_only,
        letters=wanted,
    )
    session.add(asked)
    session.flush()
    payload = {"print_id": str(print_id), "event_id": event.id, "on_paper_only": on_paper_only}
    enqueue(session, PRINT_LETTERS, payload=payload, key=f"{PRINT_LETTERS}:{print_id}", now=now)
    record(
        session,
        actor=actor,
        action="decisions.letters_printed",
        subject_type="event",
        subject_id=event.id,
        now=now,
        details={"letters": wanted, "on_paper_only": on_paper_only},
        chain=chain_of(event),
    )
    return asked


def keep_print(
    session: Session, *, print_id: uuid.UUID, content: bytes, count: int, now: datetime
) -> LetterPrint | None:
    """Keep a finished print; None when a newer one took its place meanwhile."""
    asked = session.get(LetterPrint, print_id)
    if asked is not None:
        asked.content, asked.letters, asked.finished_at = content, count, now
    return asked
