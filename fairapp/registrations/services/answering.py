"""Saving the stand's page, with files that answer questions of the call."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from fairapp.files.domain import PreparedFile
from fairapp.files.services import keep_file
from fairapp.registrations.answers import QUESTIONS
from fairapp.registrations.models import RegistrationDraft
from fairapp.registrations.queries.documents import owner_of, reference_of_draft
from fairapp.registrations.queries.drafts import draft_by_id
from fairapp.registrations.services.drafts import save_answers


def save_stand(
    session: Session,
    *,
    draft_id: int,
    answers: Mapping[str, Any],
    beside: Mapping[str, Mapping[str, Any]],
    received: Mapping[str, PreparedFile],
    version: int | None,
    now: datetime,
) -> RegistrationDraft:
    """Keep the stand's page with files that answer questions; a new file takes the older one's place.

    Raises: DraftNotFound, SavedElsewhere, TooManyFiles, NoRoomLeft.
    """
    draft = draft_by_id(session, draft_id=draft_id, lock=True)
    owner = owner_of(reference_of_draft(session, draft=draft))
    before = beside.get(QUESTIONS, {}).get("answers", ())
    given = [answer for answer in before if answer["code"] not in received]
    if draft.registration_id is not None:
        return draft
    for code, prepared in received.items():
        file = keep_file(session, prepared=prepared, owner=owner, now=now)
        given.append({"code": code, "value": file.name, "file": file.token})
    return save_answers(
        session,
        draft_id=draft_id,
        step="stand",
        answers=answers,
        beside={**beside, QUESTIONS: {"answers": given}} if beside else {},
        version=version,
        now=now,
    )
