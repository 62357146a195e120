"""What a registration holds, on its pages and in its call; and pages without anything to hold."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from fairapp.accounts.models import Account
from fairapp.audit.domain import Role, ScopeKind
from fairapp.registrations.placement import NOWHERE, placement_of
from tests.clients import ApiCaller
from tests.conftest import sign_in
from tests.factories.accounts import make_account
from tests.factories.badges import make_badges, make_placed_registration
from tests.factories.registrations import make_registration


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
def test_tracked_shows_stand_and_badges(client: FlaskClient, session: Session, language: str) -> None:
    registration = make_placed_registration(session)
    badge = make_badges(session, registration)[0]
    data = {"reference": registration.reference, "phone": "0612345678"}
    page = client.post(f"/{language}/track", data=data, follow_redirects=True).text
    assert "A-14" in page
    assert f"/b/{badge.token}" in page


def test_home_shows_stand_and_badges(client: FlaskClient, session: Session) -> None:
    registration = make_placed_registration(session)
    badge = make_badges(session, registration)[0]
    account = make_account(
        session, Role.COOPERATIVE, ScopeKind.COOPERATIVE, cooperative_id=registration.cooperative_id
    )
    page = sign_in(client, account).get("/en/cooperative/").text
    assert "A-14" in page
    assert f"/b/{badge.token}" in page


def test_call_gives_stands_and_badges(session: Session, api: Callable[[Account | None], ApiCaller]) -> None:
    registration = make_placed_registration(session)
    badge = make_badges(session, registration)[0]
    answer = api(make_account(session, Role.ORGANIZER)).get(f"/registrations/{registration.reference}")
    assert answer.get_json()["stands"] == [{"stop": "S1", "stand": "A-14"}]
    assert answer.get_json()["badges"] == [
        {
            "code": badge.code,
            "url": f"http://localhost/b/{badge.token}",
            "representative": "Representative 1",
            "status": "valid",
        }
    ]


@pytest.mark.usefixtures("app_context")
def test_placement_of_a_registration_that_holds_nothing_is_nowhere(session: Session) -> None:
    assert placement_of(session, make_registration(session).id) == NOWHERE
