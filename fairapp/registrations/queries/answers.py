"""Reads of the answers to the questions of a call."""

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from fairapp.events.domain import QuestionPhase
from fairapp.events.models import Question
from fairapp.registrations.models import Answer, Registration


def answered_questions(session: Session, *, registration: Registration) -> list[tuple[Question, Answer]]:
    """Return what a registration answered, with the questions, in the order of the call; files loaded."""
    query = (
        select(Question, Answer)
        .join(Answer, Answer.question_code == Question.code)
        .options(joinedload(Answer.file))
        .where(
            Answer.registration_id == registration.id,
            Question.event_id == registration.event_id,
            Question.phase == QuestionPhase.REGISTRATION,
        )
        .order_by(Question.position)
    )
    return [(question, answer) for question, answer in session.execute(query)]
