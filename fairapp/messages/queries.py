"""Reads of the delivery log."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from fairapp.foundation.errors import NotFound
from fairapp.messages.domain import MessageState
from fairapp.messages.models import Message, MessageAttachment


def message_for_update(session: Session, *, message_id: int) -> Message:
    """Return a message, locked.

    Raises: NotFound.
    """
    message = session.scalar(select(Message).where(Message.id == message_id).with_for_update())
    if message is None:
        raise NotFound()
    return message


def attachments_of(session: Session, *, message_id: int) -> Sequence[MessageAttachment]:
    """Return the files of a message in their order."""
    return session.scalars(
        select(MessageAttachment)
        .where(MessageAttachment.message_id == message_id)
        .order_by(MessageAttachment.id)
    ).all()


def stuck_messages(session: Session, *, most: int = 200) -> Sequence[Message]:
    """Return messages that a person must look at: `sending` that stayed, and failed ones."""
    return session.scalars(
        select(Message)
        .where(Message.state.in_((MessageState.SENDING, MessageState.FAILED)))
        .order_by(Message.created_at)
        .limit(most)
    ).all()


def messages_about(session: Session, *, subject_type: str, subject_id: str) -> Sequence[Message]:
    """Return the messages about one subject, newest first."""
    return session.scalars(
        select(Message)
        .where(Message.subject_type == subject_type, Message.subject_id == subject_id)
        .order_by(Message.id.desc())
    ).all()
