"""What is known already: the record of the cooperative and its last registration."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from fairapp.audit.domain import Role, ScopeKind
from fairapp.cooperatives.models import Cooperative
from fairapp.registrations.models import Registration, RegistrationDraft
from tests.conftest import sign_in
from tests.factories.accounts import make_account
from tests.factories.cooperatives import make_cooperative
from tests.factories.events import make_event
from tests.factories.registrations import make_registration
from tests.registrations.answers import RIGHT, SEND
from tests.registrations.test_questions import ask


@pytest.fixture
def own(client: FlaskClient, session: Session) -> Cooperative:
    """A cooperative whose account is signed in."""
    own = make_cooperative(session, name_ar="تعاونية تيفاوين", members=9, women_members=9)
    account = make_account(session, Role.COOPERATIVE, ScopeKind.COOPERATIVE, cooperative_id=own.id)
    sign_in(client, account)
    return own


def test_a_returning_cooperative_saves_one_page_and_checks(
    client: FlaskClient, session: Session, own: Cooperative
) -> None:
    before = make_registration(session, cooperative=own, representatives=3, stand_width_cm=400)
    event = make_event(session, most_representatives=2)
    path = f"/en/events/{event.slug}/register"
    first = client.post(f"{path}/cooperative", data={**RIGHT["cooperative"], "name_ar": own.name_ar})
    assert first.headers["Location"] == f"{path}/check"
    shown = client.get(f"{path}/check").text
    assert "Filled in from your record" in shown
    assert "Representative 2" in shown
    assert "Representative 3" not in shown  # this event takes two
    stand = client.get(f"{path}/stand").text
    assert "Filled in from your record" in stand
    assert "Honey" in stand
    changed = {"names_0": "Thyme honey", "width_cm": "200"}
    assert client.post(f"{path}/stand?back=check", data=changed).headers["Location"] == f"{path}/check"
    assert "Filled in from your record" not in client.get(f"{path}/stand").text
    client.post(f"{path}/check", data=SEND)
    made = session.scalars(select(Registration).where(Registration.event_id == event.id)).one()
    assert (made.cooperative_id, made.stand_width_cm, made.remark) == (own.id, 200, None)
    assert before.stand_width_cm == 400


def test_what_the_call_alone_asks_is_asked(client: FlaskClient, session: Session, own: Cooperative) -> None:
    make_registration(session, cooperative=own)
    event = make_event(session)
    ask(session, event)
    path = f"/en/events/{event.slug}/register"
    first = client.post(f"{path}/cooperative", data={**RIGHT["cooperative"], "name_ar": own.name_ar})
    assert first.headers["Location"] == f"{path}/stand"


def test_a_record_that_lacks_something_is_asked_for_it(client: FlaskClient, session: Session) -> None:
    own = make_cooperative(session, members=None, women_members=None)
    sign_in(client, make_account(session, Role.COOPERATIVE, ScopeKind.COOPERATIVE, cooperative_id=own.id))
    event = make_event(session)
    first = client.post(f"/en/events/{event.slug}/register/cooperative", data=RIGHT["cooperative"])
    assert first.headers["Location"].endswith("/register/place")


def test_a_guest_learns_nothing_of_a_known_cooperative(client: FlaskClient, session: Session) -> None:
    make_registration(
        session, cooperative=make_cooperative(session, name_ar="تعاونية النور", phone="+212612345678")
    )
    event = make_event(session)
    first = client.post(f"/en/events/{event.slug}/register/cooperative", data=RIGHT["cooperative"])
    assert first.headers["Location"].endswith("/register/place")
    assert "prefilled" not in session.scalars(select(RegistrationDraft.answers)).one()
