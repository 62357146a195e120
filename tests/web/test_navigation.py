"""Links that every page carries: places of the reader's roles, pages of a list."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from fairapp.audit.domain import Role
from fairapp.web.navigation import page_numbers
from tests.clients import sign_in
from tests.factories.accounts import make_account

WORK = ("/en/organizer/", "/en/official/", "/en/admin/", "/en/gate")


@pytest.mark.parametrize(
    "page, pages, numbers",
    [
        (1, 1, [1]),
        (1, 3, [1, 2, 3]),
        (1, 9, [1, 2, None, 9]),
        (5, 9, [1, None, 4, 5, 6, None, 9]),
        (9, 9, [1, None, 8, 9]),
    ],
)
def test_pager_shows_ends_and_neighbours(page: int, pages: int, numbers: list[int | None]) -> None:
    assert page_numbers(page, pages) == numbers


@pytest.mark.parametrize(
    "role, places",
    [
        (Role.ORGANIZER, ["/en/organizer/"]),
        (Role.OFFICIAL, ["/en/official/"]),
        (Role.ADMINISTRATOR, ["/en/organizer/", "/en/admin/"]),
        (Role.GATE, ["/en/gate"]),
    ],
)
def test_masthead_leads_to_the_places_of_the_role(
    client: FlaskClient, session: Session, role: Role, places: list[str]
) -> None:
    sign_in(client, make_account(session, role))
    answer = client.get("/en/help")
    assert [path for path in WORK if f'href="{path}"' in answer.text] == places
    assert 'action="/en/sign-out"' in answer.text
    assert 'href="/en/sign-in"' not in answer.text


def test_page_of_somebody_signed_in_is_never_stored(client: FlaskClient, session: Session) -> None:
    sign_in(client, make_account(session, Role.ORGANIZER))
    answer = client.get("/en/help")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "ETag" not in answer.headers


def test_guest_is_led_to_the_sign_in(app: Flask, client: FlaskClient) -> None:
    page = client.get("/en/help").text
    assert 'href="/en/sign-in"' in page
    assert 'action="/en/sign-out"' not in page
