"""Answers to the questions of the call, kept with the registration."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from fairapp.events.models import Question
from fairapp.files.queries import files_by_tokens
from fairapp.registrations.domain import FiledAnswer
from fairapp.registrations.models import Answer, Registration
from fairapp.registrations.queries.documents import owner_of


def file_answers(
    session: Session,
    *,
    registration: Registration,
    questions: Sequence[Question],
    answers: Sequence[FiledAnswer],
    now: datetime,
) -> None:
    """Write the answers of a registration to the questions that it was asked; others stay as they are."""
    asked = {question.code for question in questions}
    session.execute(
        delete(Answer).where(Answer.registration_id == registration.id, Answer.question_code.in_(asked))
    )
    tokens = [answer.file_token for answer in answers if answer.file_token]
    files = files_by_tokens(session, tokens, owner=owner_of(registration.reference)) if tokens else {}
    for answer in answers:
        if answer.code not in asked:
            continue
        file = files.get(answer.file_token or "")
        if answer.file_token and file is None:
            continue  # the file was taken off again
        session.add(
            Answer(
                registration_id=registration.id,
                question_code=answer.code,
                value=answer.value,
                file_id=file.id if file is not None else None,
                changed_at=now,
            )
        )
    session.flush()
