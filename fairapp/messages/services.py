"""Writing messages, and the three steps of sending one (promises B10).

A message is marked `sending`, in a transaction of its own, only when the server has taken
sender and recipient and waits for the content; and `sent` after the server took it. Killed
before the mark it is sent again by itself; killed after it, it stays `sending` and a person
decides. So no server ever takes a message twice.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from fairapp.messages import queries
from fairapp.messages.domain import Attachment, Channel, MessageState
from fairapp.messages.models import Message, MessageAttachment
from fairapp.outbox.services import claim, enqueue

SEND_MESSAGE = "messages.send_message"


def write_message(
    session: Session,
    *,
    channel: Channel,
    recipient: str,
    locale: str,
    template: str,
    context: Mapping[str, Any],
    key: str,
    now: datetime,
    attachments: Sequence[Attachment] = (),
    subject_type: str | None = None,
    subject_id: object | None = None,
) -> Message:
    """Write a message and ask for its sending; written twice with one key, it is one message.

    `template` names files in `templates/mail/`, `context` is plain JSON for it, `locale` is
    the recipient's language.
    """
    known = session.scalar(select(Message).where(Message.key == key))
    if known is not None:
        return known
    message = Message(
        key=key,
        channel=channel,
        recipient=recipient,
        locale=locale,
        template=template,
        context=dict(context),
        subject_type=subject_type,
        subject_id=None if subject_id is None else str(subject_id),
        state=MessageState.WAITING,
        created_at=now,
    )
    session.add(message)
    session.flush()
    session.add_all(
        MessageAttachment(
            message_id=message.id, filename=file.filename, media_type=file.media_type, content=file.content
        )
        for file in attachments
    )
    enqueue(session, SEND_MESSAGE, payload={"message_id": message.id}, key=f"message:{message.id}", now=now)
    return message


def begin_sending(session: Session, *, message_id: int, now: datetime) -> bool:
    """Mark a waiting message `sending`; False when another worker was faster or it is past that."""
    message = queries.message_for_update(session, message_id=message_id)
    if message.state is not MessageState.WAITING:
        return False
    message.state = MessageState.SENDING
    message.sending_at = now
    return True


def mark_sent(session: Session, *, message_id: int, key: str, now: datetime) -> None:
    """Note that the server took the message, and that the work is done; forget what it said."""
    message = queries.message_for_update(session, message_id=message_id)
    message.state = MessageState.SENT
    message.sent_at = now
    message.error = None
    _forget_content(session, message)
    claim(session, key=key, now=now)


def mark_refused(
    session: Session, *, message_id: int, key: str, error: str, final: bool, now: datetime
) -> None:
    """Note a refusal by the server: final ones fail the message, others leave it waiting."""
    message = queries.message_for_update(session, message_id=message_id)
    message.error = error[:500]
    message.state = MessageState.FAILED if final else MessageState.WAITING
    if final:
        claim(session, key=key, now=now)


def settle_without_sending(session: Session, *, message_id: int, key: str, now: datetime) -> None:
    """Mark the work of a message that is past waiting as done; the message keeps its state."""
    queries.message_for_update(session, message_id=message_id)
    claim(session, key=key, now=now)


def send_message_again(session: Session, *, message_id: int, now: datetime) -> Message:
    """Send a failed or stuck message once more, because a person decided so."""
    message = queries.message_for_update(session, message_id=message_id)
    message.state, message.error, message.sending_at = MessageState.WAITING, None, None
    enqueue(
        session,
        SEND_MESSAGE,
        payload={"message_id": message.id},
        key=f"message:{message.id}:again:{now.isoformat()}",
        now=now,
    )
    return message


def settle_message(session: Session, *, message_id: int, now: datetime) -> Message:
    """Note that a stuck message did arrive, because a person found out."""
    message = queries.message_for_update(session, message_id=message_id)
    message.state, message.sent_at = MessageState.SENT, now
    _forget_content(session, message)
    return message


def _forget_content(session: Session, message: Message) -> None:
    # What arrived is not sent again: links that open accounts need not stay readable here.
    message.context = {}
    session.execute(delete(MessageAttachment).where(MessageAttachment.message_id == message.id))
