"""Reads of drafts, and of what the call of an event asks besides the standard questions."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from fairapp.events.domain import QuestionPhase
from fairapp.events.models import Event, Question, RequiredDocument, Stop
from fairapp.foundation.ids import token_hash
from fairapp.registrations.errors import DraftNotFound
from fairapp.registrations.models import RegistrationDraft


def draft_by_token(
    session: Session, *, event_id: int, token: str | None, lock: bool = False
) -> RegistrationDraft:
    """Return the draft for an event that a token opens. `lock` holds its row.

    Raises: DraftNotFound.
    """
    query = select(RegistrationDraft).where(
        RegistrationDraft.token_hash == token_hash(token or ""), RegistrationDraft.event_id == event_id
    )
    draft = session.scalar(query.with_for_update() if lock else query)
    if draft is None:
        raise DraftNotFound()
    return draft


def draft_by_id(session: Session, *, draft_id: int, lock: bool = False) -> RegistrationDraft:
    """Return a draft that the door has found. `lock` holds its row.

    Raises: DraftNotFound.
    """
    query = select(RegistrationDraft).where(RegistrationDraft.id == draft_id)
    draft = session.scalar(query.with_for_update() if lock else query)
    if draft is None:
        raise DraftNotFound()
    return draft


def draft_by_reference(session: Session, *, reference: str) -> RegistrationDraft | None:
    """Return the draft of a stored reference, for whom a code has let in; None without one."""
    return session.scalar(select(RegistrationDraft).where(RegistrationDraft.reference == reference))


def open_edit_of(session: Session, *, registration_id: int) -> RegistrationDraft | None:
    """Return the draft of a change to a registration that is not handed in yet, if any."""
    return session.scalar(
        select(RegistrationDraft)
        .where(RegistrationDraft.edits_id == registration_id, RegistrationDraft.registration_id.is_(None))
        .order_by(RegistrationDraft.id.desc())
        .limit(1)
    )


def draft_of_registration(session: Session, *, registration_id: int) -> RegistrationDraft | None:
    """Return the draft that became a registration; None where none did, as for one by the API."""
    return session.scalar(
        select(RegistrationDraft).where(
            RegistrationDraft.registration_id == registration_id, RegistrationDraft.edits_id.is_(None)
        )
    )


def draft_reference_is_taken(session: Session, *, reference: str) -> bool:
    """Tell whether a reference is kept for a draft already."""
    query = select(RegistrationDraft.id).where(RegistrationDraft.reference == reference)
    return session.scalar(query) is not None


def events_with_old_drafts(session: Session, *, before: date) -> Sequence[int]:
    """Return the ids of events with answers of drafts that closed before a day.

    Where an event has no closing day, its last stop's end counts.
    """
    last_day = (
        select(func.max(Stop.ends_on)).where(Stop.event_id == Event.id).correlate(Event).scalar_subquery()
    )
    return session.scalars(
        select(Event.id)
        .where(
            func.coalesce(Event.registration_closes_on, last_day) < before,
            exists().where(
                RegistrationDraft.event_id == Event.id, RegistrationDraft.registration_id.is_(None)
            ),
        )
        .order_by(Event.id)
    ).all()


def asked_besides(session: Session, *, event: Event) -> tuple[bool, tuple[Question, ...]]:
    """Return whether the call of an event asks for documents, and its questions to everybody, in order."""
    documents, questions = session.execute(
        select(exists().where(RequiredDocument.event_id == event.id), exists().where(*_asked_of_all(event)))
    ).one()
    return bool(documents), asked_questions(session, event=event) if questions else ()


def asked_questions(session: Session, *, event: Event) -> tuple[Question, ...]:
    """Return the questions of the call to everybody, in order."""
    query = select(Question).where(*_asked_of_all(event)).order_by(Question.position)
    return tuple(session.scalars(query))


def _asked_of_all(event: Event) -> tuple[ColumnElement[bool], ...]:
    return (Question.event_id == event.id, Question.phase == QuestionPhase.REGISTRATION)
