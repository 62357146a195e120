"""A cooperative says whether what another filed for it is its own."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from fairapp.accounts.models import Attempts
from fairapp.audit.domain import GUEST, Role, ScopeKind
from fairapp.audit.models import AuditEntry
from fairapp.messages.models import Message
from fairapp.registrations.confirm_links import confirm_secret
from fairapp.registrations.consent import can_answer
from fairapp.registrations.domain import FilingChannel, RegistrationState
from fairapp.registrations.errors import NothingToConfirm
from fairapp.registrations.models import Registration
from fairapp.registrations.services.codes import print_code
from fairapp.registrations.services.confirming import confirm_filing, dispute_filing
from tests import NOW
from tests.clients import sign_in
from tests.factories.accounts import make_account
from tests.factories.events import make_event
from tests.factories.registrations import make_registration


@pytest.fixture
def registration(session: Session) -> Registration:
    """A registration that an agent filed."""
    event = make_event(session, organizer_email="organizer@example.ma")
    return make_registration(session, event=event, channel=FilingChannel.DESK, consent="in_person")


def link(app: Flask, registration: Registration) -> str:
    with app.app_context():
        return f"/en/track/{registration.reference}/confirm/{confirm_secret(registration.reference)}"


def said(session: Session, registration: Registration) -> tuple[object, object]:
    session.expire_all()
    found = session.get_one(Registration, registration.id)
    return found.confirmed_at, found.disputed_at


@pytest.mark.parametrize(
    "channel, state, asked",
    [
        (FilingChannel.SELF, RegistrationState.RECEIVED, False),
        (FilingChannel.DESK, RegistrationState.RECEIVED, True),
        (FilingChannel.PAPER, RegistrationState.ACCEPTED, True),
        (FilingChannel.DESK, RegistrationState.WITHDRAWN, False),
    ],
)
def test_only_what_another_filed_and_is_alive_is_asked_about(
    channel: FilingChannel, state: RegistrationState, asked: bool
) -> None:
    assert can_answer(channel, state) is asked


def test_link_confirms_without_account_or_code(
    app: Flask, session: Session, client: FlaskClient, registration: Registration
) -> None:
    url = link(app, registration)
    assert "Is this registration yours?" in client.get(url).text
    answer = client.post(url, data={"answer": "ours"})
    assert answer.status_code == 303
    assert said(session, registration) == (NOW, None)
    assert "confirmed as yours" in client.get(answer.location).text
    act = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert act is not None
    assert (act.action, act.details) == ("registrations.confirmed", {"by": "link"})


def test_link_disputes_and_tells_the_organizer(
    app: Flask, session: Session, client: FlaskClient, registration: Registration
) -> None:
    slug = registration.event.slug
    assert client.post(link(app, registration), data={"answer": "not_ours"}).status_code == 303
    assert said(session, registration) == (None, NOW)
    [message] = session.scalars(select(Message).where(Message.template == "registrations/disputed"))
    assert message.recipient == "organizer@example.ma"
    organizer = sign_in(app.test_client(), make_account(session, Role.ORGANIZER))
    page = organizer.get(f"/en/organizer/events/{slug}/registrations/{registration.reference}").text
    assert "The cooperative says that this registration is not its own." in page
    assert "is not called its own" in organizer.get(f"/en/organizer/events/{slug}").text


def test_link_with_another_secret_is_not_found_and_says_nothing(
    session: Session, client: FlaskClient, registration: Registration
) -> None:
    for secret in ("0" * 20, "x"):
        url = f"/en/track/{registration.reference}/confirm/{secret}"
        assert client.get(url).status_code == 404
        assert client.post(url, data={"answer": "ours"}).status_code == 404
    assert said(session, registration) == (None, None)


def test_answer_must_be_one_of_the_two(
    app: Flask, session: Session, client: FlaskClient, registration: Registration
) -> None:
    assert client.post(link(app, registration), data={"answer": "perhaps"}).status_code == 422
    assert said(session, registration) == (None, None)


def test_printed_code_confirms_on_the_tracking_page(
    app: Flask, session: Session, client: FlaskClient, registration: Registration
) -> None:
    with app.app_context():
        code = print_code(session, reference=registration.reference, now=NOW)
    track = {"reference": registration.reference, "phone": registration.phone}
    assert client.post("/en/track", data=track).status_code == 303
    url = f"/en/track/{registration.reference}/confirm"
    assert url.replace(registration.reference, "") in client.get(
        f"/en/track/{registration.reference}"
    ).text.replace(f"{registration.reference[:4]}-{registration.reference[4:]}", "")
    wrong = client.post(url, data={"answer": "ours", "code": "23456789"})
    assert wrong.status_code == 422
    assert said(session, registration) == (None, None)
    assert client.post(url, data={"answer": "ours", "code": code.lower()}).status_code == 303
    assert said(session, registration) == (NOW, None)
    assert client.post(url, data={"answer": "not_ours", "code": code}).status_code == 422


def test_agent_who_filed_cannot_confirm_also_with_the_code_it_printed(
    app: Flask, session: Session, client: FlaskClient
) -> None:
    agent = make_account(session, Role.DESK_AGENT)
    registration = make_registration(session, channel=FilingChannel.DESK, filed_by_id=agent.id)
    with app.app_context():
        code = print_code(session, reference=registration.reference, now=NOW)
    sign_in(client, agent)
    url = f"/en/track/{registration.reference}/confirm"
    assert client.post(url, data={"answer": "ours"}).status_code == 422
    assert client.post(url, data={"answer": "ours", "code": code}).status_code == 422
    assert said(session, registration) == (None, None)


def test_own_account_of_the_cooperative_needs_no_code(session: Session, client: FlaskClient) -> None:
    registration = make_registration(session, channel=FilingChannel.DESK)
    account = make_account(
        session, Role.COOPERATIVE, ScopeKind.COOPERATIVE, cooperative_id=registration.cooperative_id
    )
    sign_in(client, account)
    url = f"/en/track/{registration.reference}/confirm"
    assert client.post(url, data={"answer": "ours"}).status_code == 303
    assert said(session, registration) == (NOW, None)


def test_code_is_sent_on_request_to_the_phone_of_the_cooperative(
    session: Session, client: FlaskClient, registration: Registration
) -> None:
    client.post("/en/track", data={"reference": registration.reference, "phone": registration.phone})
    answer = client.post(f"/en/track/{registration.reference}/confirm", data={"send": "1"})
    assert answer.status_code == 303
    assert "A code is on its way" in client.get(answer.location).text


def test_confirm_of_a_stranger_leads_to_tracking(client: FlaskClient, registration: Registration) -> None:
    answer = client.get(f"/en/track/{registration.reference}/confirm")
    assert (answer.status_code, "/track?reference=" in answer.location) == (303, True)


def test_second_answer_takes_the_place_of_the_first(session: Session, registration: Registration) -> None:
    values: dict[str, Any] = {"actor": GUEST, "registration_id": registration.id, "by": "link", "now": NOW}
    dispute_filing(session, **values)
    confirm_filing(session, **values)
    assert said(session, registration) == (NOW, None)
    confirm_filing(session, **values)
    acts = session.scalars(select(AuditEntry.action).where(AuditEntry.action.like("registrations.%")))
    assert list(acts) == ["registrations.disputed", "registrations.confirmed"]


def test_what_the_cooperative_filed_itself_is_not_confirmed(session: Session) -> None:
    registration = make_registration(session)
    with pytest.raises(NothingToConfirm):
        confirm_filing(session, actor=GUEST, registration_id=registration.id, by="link", now=NOW)
    assert said(session, registration) == (None, None)


def test_strangers_who_try_links_shut_nobody_out(
    app: Flask, session: Session, registration: Registration
) -> None:
    right = link(app, registration)
    wrong = right.rpartition("/")[0] + "/" + "0" * 20
    browser = app.test_client()
    assert {browser.get(wrong).status_code for _try in range(16)} == {404}
    assert browser.get(right).status_code == 200
    assert session.scalars(select(Attempts)).all() == []  # looking writes nothing
