"""Sending mail in a real SMTP conversation."""

from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default

import pytest
from flask import Flask
from jinja2 import ChoiceLoader, DictLoader
from pydantic import SecretStr
from sqlalchemy import select

from fairapp.foundation.database import transaction
from fairapp.messages import services
from fairapp.messages.domain import Attachment, Channel, MessageState
from fairapp.messages.models import Message, MessageAttachment
from fairapp.messages.tasks import send_message
from fairapp.outbox.domain import WorkState
from fairapp.outbox.models import OutboxRow
from tests import NOW
from tests.processes import MailServer, free_port

CONTEXT = {"name": "تعاونية أركان", "link": "http://localhost/ar/invitation/x"}


@pytest.fixture
def server(committed: Flask) -> Iterator[MailServer]:
    server = MailServer(free_port()).start()
    settings = committed.extensions["settings"]
    committed.extensions["settings"] = settings.model_copy(update={"mail_url": SecretStr(server.url)})
    yield server
    server.stop()


@pytest.fixture
def templates(committed: Flask) -> None:
    """Templates of a mail that only this test knows."""
    texts = {
        "mail/test/letter.subject.txt": "Votre demande – {{ name }}",
        "mail/test/letter.txt": "{{ name }}\n{{ link }}",
        "mail/test/letter.html": "<p dir=rtl>{{ name }}</p>",
        "mail/test/letter.sms.txt": "{{ name }}",
    }
    loader = committed.jinja_env.loader
    committed.jinja_env.loader = ChoiceLoader([DictLoader(texts), *([loader] if loader else [])])


def write(channel: Channel = Channel.MAIL, recipient: str = "argan@coop.example") -> int:
    with transaction() as session:
        return services.write_message(
            session,
            channel=channel,
            recipient=recipient,
            locale="ar",
            template="test/letter",
            context=CONTEXT,
            key="registration:1",
            now=NOW,
            attachments=[Attachment("fair.ics", "text/calendar", b"BEGIN:VCALENDAR")],
        ).id


def states() -> tuple[MessageState, WorkState]:
    with transaction() as session:
        return (
            session.scalars(select(Message.state)).one(),
            session.scalars(select(OutboxRow.state).where(OutboxRow.task == services.SEND_MESSAGE)).one(),
        )


def test_write_message_twice_with_one_key_is_one_message(committed: Flask) -> None:
    with committed.app_context():
        assert write() == write()


def test_send_message_hands_over_text_html_and_files(
    committed: Flask, server: MailServer, templates: None
) -> None:
    with committed.app_context():
        message_id = write()
        send_message(message_id=message_id, key=f"message:{message_id}")
        assert states() == (MessageState.SENT, WorkState.DONE)
    mail = message_from_bytes(server.mails[0], policy=default)
    assert mail["Subject"] == "Votre demande – تعاونية أركان"
    assert [part.get_content_type() for part in mail.walk() if not part.is_multipart()] == [
        "text/plain",
        "text/html",
        "text/calendar",
    ]


def test_sent_message_is_forgotten_but_for_its_delivery(
    committed: Flask, server: MailServer, templates: None
) -> None:
    with committed.app_context():
        message_id = write()
        send_message(message_id=message_id, key=f"message:{message_id}")
        with transaction() as session:
            message = session.scalars(select(Message)).one()
            assert (message.recipient, message.context) == ("argan@coop.example", {})
            assert session.scalars(select(MessageAttachment)).all() == []


def test_send_message_twice_hands_over_once(committed: Flask, server: MailServer, templates: None) -> None:
    with committed.app_context():
        message_id = write()
        for _ in range(2):
            send_message(message_id=message_id, key=f"message:{message_id}")
    assert len(server.mails) == 1


def test_send_message_refused_for_now_waits(committed: Flask, server: MailServer, templates: None) -> None:
    server.refuse_with = "451 later"
    with committed.app_context():
        message_id = write()
        send_message(message_id=message_id, key=f"message:{message_id}")
        assert states() == (MessageState.WAITING, WorkState.WAITING)


def test_send_message_refused_for_good_fails(committed: Flask, server: MailServer, templates: None) -> None:
    server.refuse_with = "550 no such person"
    with committed.app_context():
        message_id = write()
        send_message(message_id=message_id, key=f"message:{message_id}")
        assert states() == (MessageState.FAILED, WorkState.DONE)


def test_send_message_without_server_stays_waiting(
    committed: Flask, server: MailServer, templates: None
) -> None:
    server.stop()
    with committed.app_context():
        message_id = write()
        with pytest.raises(ConnectionRefusedError):
            send_message(message_id=message_id, key=f"message:{message_id}")
        assert states() == (MessageState.WAITING, WorkState.WAITING)


def test_send_message_that_stayed_sending_is_left_to_a_person(
    committed: Flask, server: MailServer, templates: None
) -> None:
    with committed.app_context():
        message_id = write()
        with transaction() as session:
            services.begin_sending(session, message_id=message_id, now=NOW)
        send_message(message_id=message_id, key=f"message:{message_id}")
        assert states() == (MessageState.SENDING, WorkState.DONE)
        assert server.mails == []
        with transaction() as session:
            again = services.send_message_again(session, message_id=message_id, now=NOW)
        send_message(message_id=again.id, key=f"message:{message_id}:again:{NOW.isoformat()}")
    assert len(server.mails) == 1


def test_sms_without_gateway_fails_and_is_listed(committed: Flask, templates: None) -> None:
    with committed.app_context():
        message_id = write(Channel.SMS, "+212600000000")
        send_message(message_id=message_id, key=f"message:{message_id}")
        assert states() == (MessageState.FAILED, WorkState.DONE)
