"""What a person decides about work and messages that are stuck; recorded with who decided."""

from datetime import datetime

from sqlalchemy.orm import Session

from fairapp.accounts.domain import STUCK_AFTER
from fairapp.accounts.errors import NotStuck
from fairapp.audit import services as audit
from fairapp.audit.domain import Actor
from fairapp.messages import queries as messages
from fairapp.messages import services as sending
from fairapp.messages.domain import MessageState
from fairapp.messages.models import Message
from fairapp.outbox.services import send_again


def do_work_again(session: Session, *, actor: Actor, key: str, now: datetime) -> None:
    """Give a piece of background work fresh tries.

    Raises: NotFound.
    """
    row = send_again(session, key=key, now=now)
    _record(session, actor, "operations.work_sent_again", "outbox_row", row.id, now)


def send_again_message(session: Session, *, actor: Actor, message_id: int, now: datetime) -> None:
    """Send a stuck message once more, although it may have arrived.

    Raises: NotFound, NotStuck.
    """
    _refuse_unless_stuck(messages.message_for_update(session, message_id=message_id), now)
    sending.send_message_again(session, message_id=message_id, now=now)
    _record(session, actor, "operations.message_sent_again", "message", message_id, now)


def settle_stuck_message(session: Session, *, actor: Actor, message_id: int, now: datetime) -> None:
    """Note that a stuck message did arrive.

    Raises: NotFound, NotStuck.
    """
    _refuse_unless_stuck(messages.message_for_update(session, message_id=message_id), now)
    sending.settle_message(session, message_id=message_id, now=now)
    _record(session, actor, "operations.message_settled", "message", message_id, now)


def is_stuck(message: Message, *, now: datetime) -> bool:
    """Tell whether a message failed, or has been on its way for longer than any server takes."""
    if message.state is MessageState.SENDING:
        return message.sending_at is None or message.sending_at <= now - STUCK_AFTER
    return message.state is MessageState.FAILED


def _refuse_unless_stuck(message: Message, now: datetime) -> None:
    if not is_stuck(message, now=now):
        raise NotStuck()


def _record(
    session: Session, actor: Actor, action: str, subject_type: str, subject_id: int, now: datetime
) -> None:
    audit.record(
        session, actor=actor, action=action, subject_type=subject_type, subject_id=subject_id, now=now
    )
