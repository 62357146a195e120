"""A view takes a small body unless it says otherwise; the limit holds before a form is read."""

from io import BytesIO

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from fairapp.files.domain import LARGEST_BYTES
from fairapp.web.setup import MOST_BODY_BYTES
from tests.factories.events import make_event

FORM = "multipart/form-data; boundary=x"
EMPTY = b"--x--\r\n"


def status_of(client: FlaskClient, url: str, says_bytes: int) -> int:
    """Post a form whose head says that so much follows."""
    length = {"CONTENT_LENGTH": str(says_bytes)}
    stream = BytesIO(EMPTY)
    return client.post(url, input_stream=stream, content_type=FORM, environ_overrides=length).status_code


def test_a_page_that_takes_no_files_takes_no_large_body(client: FlaskClient) -> None:
    assert status_of(client, "/fr/track", MOST_BODY_BYTES + 1) == 413
    assert status_of(client, "/fr/track", len(EMPTY)) == 422


def test_a_page_that_takes_photos_takes_several_at_once(client: FlaskClient, session: Session) -> None:
    url = f"/fr/events/{make_event(session).slug}/register/documents"
    assert status_of(client, url, len(EMPTY)) == 303  # without a draft it leads to the beginning
    assert status_of(client, url, 6 * LARGEST_BYTES) == 303


def test_only_views_with_files_take_more(app: Flask) -> None:
    large = {
        endpoint
        for endpoint, view in app.view_functions.items()
        if getattr(view, "most_bytes", 0) > MOST_BODY_BYTES
    }
    assert {"registrations.documents", "registrations.papers", "badges.scan"} <= large
    assert len(large) < 15
