"""Writing, sending and settling mailings: each recipient gets one message, whatever is sent twice."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from fairapp.audit.domain import Actor
from fairapp.audit.services import record
from fairapp.events.models import Event
from fairapp.events.queries import chain_of
from fairapp.foundation.ids import new_reference, new_token
from fairapp.mailings import queries
from fairapp.mailings.domain import MOST_MAILINGS_A_DAY, Reach, Texts
from fairapp.mailings.errors import (
    AddressMissing,
    AlreadySent,
    AudienceChanged,
    NobodyToWriteTo,
    TooManyMailings,
)
from fairapp.mailings.models import Mailing, MailingRecipient
from fairapp.mailings.queries import Addressee
from fairapp.messages.domain import Channel
from fairapp.messages.services import write_message
from fairapp.outbox.services import enqueue
from fairapp.registrations.queries.filters import QueueFilters, query_of

WRITE_PART = "mailings.write_part"
TEMPLATE = "mailings/message"
AT_ONCE = 50
_CHANNELS = {Reach.MAIL: Channel.MAIL, Reach.SMS: Channel.SMS}


def write_mailing(
    session: Session, *, actor: Actor, event: Event, filters: QueueFilters, texts: Texts, now: datetime
) -> Mailing:
    """Keep a mailing to the registrations that filters leave; nothing is sent.

    Raises: PlaceholderUnknown, NobodyToWriteTo.
    """
    texts.check()
    if not queries.audience_of(session, event_id=event.id, filters=filters):
        raise NobodyToWriteTo()
    mailing = Mailing(
        code=new_reference(),
        event_id=event.id,
        query=query_of(filters)[:500],
        subject_ar=texts.subject_ar,
        body_ar=texts.body_ar,
        subject_fr=texts.subject_fr,
        body_fr=texts.body_fr,
        written_at=now,
        written_by_id=actor.account_id,
    )
    session.add(mailing)
    session.flush()
    _record(session, actor, event, mailing, "mailings.write", now)
    return mailing


def rewrite_mailing(
    session: Session, *, actor: Actor, event: Event, code: str, texts: Texts, now: datetime
) -> Mailing:
    """Change the texts of a mailing that was not sent yet.

    Raises: MailingNotFound, PlaceholderUnknown, AlreadySent.
    """
    texts.check()
    mailing = queries.mailing_for(session, event_id=event.id, code=code, lock=True)
    if mailing.sent_at is not None:
        raise AlreadySent()
    mailing.subject_ar, mailing.body_ar = texts.subject_ar, texts.body_ar
    mailing.subject_fr, mailing.body_fr = texts.subject_fr, texts.body_fr
    mailing.written_at, mailing.written_by_id = now, actor.account_id
    _record(session, actor, event, mailing, "mailings.rewrite", now)
    return mailing


def drop_mailing(session: Session, *, actor: Actor, event: Event, code: str, now: datetime) -> None:
    """Remove a mailing that was never sent.

    Raises: MailingNotFound, AlreadySent.
    """
    mailing = queries.mailing_for(session, event_id=event.id, code=code, lock=True)
    if mailing.sent_at is not None:
        raise AlreadySent()
    _record(session, actor, event, mailing, "mailings.drop", now)
    session.delete(mailing)


def send_mailing(
    session: Session,
    *,
    actor: Actor,
    event: Event,
    code: str,
    filters: QueueFilters,
    expected: int,
    now: datetime,
) -> Mailing:
    """Fix the recipients of a mailing and write their messages, the rest in the background.

    `expected` is how many recipients the person saw. Sent twice, it goes once.

    Raises: MailingNotFound, NobodyToWriteTo, AudienceChanged, TooManyMailings.
    """
    mailing = queries.mailing_for(session, event_id=event.id, code=code, lock=True)
    if mailing.sent_at is not None:
        return mailing
    audience = queries.audience_of(session, event_id=event.id, filters=filters)
    if not audience:
        raise NobodyToWriteTo()
    if len(audience) != expected:
        raise AudienceChanged(now=len(audience), seen=expected)
    if queries.sent_lately(session, event_id=event.id, now=now) >= MOST_MAILINGS_A_DAY:
        raise TooManyMailings(most=MOST_MAILINGS_A_DAY)
    mailing.sent_at = now
    session.execute(insert(MailingRecipient), [_recipient(mailing, addressee) for addressee in audience])
    _write_next(session, mailing, event, now)
    _record(session, actor, event, mailing, "mailings.send", now, recipients=len(audience))
    return mailing


def write_part(session: Session, *, mailing_id: int, now: datetime) -> None:
    """Write the messages to the next recipients of a mailing."""
    mailing = session.scalar(select(Mailing).where(Mailing.id == mailing_id).with_for_update())
    if mailing is not None and mailing.sent_at is not None:
        _write_next(session, mailing, queries.event_of(session, event_id=mailing.event_id), now)


def send_trial(
    session: Session,
    *,
    actor: Actor,
    event: Event,
    code: str,
    email: str | None,
    example: Addressee,
    now: datetime,
) -> None:
    """Send a mailing in both languages to the one who writes it, with the values of a recipient.

    Its link leads to the tracking page and notes nothing.

    Raises: MailingNotFound, AddressMissing.
    """
    if not email:
        raise AddressMissing()
    mailing = queries.mailing_for(session, event_id=event.id, code=code)
    for locale in ("ar", "fr"):
        write_message(
            session,
            channel=Channel.MAIL,
            recipient=email,
            locale=locale,
            template=TEMPLATE,
            context=context_of(mailing, event, example, token=None, locale=locale) | {"is_trial": True},
            key=f"mailing-trial:{mailing.code}:{actor.account_id}:{locale}:{now.isoformat()}",
            now=now,
            subject_type="mailing",
            subject_id=mailing.id,
        )
    _record(session, actor, event, mailing, "mailings.trial", now)


def note_opened(session: Session, *, token: str, now: datetime) -> None:
    """Note that the link of a recipient was opened, the first time.

    Raises: RecipientNotFound.
    """
    recipient, _reference = queries.recipient_by_token(session, token=token)
    if recipient.opened_at is None:
        recipient.opened_at = now


def mark_called(
    session: Session,
    *,
    actor: Actor,
    event: Event,
    code: str,
    reference: str,
    note: str | None,
    now: datetime,
) -> MailingRecipient:
    """Note that somebody told a recipient by phone; who was first stays.

    Raises: MailingNotFound, RecipientNotFound.
    """
    mailing = queries.mailing_for(session, event_id=event.id, code=code)
    recipient = queries.recipient_for(session, mailing_id=mailing.id, reference=reference, lock=True)
    if recipient.called_at is not None:
        return recipient
    recipient.called_at, recipient.called_by_id, recipient.call_note = now, actor.account_id, note or None
    session.flush()
    _record(session, actor, event, mailing, "mailings.call", now, registration=recipient.registration_id)
    return recipient


def context_of(
    mailing: Mailing, event: Event, addressee: Addressee, *, token: str | None, locale: str | None = None
) -> dict[str, Any]:
    """Return what a message of a mailing says, as plain JSON; days are ISO text."""
    language = "ar" if (locale or addressee.locale) == "ar" else "fr"
    stops = [stop for stop in event.stops if stop.id in addressee.stop_ids] or list(event.stops)
    return {
        "subject": getattr(mailing, f"subject_{language}"),
        "body": getattr(mailing, f"body_{language}"),
        "reference": addressee.reference,
        "token": token,
        "is_trial": False,
        "cooperative": {"name_ar": addressee.name_ar, "name_fr": addressee.name_fr},
        "event": {name: getattr(event, name) for name in ("title_ar", "title_fr", "title_en")},
        "stops": [
            {
                "place_ar": stop.place_ar,
                "place_fr": stop.place_fr,
                "starts_on": stop.starts_on.isoformat(),
                "ends_on": stop.ends_on.isoformat(),
            }
            for stop in stops
        ],
        "organizer": {
            "organizer_ar": event.organizer_ar,
            "organizer_fr": event.organizer_fr,
            "phone": event.organizer_phone,
        },
    }


def context_for_all(mailing: Mailing, event: Event, *, locale: str) -> dict[str, Any]:
    """Return what a message says to all of a language, with every stop of the event."""
    nobody = Addressee(0, "", locale, "", "", Reach.CALL, None, None, ())
    return context_of(mailing, event, nobody, token=None)


def _recipient(mailing: Mailing, addressee: Addressee) -> dict[str, Any]:
    return {
        "mailing_id": mailing.id,
        "registration_id": addressee.registration_id,
        "token": new_token(),
        "reach": addressee.reach,
        "locale": addressee.locale,
    }


def _write_next(session: Session, mailing: Mailing, event: Event, now: datetime) -> None:
    found = queries.open_recipients(session, mailing_id=mailing.id, most=AT_ONCE + 1)
    part: Sequence[MailingRecipient] = found[:AT_ONCE]
    known = queries.addressees_by_recipient(session, recipients=part)
    for recipient in part:
        addressee = known[recipient.registration_id]
        if addressee.reach is Reach.CALL:  # the address was taken away in between
            recipient.reach = Reach.CALL
            continue
        recipient.reach = addressee.reach
        assert addressee.address is not None  # who is reached has an address
        message = write_message(
            session,
            channel=_CHANNELS[addressee.reach],
            recipient=addressee.address,
            locale=recipient.locale,
            template=TEMPLATE,
            context=context_of(mailing, event, addressee, token=recipient.token),
            key=f"mailing:{mailing.code}:{recipient.id}",
            now=now,
            subject_type="registration",
            subject_id=recipient.registration_id,
        )
        recipient.message_id = message.id
    if len(found) > AT_ONCE:
        key = f"{WRITE_PART}:{mailing.code}:{found[AT_ONCE].id}"
        enqueue(session, WRITE_PART, payload={"mailing_id": mailing.id}, key=key, now=now)
    session.flush()


def _record(
    session: Session, actor: Actor, event: Event, mailing: Mailing, action: str, now: datetime, **details: Any
) -> None:
    record(
        session,
        actor=actor,
        action=action,
        subject_type="mailing",
        subject_id=mailing.code,
        now=now,
        details=details,
        chain=chain_of(event),
    )
