"""Issuing, sending and printing in the background, once each."""

import io
import uuid
from email import message_from_bytes
from email.policy import default

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import Session

from fairapp.audit.domain import Role
from fairapp.badges import codes, tasks
from fairapp.badges.errors import NothingToPrint
from fairapp.badges.models import Badge, BadgePrint
from fairapp.badges.services.prints import ask_for_print, keep_print
from fairapp.messages.domain import Channel
from fairapp.messages.letters import write_letter
from fairapp.messages.models import Message, MessageAttachment
from fairapp.outbox.domain import WorkState
from fairapp.outbox.models import OutboxRow
from fairapp.outbox.services import enqueue
from fairapp.registrations.models import Registration
from tests import NOW
from tests.factories.accounts import make_actor
from tests.factories.badges import make_badge, make_placed_registration
from tests.factories.events import make_event, make_running_event

ORGANIZER = make_actor(Role.ORGANIZER)


def _ask(session: Session, task: str, registration: Registration) -> dict[str, object]:
    payload: dict[str, object] = {"registration_id": registration.id}
    enqueue(session, task, payload=payload, key=f"{task}:1", now=NOW)
    return payload | {"key": f"{task}:1"}


def _send_key(session: Session) -> str:
    return session.scalars(select(OutboxRow.key).where(OutboxRow.task == "badges.send_badges")).one()


def _letters(session: Session, channel: Channel) -> list[Message]:
    return list(session.scalars(select(Message).where(Message.channel == channel).order_by(Message.id)))


@pytest.mark.usefixtures("app_context")
def test_issue_task_run_twice_issues_once(session: Session) -> None:
    arguments = _ask(session, "badges.issue_badges", make_placed_registration(session, representatives=2))
    for _ in range(2):
        tasks.issue_badges(**arguments)
    session.expire_all()
    assert len(session.scalars(select(Badge)).all()) == 2


@pytest.mark.usefixtures("app_context")
def test_withdraw_task_is_marked_done(session: Session) -> None:
    registration = make_placed_registration(session)
    tasks.withdraw_badges(**_ask(session, "badges.withdraw_badges", registration))
    session.expire_all()
    assert session.scalars(select(OutboxRow.state)).all() == [WorkState.DONE]


@pytest.mark.usefixtures("app_context")
def test_send_task_writes_one_mail_with_pdf_and_qr_and_an_sms_to_who_has_a_phone(
    app: Flask, session: Session
) -> None:
    registration = make_placed_registration(session, representatives=2, email="coop@example.org")
    registration.representatives[1].phone = "+212661000001"
    tasks.issue_badges(**_ask(session, "badges.issue_badges", registration))
    for _ in range(2):
        tasks.send_badges(registration_id=registration.id, key=_send_key(session))
    session.expire_all()
    badges = session.scalars(select(Badge).order_by(Badge.id)).all()

    mail = _letters(session, Channel.MAIL)[0]
    files = session.scalars(select(MessageAttachment).order_by(MessageAttachment.id)).all()
    assert len(_letters(session, Channel.MAIL)) == 1
    assert [file.filename for file in files] == [
        "badges.pdf",
        *(f"inline-{badge.short_code}.png" for badge in badges),
    ]
    assert len(PdfReader(io.BytesIO(files[0].content)).pages) == 2
    assert [codes.read_photo(file.content) for file in files[1:]] == [badge.code for badge in badges]
    sms = _letters(session, Channel.SMS)
    assert [(m.recipient, m.context["path"]) for m in sms] == [("+212661000001", f"/b/{badges[1].token}")]

    text = write_letter(sms[0], [], app.extensions["settings"]).content.decode()
    assert f"http://localhost/b/{badges[1].token}" in text
    letter = message_from_bytes(write_letter(mail, files, app.extensions["settings"]).content, policy=default)
    plain, html = letter.get_body(("plain",)), letter.get_body(("html",))
    assert plain is not None
    assert html is not None
    for part in (plain.get_content(), html.get_content()):
        assert all(f"http://localhost/b/{badge.token}" in part for badge in badges)
        assert "A-14" in part
        assert "Vos badges pour Foire" in part.replace("\u2068", "")
    assert all(f'src="cid:inline-{badge.short_code}.png"' in html.get_content() for badge in badges)
    assert [part.get_filename() for part in letter.iter_attachments()] == ["badges.pdf"]


@pytest.mark.usefixtures("app_context")
def test_send_task_without_an_address_sends_sms_to_the_registrations_phone(session: Session) -> None:
    registration = make_placed_registration(session, email=None, phone="+212661000002")
    registration.cooperative.email = None
    tasks.issue_badges(**_ask(session, "badges.issue_badges", registration))
    tasks.send_badges(registration_id=registration.id, key=_send_key(session))
    session.expire_all()
    assert [(m.channel, m.recipient) for m in session.scalars(select(Message))] == [
        (Channel.SMS, "+212661000002")
    ]


@pytest.mark.usefixtures("app_context")
def test_send_task_of_badges_withdrawn_meanwhile_writes_nothing(session: Session) -> None:
    badge = make_badge(session)
    badge.revoked_at = NOW
    session.flush()
    tasks.send_badges(registration_id=badge.registration_id, key=_send_key(session))
    session.expire_all()
    assert session.scalars(select(Message)).all() == []
    assert session.scalars(select(OutboxRow.state)).all() == [WorkState.DONE]


@pytest.mark.usefixtures("app_context")
def test_print_task_keeps_one_pdf_of_all_valid_badges(session: Session) -> None:
    event = make_running_event(session)
    badges = [make_badge(session, event=event, stand=f"P-{number}") for number in range(3)]
    badges[0].revoked_at = NOW
    first = ask_for_print(session, actor=ORGANIZER, event=event, print_id=uuid.uuid4(), now=NOW)
    asked = ask_for_print(session, actor=ORGANIZER, event=event, print_id=uuid.uuid4(), now=NOW)

    for one in (first, asked):
        tasks.print_event(print_id=str(one.id), event_id=event.id, key=f"badges.print_event:{one.id}")
    session.expire_all()

    kept = session.scalars(select(BadgePrint)).one()
    assert (kept.id, kept.badges) == (asked.id, 2)
    assert len(PdfReader(io.BytesIO(kept.content or b"")).pages) == 2


def test_ask_for_print_without_badges_is_refused(session: Session) -> None:
    with pytest.raises(NothingToPrint):
        ask_for_print(session, actor=ORGANIZER, event=make_event(session), print_id=uuid.uuid4(), now=NOW)
    assert session.scalars(select(OutboxRow)).all() == []


def test_keep_print_that_was_replaced_keeps_nothing(session: Session) -> None:
    assert keep_print(session, print_id=uuid.uuid4(), content=b"x", badges=1, now=NOW) is None
