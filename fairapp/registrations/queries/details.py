"""Reads of the second form: who was asked, who has answered, whom to ask and to remind."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session, joinedload

from fairapp.events.domain import QuestionPhase
from fairapp.events.models import Event, Question
from fairapp.registrations.details import REMIND_DAYS_BEFORE
from fairapp.registrations.domain import RegistrationState
from fairapp.registrations.models import Answer, Details, Registration


def details_of(session: Session, *, registration_id: int, lock: bool = False) -> Details | None:
    """Return the second form of a registration; None while it was not asked. `lock` holds its row."""
    query = select(Details).where(Details.registration_id == registration_id)
    return session.scalar(query.with_for_update() if lock else query)


def details_questions(session: Session, *, event_id: int) -> tuple[Question, ...]:
    """Return the questions that a call asks of the accepted alone, in order."""
    query = (
        select(Question)
        .where(Question.event_id == event_id, Question.phase == QuestionPhase.DETAILS)
        .order_by(Question.position)
    )
    return tuple(session.scalars(query))


def details_answers(session: Session, *, registration_id: int, codes: Sequence[str]) -> dict[str, Answer]:
    """Return the answers of a registration to questions, by code."""
    query = (
        select(Answer)
        .options(joinedload(Answer.file))
        .where(Answer.registration_id == registration_id, Answer.question_code.in_(codes))
    )
    return {answer.question_code: answer for answer in session.scalars(query)}


def lacks_details() -> ColumnElement[bool]:
    """Return the condition on `Registration` under which it is accepted, was asked, and has not answered."""
    return (Registration.state == RegistrationState.ACCEPTED) & exists().where(
        Details.registration_id == Registration.id, Details.answered_at.is_(None)
    )


def registrations_to_ask(session: Session, *, today: date) -> Sequence[int]:
    """Return the accepted registrations that were not asked yet, though their event has a due day to come."""
    query = (
        select(Registration.id)
        .join(Event, Event.id == Registration.event_id)
        .where(
            Registration.state == RegistrationState.ACCEPTED,
            Event.details_due_on >= today,
            ~exists().where(Details.registration_id == Registration.id),
        )
        .order_by(Registration.id)
    )
    return session.scalars(query).all()


def registrations_to_remind(session: Session, *, today: date) -> list[tuple[Details, date]]:
    """Return the second forms without an answer whose due day is near, with it; the rule decides."""
    soon = today + timedelta(days=max(REMIND_DAYS_BEFORE))
    query = (
        select(Details, Event.details_due_on)
        .join(Registration, Registration.id == Details.registration_id)
        .join(Event, Event.id == Registration.event_id)
        .where(
            Registration.state == RegistrationState.ACCEPTED,
            Details.answered_at.is_(None),
            Event.details_due_on >= today,
            Event.details_due_on <= soon,
        )
        .order_by(Details.registration_id)
    )
    return [(details, due_on) for details, due_on in session.execute(query) if due_on is not None]
