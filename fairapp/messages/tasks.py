"""Sending a message, in the three steps of `messages.services`."""

from celery import shared_task
from flask import current_app

from config import Settings
from fairapp.foundation.clock import utc_now
from fairapp.foundation.database import transaction
from fairapp.messages import queries, services
from fairapp.messages.carriers import LetterRefused, carrier_for
from fairapp.messages.domain import MessageState
from fairapp.messages.letters import write_letter
from fairapp.outbox.services import RELIABLE


@shared_task(name="messages.send_message", **RELIABLE)
def send_message(*, message_id: int, key: str) -> None:
    """Send one message; never hands it over twice."""
    settings: Settings = current_app.extensions["settings"]
    with transaction() as session:
        message = queries.message_for_update(session, message_id=message_id)
        files = queries.attachments_of(session, message_id=message_id)
        if message.state is not MessageState.WAITING:
            services.settle_without_sending(session, message_id=message_id, key=key, now=utc_now())
            return

    def begin() -> bool:
        with transaction() as session:
            return services.begin_sending(session, message_id=message_id, now=utc_now())

    letter = write_letter(message, files, settings)
    try:
        handed_over = carrier_for(message.channel, settings).deliver(letter, begin)
    except LetterRefused as refusal:
        with transaction() as session:
            services.mark_refused(
                session,
                message_id=message_id,
                key=key,
                error=str(refusal),
                final=refusal.final,
                now=utc_now(),
            )
        return
    if handed_over:
        with transaction() as session:
            services.mark_sent(session, message_id=message_id, key=key, now=utc_now())
