"""Drafts: answers kept on the server at each step, and sending them exactly once."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from fairapp.audit.domain import Actor
from fairapp.events.models import Event
from fairapp.files.services import remove_files_of
from fairapp.foundation.ids import token_hash
from fairapp.registrations.answers import PREFILLED, VERSIONS, filing_of, saved_since
from fairapp.registrations.domain import FilingChannel
from fairapp.registrations.errors import SavedElsewhere
from fairapp.registrations.models import Registration, RegistrationDraft
from fairapp.registrations.queries.documents import owner_of
from fairapp.registrations.queries.drafts import draft_by_id
from fairapp.registrations.queries.single import registration_by_id
from fairapp.registrations.services.filing import file_registration, free_reference


def start_draft(
    session: Session,
    *,
    event: Event,
    token: str,
    answers: Mapping[str, Any],
    locale: str,
    now: datetime,
    actor: Actor | None = None,
    edits_id: int | None = None,
) -> RegistrationDraft:
    """Keep the first answers under a token that only this browser knows; the reference is given here.

    `edits_id` names the registration that the draft changes, when that was sent already.
    """
    draft = RegistrationDraft(
        reference=free_reference(session),
        token_hash=token_hash(token),
        event_id=event.id,
        locale=locale,
        answers=dict(answers),
        created_at=now,
        updated_at=now,
        version=1,
        started_by_id=actor.account_id if actor is not None else None,
        edits_id=edits_id,
    )
    session.add(draft)
    session.flush()
    return draft


def save_answers(
    session: Session,
    *,
    draft_id: int,
    step: str,
    answers: Mapping[str, Any],
    now: datetime,
    version: int | None = None,
    beside: Mapping[str, Mapping[str, Any]] | None = None,
) -> RegistrationDraft:
    """Keep the answers of one step, and of a topic that shares its page (`beside`, by name).

    `version` is that of the draft when the page was opened: where another phone saved other answers
    to the same step since, nothing is saved. A draft that was sent keeps what was sent.

    Raises: DraftNotFound, SavedElsewhere.
    """
    draft = draft_by_id(session, draft_id=draft_id, lock=True)
    if draft.registration_id is not None:
        return draft
    given = {step: dict(answers)} | {name: dict(other) for name, other in (beside or {}).items()}
    is_new = any(draft.answers.get(name) != value for name, value in given.items())
    if is_new and version is not None and saved_since(draft.answers, step, version):
        raise SavedElsewhere()
    draft.version += 1
    versions = {**draft.answers.get(VERSIONS, {}), step: draft.version}
    draft.answers = {**draft.answers, **given, VERSIONS: versions}
    if step in draft.answers.get(PREFILLED, ()):
        untouched = [one for one in draft.answers[PREFILLED] if one != step]
        draft.answers = {**draft.answers, PREFILLED: untouched}
    draft.updated_at = now
    return draft


def send_draft(
    session: Session,
    *,
    actor: Actor,
    event: Event,
    draft_id: int,
    channel: FilingChannel,
    locale: str,
    now: datetime,
) -> Registration:
    """File what a draft holds, once: sent twice, also at the same time, it is the same registration.

    The draft is whole: every step of its journey has answers.

    Raises: DraftNotFound, and the refusals of `file_registration`.
    """
    draft = draft_by_id(session, draft_id=draft_id, lock=True)
    if draft.registration_id is not None:
        return registration_by_id(session, registration_id=draft.registration_id)
    filing = filing_of(draft.answers, channel=channel, locale=locale)
    registration = file_registration(
        session, actor=actor, event=event, filing=filing, now=now, reference=draft.reference
    )
    draft.registration_id = registration.id
    draft.updated_at = now
    session.flush()
    return registration


def delete_drafts(session: Session, *, event_id: int, now: datetime) -> None:
    """Delete the drafts of an event that were never sent, with their files.

    Those that were sent keep their receipt; files of a change belong to the registration.
    """
    unsent = (RegistrationDraft.event_id == event_id, RegistrationDraft.registration_id.is_(None))
    query = select(RegistrationDraft.reference).where(*unsent, RegistrationDraft.edits_id.is_(None))
    remove_files_of(session, owners=[owner_of(one) for one in session.scalars(query)], now=now)
    session.execute(delete(RegistrationDraft).where(*unsent))
