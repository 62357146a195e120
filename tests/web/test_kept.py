"""Kept pages are answered from memory, and never out of date."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import update
from werkzeug.test import Client, TestResponse

from fairapp.audit.domain import SYSTEM
from fairapp.audit.services import record
from fairapp.events.models import Event
from fairapp.foundation.clock import utc_now
from fairapp.foundation.database import transaction
from fairapp.web.kept import KeptPages
from tests.factories.events import make_event

PATH = "/ar/events/kept-fair"
Ask = Callable[..., TestResponse]


@pytest.fixture
def ask(committed: Flask) -> Ask:
    with committed.app_context(), transaction() as session:
        make_event(session, slug="kept-fair", published_at=utc_now())
    client = Client(KeptPages(committed), use_cookies=False)

    def call(path: str = PATH, **headers: str) -> TestResponse:
        return client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})

    return call


def change_title(app: Flask) -> None:

    with app.app_context(), transaction() as session:
        session.execute(update(Event).values(title_ar="عنوان آخر"))
        record(
            session, actor=SYSTEM, action="events.updated", subject_type="event", subject_id=1, now=utc_now()
        )


def test_page_asked_twice_is_the_same_without_rendering_it_again(ask: Ask) -> None:
    first, second = ask(), ask()
    assert (second.status_code, second.data) == (200, first.data)
    assert "X-Request-ID" in first.headers
    assert "X-Request-ID" not in second.headers  # the application was not asked
    assert second.headers["Content-Security-Policy"] == first.headers["Content-Security-Policy"]


def test_page_after_a_change_is_the_new_one(ask: Ask, committed: Flask) -> None:
    ask()
    change_title(committed)
    assert "عنوان آخر" in ask().text


def test_page_with_the_readers_etag_is_not_sent_again(ask: Ask) -> None:
    etag = ask().headers["ETag"]
    answer = ask(If_None_Match=etag)
    assert (answer.status_code, answer.data) == (304, b"")


def test_page_of_someone_with_a_cookie_is_rendered_each_time(ask: Ask) -> None:
    ask()
    assert "X-Request-ID" in ask(Cookie="fairapp=x").headers


def test_page_that_is_not_found_is_not_kept(ask: Ask) -> None:
    missing = "/ar/events/no-such-fair"
    assert [ask(missing).status_code, "X-Request-ID" in ask(missing).headers] == [404, True]
