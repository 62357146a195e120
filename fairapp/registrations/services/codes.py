"""One-time codes that open a draft or a registration on any phone (promises A15, B67)."""

import secrets
from datetime import datetime, time, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from fairapp.foundation.clock import from_local
from fairapp.foundation.ids import ALPHABET, parse_reference
from fairapp.foundation.text import clean, western_digits
from fairapp.messages.domain import Channel
from fairapp.messages.services import write_message
from fairapp.outbox.services import enqueue
from fairapp.registrations.domain import (
    CODE_DIGITS,
    CODE_LIVES,
    MOST_TRIES_OF_A_CODE,
    PRINTED_CODE_LIVES,
    PRINTED_CODE_SYMBOLS,
    CodePurpose,
)
from fairapp.registrations.models import OneTimeCode
from fairapp.registrations.queries.holders import NOBODY, holder_of
from fairapp.registrations.sealing import opens, seal

SEND_CODE = "registrations.send_code"
LETTER = "registrations/code"
_NOT_MADE_YET = ""


def send_code(
    session: Session, *, reference: str, phone: str | None, purpose: CodePurpose, now: datetime
) -> None:
    """Ask for a code to the phone (and the address) of whoever holds a reference; older codes end.

    `phone` is in the stored form. Whether reference and phone belong together shows neither in the
    answer nor in the time it takes: the code is made and sent in the background, or not.
    """
    holder = holder_of(session, reference=parse_reference(reference) or "")
    place = holder.place_of(phone or "")
    if place is None:
        holder = NOBODY
    _end_codes(session, holder.reference, purpose, now)
    row = _add_code(session, holder.reference, purpose, _NOT_MADE_YET, now, now + CODE_LIVES)
    payload = {"code_id": row.id, "place": place}
    enqueue(session, SEND_CODE, payload=payload, key=f"{SEND_CODE}:{row.id}", now=now)


def deliver_code(session: Session, *, code_id: int, place: int | None, now: datetime) -> None:
    """Make the code that was asked for and write it to its holder; forget one asked for by a stranger."""
    row = session.get(OneTimeCode, code_id, with_for_update=True)
    if row is None:
        return
    holder = holder_of(session, reference=row.reference)
    if place is None or holder is NOBODY:
        session.delete(row)
        return
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
    row.code_hash = seal(_bound(row.id, code))
    row.expires_at = now + CODE_LIVES
    to = [(Channel.SMS, holder.phones[place])]
    if holder.email:
        to.append((Channel.MAIL, holder.email))
    for channel, recipient in to:
        write_message(
            session,
            channel=channel,
            recipient=recipient,
            locale=holder.locale,
            template=LETTER,
            context={
                "code": code,
                "reference": row.reference,
                "purpose": row.purpose.value,
                "minutes": int(CODE_LIVES / timedelta(minutes=1)),
                "event": dict(holder.titles),
            },
            key=f"{LETTER}:{row.id}:{channel.value}",
            now=now,
        )


def use_code(
    session: Session,
    *,
    reference: str,
    code: str,
    purpose: CodePurpose,
    now: datetime,
    takes_printed: bool = True,
) -> bool:
    """Tell whether a code opens a reference, once. A printed code serves any purpose where it is taken.

    A wrong try is counted in the same transaction, so that the door must commit it; who has used
    up the tries asks for a new code.
    """
    stored, typed = parse_reference(reference) or "", tidy_code(code)
    is_printed = takes_printed and len(typed) == PRINTED_CODE_SYMBOLS
    kind = CodePurpose.PRINTED if is_printed else purpose
    row = session.scalar(
        select(OneTimeCode)
        .where(
            OneTimeCode.reference == stored,
            OneTimeCode.reference != NOBODY.reference,
            OneTimeCode.purpose == kind,
            OneTimeCode.used_at.is_(None),
            OneTimeCode.expires_at > now,
        )
        .order_by(OneTimeCode.id.desc())
        .limit(1)
        .with_for_update()
    )
    right = opens(_bound(row.id if row else 0, typed), row.code_hash if row else _NOT_MADE_YET)
    if row is None:
        return False
    row.tries += 1
    if not right or row.tries > MOST_TRIES_OF_A_CODE:
        return False
    row.used_at = now
    return True


def print_code(session: Session, *, reference: str, now: datetime) -> str:
    """Return a code to print on a receipt: longer, used once, good until registration closes.

    One printed before ends. The door has let in whoever prints it.
    """
    stored = parse_reference(reference) or ""
    holder = holder_of(session, reference=stored)
    _end_codes(session, stored, CodePurpose.PRINTED, now)
    code = "".join(secrets.choice(ALPHABET) for _ in range(PRINTED_CODE_SYMBOLS))
    ends_at = now + PRINTED_CODE_LIVES
    if holder.closes_on is not None:
        ends_at = from_local(holder.closes_on + timedelta(days=1), time(0))
    row = _add_code(session, stored, CodePurpose.PRINTED, _NOT_MADE_YET, now, ends_at)
    row.code_hash = seal(_bound(row.id, code))
    session.flush()
    return code


def tidy_code(text: str) -> str:
    """Return a code as it is stored, from any way of typing it."""
    return "".join(sign for sign in western_digits(clean(text)).upper() if sign.isalnum())


def _bound(code_id: int, code: str) -> str:
    return f"{code_id}:{code}"


def _end_codes(session: Session, reference: str, purpose: CodePurpose, now: datetime) -> None:
    session.execute(
        update(OneTimeCode)
        .where(
            OneTimeCode.reference == reference,
            OneTimeCode.purpose == purpose,
            OneTimeCode.used_at.is_(None),
        )
        .values(used_at=now)
    )


def _add_code(
    session: Session,
    reference: str,
    purpose: CodePurpose,
    code_hash: str,
    now: datetime,
    expires_at: datetime,
) -> OneTimeCode:
    row = OneTimeCode(
        reference=reference, purpose=purpose, code_hash=code_hash, created_at=now, expires_at=expires_at
    )
    session.add(row)
    session.flush()
    return row
