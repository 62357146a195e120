"""Notices about offers and objections can be read in each language, by mail and by SMS."""

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from fairapp.decisions.services.telling import Notice, tell_appeal, tell_offer
from fairapp.messages.domain import Channel
from fairapp.messages.letters import write_letter
from fairapp.messages.models import Message
from fairapp.registrations.domain import RegistrationState
from tests import NOW
from tests.factories.decisions import make_appeal, make_offer, make_place
from tests.factories.registrations import make_registration
from tests.registrations.mails import parts_of

pytestmark = pytest.mark.usefixtures("app_context")


@pytest.mark.parametrize("locale", ["ar", "fr", "en"])
@pytest.mark.parametrize("by_mail", [True, False], ids=["mail", "sms"])
@pytest.mark.parametrize("notice", list(Notice))
def test_notice_can_be_read(app: Flask, session: Session, notice: Notice, by_mail: bool, locale: str) -> None:
    registration = make_registration(session, state=RegistrationState.WAITLISTED, locale=locale)
    if not by_mail:
        registration.email = registration.cooperative.email = None
    token = ""
    if notice.startswith("offer"):
        offer = make_offer(session, make_place(session, registration), registration)
        token = offer.token
        tell_offer(session, notice=notice, registration=registration, offer=offer, now=NOW)
    else:
        appeal = make_appeal(session, registration, answer="Because of the sum.")
        tell_appeal(session, notice=notice, registration=registration, appeal=appeal, now=NOW)
    message = session.scalars(select(Message)).one()
    assert message.channel is (Channel.MAIL if by_mail else Channel.SMS)
    content = write_letter(message, [], app.extensions["settings"]).content
    texts = list(parts_of(content).values()) if by_mail else [content.decode()]
    assert all(text.strip() for text in texts)
    written = "".join(texts)
    assert f"http://localhost/{locale}/track" in written or notice is Notice.OFFERED
    assert (f"/offers/{token}" in written) is (notice is Notice.OFFERED)
    assert "None" not in written


def test_who_gave_no_address_is_written_nothing(session: Session) -> None:
    registration = make_registration(session)
    registration.email = registration.cooperative.email = None
    registration.phone = registration.cooperative.phone = None
    appeal = make_appeal(session, registration)
    tell_appeal(session, notice=Notice.APPEAL_RECEIVED, registration=registration, appeal=appeal, now=NOW)
    assert session.scalars(select(Message)).all() == []
