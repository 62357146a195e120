"""Filing for a cooperative: by an agent or an organizer at a desk, by a network for its members."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from fairapp.audit.domain import Actor
from fairapp.audit.services import record
from fairapp.cooperatives.models import Cooperative, Network
from fairapp.events.models import Event
from fairapp.events.queries import chain_of
from fairapp.foundation.clock import local_date
from fairapp.foundation.ids import token_hash
from fairapp.registrations.answers import COOPERATIVE_CODE, filing_of
from fairapp.registrations.consent import Consent, channel_by
from fairapp.registrations.models import Registration, RegistrationDraft
from fairapp.registrations.queries.desk import member_for
from fairapp.registrations.queries.single import registration_by_id
from fairapp.registrations.services.confirming import ask_to_confirm
from fairapp.registrations.services.filing import file_registration, free_reference

OWN = "="  # before the reference of a form that the account typed itself; a token never begins so
Typed = Mapping[str, Sequence[str]]


def keep_typed(
    session: Session, *, actor: Actor, event: Event, token: str, typed: Typed, locale: str, now: datetime
) -> RegistrationDraft:
    """Keep what was typed into the form of the desk, so that neither an error nor a lost session loses it.

    `token` opens the form; its reference after OWN does so for the account that typed it. A form that
    was sent keeps what was sent. Whoever opens one after signing in again takes it over.
    """
    draft = _draft(session, actor, event, token, locale, now)
    if draft.registration_id is None:
        draft.answers = {"desk": {name: list(texts) for name, texts in typed.items()}}
        draft.updated_at = now
        if draft.started_by_id is None:
            draft.started_by_id = actor.account_id
    session.flush()
    return draft


def file_at_desk(
    session: Session,
    *,
    actor: Actor,
    event: Event,
    token: str,
    answers: Mapping[str, Any],
    consent: Consent,
    locale: str,
    now: datetime,
) -> Registration:
    """File for a cooperative of the directory, or for a new one, as its agent or organizer; once.

    `answers` are those of the whole journey. The cooperative is asked to confirm.

    Raises: the refusals of `file_registration`.
    """
    draft = _draft(session, actor, event, token, locale, now)
    if draft.registration_id is not None:
        return registration_by_id(session, registration_id=draft.registration_id)
    filing = filing_of(answers, channel=channel_by(consent), locale=locale)
    registration = file_registration(
        session, actor=actor, event=event, filing=filing, reference=draft.reference, now=now
    )
    return _settle(session, actor, event, draft, registration, answers, consent, None, now)


def file_for_member(
    session: Session,
    *,
    actor: Actor,
    event: Event,
    token: str,
    code: str,
    answers: Mapping[str, Any],
    consent: Consent,
    locale: str,
    now: datetime,
) -> Registration:
    """File for a member of a network that the actor leads, once; the registration is the member's.

    What the directory knows of the member stays: messages go to the member's own phone and address,
    never to one that the network writes.

    Raises: CooperativeNotFound, for who is no member today; the refusals of `file_registration`.
    """
    draft = _draft(session, actor, event, token, locale, now)
    if draft.registration_id is not None:
        return registration_by_id(session, registration_id=draft.registration_id)
    member, network = member_for(session, actor=actor, code=code, on=local_date(now))
    filing = filing_of(answers, channel=channel_by(consent), locale=locale)
    registration = file_registration(
        session,
        actor=actor,
        event=event,
        filing=replace(filing, profile=None, cooperative_code=member.code),
        cooperative=member,
        reference=draft.reference,
        now=now,
    )
    return _settle(session, actor, event, draft, registration, answers, consent, network, now)


def answers_with(answers: Mapping[str, Any], *, cooperative: Cooperative | None) -> dict[str, Any]:
    """Return answers that name an entry of the directory, if there is one."""
    return dict(answers) | ({COOPERATIVE_CODE: cooperative.code} if cooperative is not None else {})


def _draft(
    session: Session, actor: Actor, event: Event, token: str, locale: str, now: datetime
) -> RegistrationDraft:
    hashed = token_hash(token)
    if token.startswith(OWN) and actor.account_id is not None:
        condition = and_(
            RegistrationDraft.reference == token.removeprefix(OWN),
            RegistrationDraft.started_by_id == actor.account_id,
        )
    else:
        condition = RegistrationDraft.token_hash == hashed
    draft = session.scalar(
        select(RegistrationDraft).where(condition, RegistrationDraft.event_id == event.id).with_for_update()
    )
    if draft is None:
        draft = RegistrationDraft(
            reference=free_reference(session),
            token_hash=hashed,
            event_id=event.id,
            locale=locale,
            answers={},
            created_at=now,
            updated_at=now,
            version=1,
            started_by_id=actor.account_id,
        )
        session.add(draft)
        session.flush()
    return draft


def _settle(
    session: Session,
    actor: Actor,
    event: Event,
    draft: RegistrationDraft,
    registration: Registration,
    answers: Mapping[str, Any],
    consent: Consent,
    network: Network | None,
    now: datetime,
) -> Registration:
    draft.answers, draft.registration_id, draft.updated_at = dict(answers), registration.id, now
    registration.consent, registration.consent_at = consent.value, now
    registration.filed_for_network_id = network.id if network is not None else None
    session.flush()
    ask_to_confirm(session, registration=registration, now=now)
    record(
        session,
        actor=actor,
        action="registrations.consent_recorded",
        subject_type="registration",
        subject_id=registration.id,
        details={"consent": consent.value, "network_id": registration.filed_for_network_id},
        chain=chain_of(event),
        now=now,
    )
    return registration
