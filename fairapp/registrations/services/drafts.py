"""Drafts: answers kept on the server at each step, and sending them exactly once."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from fairapp.audit.domain import Actor
from fairapp.events.models import Event
from fairapp.foundation.ids import token_hash
from fairapp.registrations.answers import filing_of
from fairapp.registrations.domain import FilingChannel
from fairapp.registrations.models import Registration, RegistrationDraft
from fairapp.registrations.queries.drafts import draft_by_token
from fairapp.registrations.queries.single import registration_by_id
from fairapp.registrations.services.filing import file_registration, free_reference


def start_draft(
    session: Session, *, event: Event, token: str, answers: Mapping[str, Any], locale: str, now: datetime
) -> RegistrationDraft:
    """Keep the first answers under a token that only this browser knows; the reference is given here."""
    draft = RegistrationDraft(
        reference=free_reference(session),
        token_hash=token_hash(token),
        event_id=event.id,
        locale=locale,
        answers=dict(answers),
        created_at=now,
        updated_at=now,
    )
    session.add(draft)
    session.flush()
    return draft


def save_answers(
    session: Session, *, event: Event, token: str, step: str, answers: Mapping[str, Any], now: datetime
) -> RegistrationDraft:
    """Keep the answers of one step. A draft that was sent keeps what was sent.

    Raises: DraftNotFound.
    """
    draft = draft_by_token(session, event_id=event.id, token=token, lock=True)
    if draft.registration_id is None:
        draft.answers = {**draft.answers, step: dict(answers)}
        draft.updated_at = now
    return draft


def send_draft(
    session: Session,
    *,
    actor: Actor,
    event: Event,
    token: str,
    channel: FilingChannel,
    locale: str,
    now: datetime,
) -> Registration:
    """File what a draft holds, once: sent twice, also at the same time, it is the same registration.

    The draft is whole: every step of its journey has answers.

    Raises: DraftNotFound, and the refusals of `file_registration`.
    """
    draft = draft_by_token(session, event_id=event.id, token=token, lock=True)
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
