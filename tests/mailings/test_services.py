"""Writing, sending and settling mailings: once each, in each one's language, and on record."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from fairapp.audit.domain import Role
from fairapp.audit.models import AuditEntry
from fairapp.events.models import Event
from fairapp.mailings import queries, services
from fairapp.mailings.domain import Delivery, Reach, Texts
from fairapp.mailings.errors import (
    AddressMissing,
    AlreadySent,
    AudienceChanged,
    MailingNotFound,
    NobodyToWriteTo,
    PlaceholderUnknown,
    RecipientNotFound,
    TooManyMailings,
)
from fairapp.mailings.models import Mailing, MailingRecipient
from fairapp.mailings.tasks import write_part
from fairapp.messages.domain import Channel, MessageState
from fairapp.messages.letters import write_letter
from fairapp.messages.models import Message
from fairapp.outbox.models import OutboxRow
from fairapp.registrations.models import Registration
from fairapp.registrations.queries.filters import QueueFilters
from tests import NOW
from tests.factories.accounts import make_account, make_actor
from tests.factories.cooperatives import make_cooperative
from tests.factories.events import make_event
from tests.factories.mailings import make_mailing
from tests.factories.registrations import make_registration
from tests.registrations.mails import parts_of

pytestmark = pytest.mark.usefixtures("app_context")

ORGANIZER = make_actor(Role.ORGANIZER)
ALL = QueueFilters(states=())
TEXTS = Texts(
    "خبر من {التظاهرة}",
    "مرحبا {التعاونية}، {الأيام}.",
    "Nouvelle de {événement}",
    "Bonjour {coopérative}, {jours} : {lien}",
)


def _group(session: Session) -> tuple[Event, list[Registration]]:
    """Make one who reads Arabic and mail, one who reads French by SMS, one with a land line only."""
    event = make_event(session)
    made = [
        make_registration(session, event=event, cooperative=make_cooperative(session, **about), locale=locale)
        for about, locale in (
            ({"email": "amal@coop.example"}, "ar"),
            ({"email": None, "phone": "+212612340001"}, "fr"),
            ({"email": None, "phone": "+212523456789"}, "ar"),
        )
    ]
    return event, made


def _write(session: Session, event: Event, **changes: Any) -> Mailing:
    given: dict[str, Any] = {"actor": ORGANIZER, "filters": ALL, "texts": TEXTS, "now": NOW}
    return services.write_mailing(session, event=event, **(given | changes))


def _send(session: Session, event: Event, mailing: Mailing, expected: int = 3, **changes: Any) -> Mailing:
    given: dict[str, Any] = {"actor": ORGANIZER, "filters": ALL, "expected": expected, "now": NOW}
    return services.send_mailing(session, event=event, code=mailing.code, **(given | changes))


def _sent(session: Session) -> list[Message]:
    return list(
        session.scalars(select(Message).where(Message.template == services.TEMPLATE).order_by(Message.id))
    )


def _actions(session: Session) -> list[str]:
    query = (
        select(AuditEntry.action).where(AuditEntry.subject_type == "mailing").order_by(AuditEntry.sequence)
    )
    return list(session.scalars(query))


def test_send_writes_to_each_in_the_language_and_channel_of_each(session: Session) -> None:
    event, made = _group(session)
    mailing = _write(session, event)
    assert _sent(session) == []
    _send(session, event, mailing)
    assert [(message.channel, message.recipient, message.locale) for message in _sent(session)] == [
        (Channel.MAIL, "amal@coop.example", "ar"),
        (Channel.SMS, "+212612340001", "fr"),
    ]
    recipients = session.scalars(select(MailingRecipient).order_by(MailingRecipient.id)).all()
    assert [(row.registration_id, row.reach) for row in recipients] == [
        (made[0].id, Reach.MAIL),
        (made[1].id, Reach.SMS),
        (made[2].id, Reach.CALL),
    ]
    assert len({row.token for row in recipients}) == 3
    assert _actions(session) == ["mailings.write", "mailings.send"]


def test_send_twice_goes_once(session: Session) -> None:
    event, _made = _group(session)
    mailing = _write(session, event)
    _send(session, event, mailing)
    _send(session, event, mailing, expected=0)
    assert len(_sent(session)) == 2
    assert _actions(session) == ["mailings.write", "mailings.send"]


def test_send_to_another_group_than_was_seen_is_refused(session: Session) -> None:
    event, _made = _group(session)
    mailing = _write(session, event)
    with pytest.raises(AudienceChanged):
        _send(session, event, mailing, expected=2)
    assert (mailing.sent_at, _sent(session)) == (None, [])


def test_write_with_a_mistake_keeps_nothing(session: Session) -> None:
    event, _made = _group(session)
    with pytest.raises(PlaceholderUnknown):
        _write(session, event, texts=Texts("x", "{nom}", "x", "x"))
    with pytest.raises(NobodyToWriteTo):
        _write(session, event, filters=QueueFilters(text="nobody at all"))
    assert session.scalars(select(Mailing)).all() == []


def test_send_too_often_in_a_day_is_refused(session: Session) -> None:
    event, made = _group(session)
    for _ in range(10):
        make_mailing(session, made[0])
    mailing = _write(session, event)
    with pytest.raises(TooManyMailings):
        _send(session, event, mailing)
    _send(session, event, mailing, now=NOW + timedelta(hours=25))
    assert len(_sent(session)) == 2


def test_send_to_many_writes_the_rest_in_the_background(session: Session) -> None:
    event = make_event(session)
    for _ in range(services.AT_ONCE + 2):
        make_registration(session, event=event, cooperative=make_cooperative(session))
    mailing = _write(session, event)
    _send(session, event, mailing, expected=services.AT_ONCE + 2)
    assert len(_sent(session)) == services.AT_ONCE
    part = session.scalars(select(OutboxRow).where(OutboxRow.task == services.WRITE_PART)).one()
    session.commit()
    for _twice in range(2):
        write_part(**part.payload, key=part.key)
    session.expire_all()
    assert len(_sent(session)) == services.AT_ONCE + 2
    assert queries.open_recipients(session, mailing_id=mailing.id, most=5) == []


def test_rewrite_and_drop_only_before_sending(session: Session) -> None:
    event, _made = _group(session)
    mailing = _write(session, event)
    given: dict[str, Any] = {"actor": ORGANIZER, "event": event, "code": mailing.code, "now": NOW}
    services.rewrite_mailing(session, texts=Texts("أ", "ب", "A", "B"), **given)
    assert (mailing.subject_ar, mailing.body_fr) == ("أ", "B")
    _send(session, event, mailing)
    with pytest.raises(AlreadySent):
        services.rewrite_mailing(session, texts=TEXTS, **given)
    with pytest.raises(AlreadySent):
        services.drop_mailing(session, **given)
    draft = _write(session, event)
    services.drop_mailing(session, **(given | {"code": draft.code}))
    assert list(session.scalars(select(Mailing.code))) == [mailing.code]


def test_trial_goes_to_the_writer_in_both_languages_and_opens_nothing(session: Session) -> None:
    event, _made = _group(session)
    mailing = _write(session, event)
    example = queries.audience_of(session, event_id=event.id, filters=ALL)[0]
    given: dict[str, Any] = {"event": event, "code": mailing.code, "example": example, "now": NOW}
    writer = make_actor(Role.ORGANIZER, account=make_account(session, Role.ORGANIZER))
    services.send_trial(session, actor=writer, email="me@office.example", **given)
    assert [(message.recipient, message.locale) for message in _sent(session)] == [
        ("me@office.example", "ar"),
        ("me@office.example", "fr"),
    ]
    assert [message.context["token"] for message in _sent(session)] == [None, None]
    with pytest.raises(AddressMissing):
        services.send_trial(session, actor=writer, email=None, **given)
    assert session.scalars(select(MailingRecipient)).all() == []


def test_opened_is_noted_the_first_time(session: Session) -> None:
    event, _made = _group(session)
    _send(session, event, _write(session, event))
    recipient = session.scalars(select(MailingRecipient)).first()
    assert recipient is not None
    for hours in (1, 2):
        services.note_opened(session, token=recipient.token, now=NOW + timedelta(hours=hours))
    assert recipient.opened_at == NOW + timedelta(hours=1)
    with pytest.raises(RecipientNotFound):
        services.note_opened(session, token="unknown", now=NOW)


def test_call_is_noted_by_who_was_first(session: Session) -> None:
    event, made = _group(session)
    mailing = _send(session, event, _write(session, event))
    account = make_account(session, Role.ORGANIZER, name="Nadia")
    given: dict[str, Any] = {"event": event, "code": mailing.code, "reference": made[2].reference, "now": NOW}
    caller = make_actor(Role.ORGANIZER, account=account)
    services.mark_called(session, actor=caller, note="ستحضر", **given)
    services.mark_called(session, actor=ORGANIZER, note="again", **given)
    (row,) = queries.every_delivery(session, mailing_id=mailing.id, delivery=Delivery.CALLED)
    assert (row.called_by, row.call_note) == ("Nadia", "ستحضر")
    assert _actions(session)[-1] == "mailings.call"
    with pytest.raises(RecipientNotFound):
        services.mark_called(session, actor=ORGANIZER, note=None, **(given | {"reference": "AAAAAAAA"}))
    with pytest.raises(MailingNotFound):
        services.mark_called(session, actor=ORGANIZER, note=None, **(given | {"event": make_event(session)}))


def test_delivery_tells_how_far_each_is(session: Session) -> None:
    event, _made = _group(session)
    mailing = _send(session, event, _write(session, event))
    first, second = _sent(session)
    first.state, first.sent_at = MessageState.SENT, NOW
    second.state, second.error = MessageState.FAILED, "refused with 550"
    session.flush()

    def count(delivery: Delivery | None) -> int:
        found = queries.delivery_page(session, mailing_id=mailing.id, delivery=delivery)
        assert found.total == len(found.rows)
        return found.total

    assert queries.delivery_counts(session, mailing_id=mailing.id) == {
        "all": 3,
        "waiting": 0,
        "sent": 1,
        "failed": 1,
        "opened": 0,
        "to_call": 2,
        "called": 0,
    }
    assert [count(delivery) for delivery in (None, *Delivery)] == [3, 0, 1, 1, 0, 2, 0]
    rows = queries.every_delivery(session, mailing_id=mailing.id, delivery=None)
    assert [(row.delivery, row.error) for row in rows] == [
        (Delivery.SENT, None),
        (Delivery.FAILED, "refused with 550"),
        (Delivery.TO_CALL, None),
    ]
    assert [
        (row.recipients, row.failed, row.opened) for row in queries.mailings_of(session, event_id=event.id)
    ] == [(3, 1, 0)]


def test_messages_carry_real_values_and_the_link(app: Flask, session: Session) -> None:
    event, made = _group(session)
    made[0].cooperative.name_ar = 'تعاونية <b>"الأمل"</b> {lien}'
    made[1].cooperative.name_fr = "Coopérative Espoir"
    _send(session, event, _write(session, event))
    letters = []
    for message in _sent(session):
        with app.app_context():  # as in a worker: each message in a context of its own
            letters.append(write_letter(message, (), app.extensions["settings"]))
    mail, sms = letters
    parts = parts_of(mail.content)
    text, html = parts["text/plain"], parts["text/html"]
    token = _sent(session)[0].context["token"]
    assert parts["subject"] == f"خبر من {event.title_ar}"
    assert 'مرحبا تعاونية <b>"الأمل"</b> {lien}، من' in text
    assert f"http://localhost/m/{token}" in text
    assert "&lt;b&gt;" in html
    assert f'href="http://localhost/m/{token}"' in html
    said = sms.content.decode()
    assert said.startswith("Bonjour Coopérative Espoir, ")
    assert said.endswith(f": http://localhost/m/{_sent(session)[1].context['token']}")
