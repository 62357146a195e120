"""Reads of drafts."""

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from fairapp.events.domain import QuestionPhase
from fairapp.events.models import Event, Question, RequiredDocument
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


def draft_reference_is_taken(session: Session, *, reference: str) -> bool:
    """Tell whether a reference is kept for a draft already."""
    query = select(RegistrationDraft.id).where(RegistrationDraft.reference == reference)
    return session.scalar(query) is not None


def asked_besides(session: Session, *, event: Event) -> tuple[bool, tuple[Question, ...]]:
    """Return whether the call of an event asks for documents, and its questions to everybody, in order."""
    asked = (Question.event_id == event.id, Question.phase == QuestionPhase.REGISTRATION)
    documents, questions = session.execute(
        select(exists().where(RequiredDocument.event_id == event.id), exists().where(*asked))
    ).one()
    if not questions:
        return bool(documents), ()
    query = select(Question).where(*asked).order_by(Question.position)
    return bool(documents), tuple(session.scalars(query))
