"""A view takes a small body unless it says otherwise; the limit holds before a form is read."""

from io import BytesIO

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from fairapp.registrations.routes.documents import MOST_BYTES_AT_ONCE
from fairapp.web.limits import takes_up_to
from fairapp.web.setup import MOST_BODY_BYTES
from tests.factories.events import make_event

MEGABYTE = 1024 * 1024


def test_a_page_that_takes_no_files_takes_no_large_body(client: FlaskClient) -> None:
    answer = client.post("/fr/track", data={"reference": (BytesIO(bytes(MOST_BODY_BYTES)), "a.bin")})
    assert answer.status_code == 413
    assert "<title>Erreur" in answer.text


def test_a_page_that_takes_photos_says_how_much(client: FlaskClient, session: Session) -> None:
    url = f"/fr/events/{make_event(session).slug}/register/documents"
    photos = {"files_0": (BytesIO(bytes(9 * MEGABYTE)), "a.jpg")}
    assert client.post(url, data=photos).status_code == 303  # no draft: it leads to the beginning
    assert MOST_BYTES_AT_ONCE == 64 * MEGABYTE


def test_the_limit_is_read_from_the_view(app: Flask) -> None:
    def view() -> str:
        return ""

    assert takes_up_to(5)(view).most_bytes == 5  # type: ignore[attr-defined] # set by the decorator
