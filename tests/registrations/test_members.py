"""A network files for its members: who they are on the day, whose the registration is, what it sees."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fairapp.accounts.models import Account
from fairapp.audit.domain import Role, ScopeKind
from fairapp.cooperatives.models import Cooperative, Membership, Network
from fairapp.foundation.ids import new_reference
from fairapp.messages.models import Message
from fairapp.registrations.domain import FilingChannel
from fairapp.registrations.models import Registration, RegistrationDraft
from fairapp.registrations.queries.desk import filed_for_networks, led_networks
from tests import NOW, TODAY
from tests.clients import sign_in
from tests.factories.accounts import make_account, make_actor
from tests.factories.cooperatives import make_cooperative
from tests.factories.events import make_event
from tests.factories.registrations import make_registration

FORM: dict[str, Any] = {
    "draft": "a-token-of-this-page-that-nobody-guesses",
    "sectors": ["AGR-HONEY"],
    "width_cm": "300",
    "name_1": "فاطمة",
    "consent": "by_phone",
    # A network may write what it likes of the member: it is not asked, and nothing of it counts.
    "phone": "0611111111",
    "email": "network@example.ma",
    "name_ar": "اسم آخر",
}


def make_network(session: Session, body: Cooperative) -> Network:
    network = Network(
        code=new_reference(), name_ar="شبكة الأطلس", name_fr="Réseau Atlas", body_id=body.id, created_at=NOW
    )
    session.add(network)
    session.flush()
    return network


def join(session: Session, network: Network, member: Cooperative, *, until: int | None = None) -> Cooperative:
    session.add(
        Membership(
            cooperative_id=member.id,
            network_id=network.id,
            since_on=TODAY - timedelta(days=100),
            until_on=None if until is None else TODAY + timedelta(days=until),
            recorded_at=NOW,
        )
    )
    session.flush()
    return member


@pytest.fixture
def body(session: Session) -> Cooperative:
    """The network's own entry in the directory."""
    return make_cooperative(session, legal_kind="union")


@pytest.fixture
def network(session: Session, body: Cooperative) -> Network:
    """The network of that entry."""
    return make_network(session, body)


@pytest.fixture
def account(session: Session, body: Cooperative) -> Account:
    """An account of that entry."""
    return make_account(session, Role.COOPERATIVE, ScopeKind.COOPERATIVE, cooperative_id=body.id)


@pytest.fixture
def browser(client: FlaskClient, account: Account) -> FlaskClient:
    """A browser where it is signed in."""
    return sign_in(client, account)


def test_members_of_the_day_are_offered_and_those_who_left_are_not(
    session: Session, browser: FlaskClient, network: Network
) -> None:
    event = make_event(session)
    stays = join(session, network, make_cooperative(session))
    left = join(session, network, make_cooperative(session), until=0)
    page = browser.get("/en/cooperative/members").text
    assert f"/en/cooperative/members/{event.slug}/{stays.code}" in page
    assert left.code not in page
    url = f"/en/cooperative/members/{event.slug}/{left.code}"
    assert browser.get(url).status_code == 404
    assert browser.post(url, data=FORM).status_code == 404
    assert session.scalar(select(func.count()).select_from(Registration)) == 0


def test_filing_for_a_member_is_the_members_own_registration(
    session: Session, browser: FlaskClient, network: Network, account: Account
) -> None:
    event = make_event(session)
    member = join(session, network, make_cooperative(session, phone="+212699999999"))
    name, email = member.name_ar, member.email
    answer = browser.post(f"/en/cooperative/members/{event.slug}/{member.code}", data=FORM)
    session.expire_all()
    registration = session.scalars(select(Registration)).one()
    assert answer.location.endswith(f"filed/{registration.reference[:4]}-{registration.reference[4:]}")
    assert (registration.cooperative_id, registration.filed_by_id, registration.filed_for_network_id) == (
        member.id,
        account.id,
        network.id,
    )
    assert (registration.phone, registration.email, registration.consent) == (
        "+212699999999",
        email,
        "by_phone",
    )
    assert session.get_one(Cooperative, member.id).name_ar == name
    written = session.scalars(select(Message.recipient).distinct())
    assert set(written) == {"+212699999999", email}
    assert "Next member" in browser.get(answer.location).text
    receipt = browser.post(f"/en/desk/registrations/{registration.reference}/receipt.pdf")
    assert (receipt.status_code, receipt.mimetype) == (200, "application/pdf")


