"""One-time codes, and going on with a registration on another phone."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fairapp.foundation.clock import utc_now
from fairapp.foundation.ids import new_reference, show_reference
from fairapp.messages.domain import Channel
from fairapp.messages.letters import write_letter
from fairapp.messages.models import Message
from fairapp.outbox.models import OutboxRow
from fairapp.registrations.domain import MOST_TRIES_OF_A_CODE, CodePurpose
from fairapp.registrations.models import OneTimeCode, Registration, RegistrationDraft
from fairapp.registrations.services.codes import SEND_CODE, deliver_code, print_code, send_code, use_code
from tests import NOW
from tests.databases import make_settings
from tests.factories.events import make_event, make_market
from tests.factories.registrations import make_registration
from tests.registrations.answers import RIGHT, SEND, walk

PHONE = "+212612345678"
RESUME = CodePurpose.RESUME


def _deliver(session: Session) -> None:
    """Do what the worker does with the codes that were asked for."""
    for row in session.scalars(select(OutboxRow).where(OutboxRow.task == SEND_CODE).order_by(OutboxRow.id)):
        deliver_code(session, **row.payload, now=NOW)
        session.delete(row)
    session.flush()


def _sent(session: Session) -> str:
    """Return the newest code that was written."""
    query = select(Message).where(Message.template == "registrations/code").order_by(Message.id.desc())
    message = session.scalars(query).first()
    assert message is not None
    return str(message.context["code"])


def _ask(session: Session, reference: str, phone: str = PHONE) -> str:
    send_code(session, reference=reference, phone=phone, purpose=RESUME, now=NOW)
    _deliver(session)
    return _sent(session)


def test_a_code_opens_once(app_context: Flask, session: Session) -> None:
    registration = make_registration(session, phone=PHONE, email=None)
    code = _ask(session, registration.reference)
    assert re.fullmatch(r"[0-9]{6}", code)
    assert use_code(
        session, reference=registration.reference, code=f" {code[:3]} {code[3:]}", purpose=RESUME, now=NOW
    )
    assert not use_code(session, reference=registration.reference, code=code, purpose=RESUME, now=NOW)
    assert code not in session.scalars(select(OneTimeCode.code_hash)).one()


def test_a_code_goes_by_sms_and_to_the_address(app_context: Flask, session: Session) -> None:
    registration = make_registration(session, phone=PHONE, email="a@example.com")
    _ask(session, registration.reference)
    found = session.execute(select(Message.channel, Message.recipient).order_by(Message.id)).all()
    assert [tuple(row) for row in found] == [(Channel.SMS, PHONE), (Channel.MAIL, "a@example.com")]


def test_a_code_lives_ten_minutes(app_context: Flask, session: Session) -> None:
    reference = make_registration(session, phone=PHONE).reference
    code = _ask(session, reference)
    late = NOW + timedelta(minutes=10)
    assert not use_code(session, reference=reference, code=code, purpose=RESUME, now=late)


def test_a_code_takes_five_tries(app_context: Flask, session: Session) -> None:
    reference = make_registration(session, phone=PHONE).reference
    code = _ask(session, reference)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    for _ in range(MOST_TRIES_OF_A_CODE):
        assert not use_code(session, reference=reference, code=wrong, purpose=RESUME, now=NOW)
    assert not use_code(session, reference=reference, code=code, purpose=RESUME, now=NOW)


def test_a_new_code_ends_the_older(app_context: Flask, session: Session) -> None:
    reference = make_registration(session, phone=PHONE).reference
    first = _ask(session, reference)
    second = _ask(session, reference)
    if first != second:
        assert not use_code(session, reference=reference, code=first, purpose=RESUME, now=NOW)
    assert use_code(session, reference=reference, code=second, purpose=RESUME, now=NOW)


def test_a_code_for_one_purpose_serves_no_other(app_context: Flask, session: Session) -> None:
    reference = make_registration(session, phone=PHONE).reference
    code = _ask(session, reference)
    assert not use_code(session, reference=reference, code=code, purpose=CodePurpose.CONFIRM, now=NOW)


@pytest.mark.parametrize("known", [True, False])
def test_a_stranger_gets_no_code_and_ends_none(app_context: Flask, session: Session, known: bool) -> None:
    reference = make_registration(session, phone=PHONE).reference
    code = _ask(session, reference)
    asked = reference if known else new_reference()
    send_code(session, reference=asked, phone="+212699999999", purpose=RESUME, now=NOW)
    _deliver(session)
    assert session.scalar(select(func.count(OneTimeCode.id))) == 1
    assert use_code(session, reference=reference, code=code, purpose=RESUME, now=NOW)


def test_a_printed_code_is_longer_and_lives_until_registration_closes(
    app_context: Flask, session: Session
) -> None:
    registration = make_registration(session, phone=PHONE)
    code = print_code(session, reference=registration.reference, now=NOW)
    assert len(code) == 8
    later = NOW + timedelta(days=9)
    typed = f"{code[:4]}-{code[4:]}".lower()
    assert use_code(session, reference=registration.reference, code=typed, purpose=RESUME, now=later)
    assert not use_code(session, reference=registration.reference, code=typed, purpose=RESUME, now=later)
    again = print_code(session, reference=registration.reference, now=NOW)
    after = NOW + timedelta(days=12)
    assert not use_code(session, reference=registration.reference, code=again, purpose=RESUME, now=after)


def _resume(app: Flask, session: Session, path: str, reference: str) -> FlaskClient:
    """Go on in another browser, as far as its first page."""
    other = app.test_client()
    asked = other.post(path, data={"reference": reference.lower(), "phone": "06 12 34 56 78"})
    assert asked.status_code == 303, asked.text
    with app.app_context():
        _deliver(session)
        session.commit()
    opened = other.post(asked.headers["Location"], data={"code": _sent(session)})
    assert opened.status_code == 303, opened.text
    other.start = opened.headers["Location"]  # type: ignore[attr-defined] # where it goes on
    return other


@pytest.mark.parametrize("step", ["place", "products", "stops", "stand", "people", "check"])
def test_killed_after_any_step_it_goes_on_elsewhere_and_is_one_registration(
    app: Flask, client: FlaskClient, session: Session, step: str
) -> None:
    event = make_market(session)
    walk(client, event.slug, until=step)
    reference = session.scalars(select(RegistrationDraft.reference)).one()
    other = _resume(app, session, f"/ar/events/{event.slug}/register/resume", reference)
    where = other.get(other.start).headers["Location"]  # type: ignore[attr-defined] # as above
    assert where.endswith(f"/register/{step}")
    while not where.endswith("/check"):
        name = where.rpartition("/")[2]
        where = other.post(where, data=RIGHT[name]).headers["Location"]
    sent = [other.post(where, data=SEND), client.post(where, data=SEND)]
    assert [answer.status_code for answer in sent] == [303, 303]
    assert session.scalars(select(Registration.reference)).one() == reference
    receipt = other.get(sent[0].headers["Location"])
    assert f"{reference[:4]}-{reference[4:]}" in receipt.text


def test_what_was_sent_is_tracked_from_another_phone(app: Flask, session: Session) -> None:
    registration = make_registration(session, phone=PHONE)
    session.commit()
    other = _resume(app, session, "/fr/track/resume", registration.reference)
    assert other.get(other.start).status_code == 200  # type: ignore[attr-defined] # as above


def test_known_and_unknown_are_answered_alike(app: Flask, session: Session) -> None:
    registration = make_registration(session, phone=PHONE)
    session.commit()
    answers = []
    for reference, phone in (
        (registration.reference, PHONE),
        (new_reference(), PHONE),
        (registration.reference, "0699999999"),
    ):
        browser = app.test_client()
        asked = browser.post("/ar/track/resume", data={"reference": reference, "phone": phone})
        page = browser.get(asked.headers["Location"])
        tried = browser.post(asked.headers["Location"], data={"code": "000000"})
        shown = f"{reference[:4]}-{reference[4:]}"
        text = page.text.replace(reference, "").replace(shown, "")
        answers.append((asked.status_code, asked.headers["Location"], tried.status_code, len(text)))
    assert len(set(answers)) == 1


def test_a_reference_takes_five_codes_in_a_quarter_of_an_hour(app: Flask, session: Session) -> None:
    reference = make_registration(session, phone=PHONE).reference
    session.commit()
    browser = app.test_client()
    typed = {"reference": reference, "phone": PHONE}
    answers = [browser.post("/ar/track/resume", data=typed).status_code for _ in range(6)]
    assert answers == [303] * 5 + [429]


def test_without_a_reference_the_code_page_leads_back(client: FlaskClient) -> None:
    answer = client.get("/ar/track/resume/code")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/ar/track/resume")


def test_two_phones_save_the_same_step_and_see_both(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    event = make_event(session)
    walk(client, event.slug, until="check")
    path = f"/en/events/{event.slug}/register/place"
    reference = session.scalars(select(RegistrationDraft.reference)).one()
    other = _resume(app, session, "/en/track/resume", reference)
    version = re.search(r'name="version" value="(\d+)"', other.get(path).text)
    assert version is not None
    client.post(path, data={**RIGHT["place"], "commune": "مريرت", "version": version[1]})
    late = {**RIGHT["place"], "commune": "القباب", "version": version[1]}
    told = other.post(path, data=late)
    assert told.status_code == 409
    assert "مريرت" in told.text
    assert 'value="القباب"' in told.text
    newer = re.search(r'name="version" value="(\d+)"', told.text)
    assert newer is not None
    assert other.post(path, data={**late, "version": newer[1]}).status_code == 303
    session.expire_all()
    kept = session.scalars(select(RegistrationDraft.answers)).one()
    assert kept["place"]["commune"] == "القباب"


def test_printed_code_opens_a_registration_without_a_phone(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    registration = make_registration(session, phone=None)
    with app.app_context():
        code = print_code(session, reference=registration.reference, now=utc_now())
    session.flush()
    reference = show_reference(registration.reference)
    asked = client.post("/en/track/resume", data={"reference": reference})
    assert asked.status_code == 422
    assert "Write the phone number" in asked.text
    page = client.get(f"/en/track?reference={reference}")
    assert f"/en/track/resume?reference={reference}&amp;printed=1" in page.text
    client.post("/en/track/resume", data={"reference": reference, "has_printed_code": "y"})
    opened = client.post("/en/track/resume/code", data={"code": code})
    assert opened.headers["Location"] == f"/en/track/{reference}"
    assert client.get(opened.headers["Location"]).status_code == 200


def test_make_event_is_enough_for_a_first_page(client: FlaskClient, session: Session) -> None:
    event = make_event(session)
    page = client.get(f"/ar/events/{event.slug}/register/resume")
    assert page.status_code == 200


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
def test_the_letters_with_a_code_can_be_read(
    app_context: Flask, session: Session, tmp_path: Path, language: str
) -> None:
    registration = make_registration(session, phone=PHONE, email="a@example.com", locale=language)
    code = _ask(session, registration.reference)
    settings = make_settings(tmp_path, "sqlite://")
    messages = session.scalars(select(Message).where(Message.template == "registrations/code")).all()
    sms, mail = [write_letter(message, (), settings).content for message in messages]
    assert code in sms.decode()
    assert "10" in sms.decode()
    assert code.encode() in mail