def test_network_sees_only_what_it_filed(
    session: Session, browser: FlaskClient, network: Network, body: Cooperative
) -> None:
    event = make_event(session)
    member = join(session, network, make_cooperative(session))
    own = make_registration(session, cooperative=member)
    filed = make_registration(
        session,
        event=event,
        cooperative=member,
        channel=FilingChannel.DESK,
        filed_for_network_id=network.id,
    )
    actor = make_actor(Role.COOPERATIVE, ScopeKind.COOPERATIVE, cooperative_id=body.id)
    assert [found.id for found in filed_for_networks(session, actor=actor)] == [filed.id]
    page = browser.get(f"/en/cooperative/members?event={event.slug}").text
    assert "Not confirmed yet" in page
    assert own.reference not in page
    assert browser.post(f"/en/desk/registrations/{own.reference}/receipt.pdf").status_code == 404
    assert browser.get(f"/en/cooperative/members/filed/{own.reference}").status_code == 404
    for path in (f"/en/track/{own.reference}", f"/en/track/{filed.reference}/withdraw"):
        assert browser.get(path).location.endswith(f"/track?reference={path.split('/')[3]}")


def test_network_of_another_body_leads_nobody(session: Session, network: Network) -> None:
    join(session, network, make_cooperative(session))
    other = make_cooperative(session)
    actor = make_actor(Role.COOPERATIVE, ScopeKind.COOPERATIVE, cooperative_id=other.id)
    assert led_networks(session, actor=actor, on=TODAY) == []
    assert list(filed_for_networks(session, actor=actor)) == []


def test_member_keeps_its_registration_when_it_leaves(
    session: Session, browser: FlaskClient, network: Network
) -> None:
    event = make_event(session)
    member = join(session, network, make_cooperative(session))
    browser.post(f"/en/cooperative/members/{event.slug}/{member.code}", data=FORM)
    session.scalars(select(Membership)).one().until_on = TODAY
    session.flush()
    session.expire_all()
    registration = session.scalars(select(Registration)).one()
    assert registration.cooperative_id == member.id
    page = browser.get("/en/cooperative/members").text
    assert member.code not in page


def test_form_of_a_member_outlives_a_lost_session(
    app: Flask, session: Session, network: Network, account: Account
) -> None:
    event = make_event(session)
    member = join(session, network, make_cooperative(session))
    nobody = app.test_client()
    url = f"/en/cooperative/members/{event.slug}/{member.code}"
    answer = nobody.post(url, data=FORM | {"remark": "قرب الباب"})
    assert "/sign-in?next=" in answer.location
    assert session.scalar(select(func.count()).select_from(RegistrationDraft)) == 1
    page = sign_in(nobody, account).get(f"{url}?form={FORM['draft']}").text
    assert "قرب الباب" in page
    assert nobody.post(url, data=FORM).status_code == 303


def test_form_of_a_member_with_mistakes_keeps_what_was_typed(
    session: Session, browser: FlaskClient, network: Network
) -> None:
    event = make_event(session)
    member = join(session, network, make_cooperative(session))
    url = f"/en/cooperative/members/{event.slug}/{member.code}"
    answer = browser.post(url, data=FORM | {"consent": "", "remark": "قرب الباب"})
    assert answer.status_code == 422
    assert "Choose how the cooperative agreed." in answer.text
    assert "قرب الباب" in answer.text
    twice = browser.post(url, data=FORM)
    again = browser.post(url, data=FORM)
    assert twice.location == again.location
    refused = browser.post(url, data=FORM | {"draft": "another-page"})
    assert refused.status_code == 422
    assert "already sent a registration" in refused.text
