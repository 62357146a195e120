"""The pages of documents: the step of the journey, papers added later, and who may open a file."""

import re
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from fairapp import create_app
from fairapp.audit.domain import Role, ScopeKind
from fairapp.events.models import Event
from fairapp.files.models import StoredFile, Upload
from fairapp.foundation.clock import local_date, utc_now
from fairapp.foundation.database import transaction
from fairapp.registrations.domain import DocumentState, RegistrationState
from fairapp.registrations.models import Document, Registration, RegistrationDraft
from tests.conftest import sign_in
from tests.databases import disconnect, make_settings
from tests.factories.accounts import make_account
from tests.factories.documents import make_required_document
from tests.factories.events import make_event
from tests.files import corpus
from tests.registrations.answers import SEND, walk

HAS, APPLIED, EXEMPT, MISSING = DocumentState


def call(session: Session, **overrides: Any) -> Event:
    event = make_event(session, **overrides)
    make_required_document(session, event, "statutes", position=1)
    make_required_document(session, event, "onssa", position=2, food_only=True, can_be_exempt=True)
    make_required_document(session, event, "card", position=3, optional=True)
    return event


def photo(name: str = "IMG_1.jpg", content: bytes | None = None) -> tuple[BytesIO, str]:
    return BytesIO(content if content is not None else corpus.photo_of_a_phone()), name


def at_documents(client: FlaskClient, session: Session) -> tuple[Event, str]:
    event = call(session)
    walk(client, event.slug, until="documents")
    return event, f"/en/events/{event.slug}/register/documents"


def test_the_step_asks_for_what_concerns_the_products(client: FlaskClient, session: Session) -> None:
    _event, url = at_documents(client, session)
    page = client.get(url)
    assert page.status_code == 200
    for words in ("Paper statutes", "Paper onssa", "Paper card", "Plain photos are enough", "identity cards"):
        assert words in page.text
    assert page.text.count("We are exempt") == 1  # the call knows one exemption
    assert len(page.data) < 60_000


def test_nothing_is_a_hard_block(client: FlaskClient, session: Session) -> None:
    _event, url = at_documents(client, session)
    answer = client.post(url, data={})
    assert answer.status_code == 303
    assert answer.location.endswith("/check")
    assert "Not yet" in client.get(answer.location).text


def test_what_is_answered_and_sent_reaches_the_organizer(client: FlaskClient, session: Session) -> None:
    event, url = at_documents(client, session)
    answers = {
        "files_0": [photo("../../ص.jpg"), photo("statuts.pdf", corpus.pdf(2))],
        "state_1": "exempt",
        "explanation_1": "بيع مباشر",
        "state_2": "applied",
        "explanation_2": "",
    }
    checked = client.get(client.post(url, data=answers).location).text
    for words in ("2 files", "Exempt", "بيع مباشر", "Applied for"):
        assert words in checked
    assert client.post(f"/en/events/{event.slug}/register/check", data=SEND).status_code == 303
    session.expire_all()
    rows = session.execute(
        select(Document.code, Document.state, Document.explanation).order_by(Document.id)
    ).all()
    assert [tuple(row) for row in rows] == [
        ("statutes", HAS, None),
        ("statutes", HAS, None),
        ("onssa", EXEMPT, "بيع مباشر"),
        ("card", APPLIED, None),
    ]
    registration = session.scalars(select(Registration)).one()
    organizer = make_account(session, Role.ORGANIZER, ScopeKind.EVENT, event_id=event.id)
    page = sign_in(client, organizer).get(
        f"/en/organizer/events/{event.slug}/registrations/{registration.reference}"
    )
    for words in ("2 files", "بيع مباشر", "ص.jpg", "statuts.pdf", "2 pages", "Download"):
        assert words in page.text


def test_a_file_that_is_refused_hinders_nothing_else(client: FlaskClient, session: Session) -> None:
    _event, url = at_documents(client, session)
    answers = {
        "files_0": [photo("good.jpg"), photo("evil.png", corpus.SCRIPT)],
        "state_1": "exempt",
        "explanation_1": "typed and kept",
    }
    page = client.post(url, data=answers)
    assert page.status_code == 422
    assert "This kind of file cannot be kept" in page.text
    assert "good.jpg" in page.text
    assert 'value="typed and kept"' in page.text
    assert "<title>Error:" in page.text
    assert session.scalars(select(StoredFile.name)).all() == ["good.jpg"]


def test_an_exemption_without_a_reason_is_asked_for(client: FlaskClient, session: Session) -> None:
    _event, url = at_documents(client, session)
    page = client.post(url, data={"state_1": "exempt", "camera_0": [photo("a.jpg")]})
    assert page.status_code == 422
    assert "Write in some words why you are exempt." in page.text
    assert "a.jpg" in page.text


def test_a_fourth_file_is_refused_in_words(client: FlaskClient, session: Session) -> None:
    _event, url = at_documents(client, session)
    page = client.post(url, data={"files_0": [photo(f"{n}.jpg") for n in range(4)]})
    assert page.status_code == 422
    assert "At most 3 files" in page.text
    assert session.scalars(select(StoredFile)).all() == []


def test_a_file_is_removed_and_stays_on_the_page(client: FlaskClient, session: Session) -> None:
    _event, url = at_documents(client, session)
    stayed = client.post(url, data={"files_0": [photo("a.jpg"), photo("b.jpg")], "stay": "main"})
    assert stayed.location.endswith("/register/documents#main")
    token = session.scalars(select(StoredFile.token).where(StoredFile.name == "a.jpg")).one()
    assert client.post(url, data={"remove": token}).status_code == 303
    page = client.get(url).text
    assert "b.jpg" in page
    assert "a.jpg" not in page
    assert client.get(f"/en/files/{token}").status_code == 404


def said(answer: TestResponse) -> dict[str, Any]:
    assert answer.json is not None
    return dict(answer.json)


def send_in_pieces(client: FlaskClient, url: str, content: bytes, name: str = "IMG.jpg") -> str:
    begun = client.post(url, data={"name": name, "size": len(content)})
    assert begun.status_code == 201
    upload: str = said(begun)["upload"]
    received = 0
    while received < len(content):
        piece = content[received : received + 500]
        query = {"upload": upload, "offset": received}
        answer = client.post(url, query_string=query, data=piece, content_type="application/octet-stream")
        assert answer.status_code == 200
        received = said(answer)["received"]
    return upload


def test_a_photo_goes_on_where_it_stopped(client: FlaskClient, session: Session) -> None:
    event, page = at_documents(client, session)
    url = f"/en/events/{event.slug}/register/documents/statutes/upload"
    content = corpus.jpeg(corpus.picture(200, 200))
    begun = said(client.post(url, data={"name": "IMG.jpg", "size": len(content)}))["upload"]
    query = {"upload": begun, "offset": 0}
    client.post(url, query_string=query, data=content[:700], content_type="application/octet-stream")
    assert said(client.get(url, query_string={"upload": begun}))["received"] == 700  # the connection was lost
    wrong = client.post(
        url, query_string={"upload": begun, "offset": 900}, data=b"x", content_type="application/octet-stream"
    )
    assert (wrong.status_code, said(wrong)["received"]) == (409, 700)
    query = {"upload": begun, "offset": 700}
    client.post(url, query_string=query, data=content[700:], content_type="application/octet-stream")
    for _again in range(2):
        kept = client.post(url, query_string={"upload": begun, "finish": 1})
        assert kept.status_code == 201
        assert "IMG.jpg" in said(kept)["html"]
    assert session.scalars(select(StoredFile.name)).all() == ["IMG.jpg"]
    draft = session.scalars(select(RegistrationDraft.answers)).one()
    assert draft["documents"]["documents"][0]["state"] == "has"
    assert "IMG.jpg" in client.get(page).text


def test_pieces_of_something_else_are_refused_in_words(client: FlaskClient, session: Session) -> None:
    event, _page = at_documents(client, session)
    url = f"/en/events/{event.slug}/register/documents/statutes/upload"
    upload = send_in_pieces(client, url, corpus.SCRIPT, "photo.jpg")
    refused = client.post(url, query_string={"upload": upload, "finish": 1})
    assert refused.status_code == 422
    assert said(refused)["error"].startswith("This kind of file cannot be kept")
    assert session.scalars(select(StoredFile)).all() == []
    large = client.post(url, data={"name": "a", "size": 11 * 1024 * 1024})
    assert (large.status_code, "larger than 10 MB" in said(large)["error"]) == (422, True)
    other = f"/en/events/{event.slug}/register/documents/passport/upload"
    assert client.post(other, data={"name": "a", "size": 5}).status_code == 404


def test_nobody_else_sends_into_a_draft(app: Flask, client: FlaskClient, session: Session) -> None:
    event, _page = at_documents(client, session)
    url = f"/en/events/{event.slug}/register/documents/statutes/upload"
    stranger = app.test_client()
    assert stranger.post(url, data={"name": "a", "size": 5}).status_code == 404
    assert session.scalars(select(Upload)).all() == []


def filed(client: FlaskClient, session: Session) -> tuple[Registration, str]:
    event, url = at_documents(client, session)
    client.post(url, data={"files_0": [photo()]})
    client.post(f"/en/events/{event.slug}/register/check", data=SEND)
    session.expire_all()
    return session.scalars(select(Registration)).one(), session.scalars(select(StoredFile.token)).one()


def test_a_file_is_harmless_when_it_is_opened(client: FlaskClient, session: Session) -> None:
    _registration, token = filed(client, session)
    answer = client.get(f"/en/files/{token}")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["Cache-Control"] == "no-store"
    assert corpus.PLACE.encode() not in answer.data
    small = client.get(f"/en/files/{token}?small=1")
    assert small.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert len(small.data) < 5_000


def test_who_may_open_a_file(app: Flask, client: FlaskClient, session: Session) -> None:
    registration, token = filed(client, session)
    organizer = make_account(session, Role.ORGANIZER, ScopeKind.EVENT, event_id=registration.event_id)
    elsewhere = make_account(session, Role.ORGANIZER, ScopeKind.REGION, region_code="01")
    owner = make_account(
        session, Role.COOPERATIVE, ScopeKind.COOPERATIVE, cooperative_id=registration.cooperative_id
    )
    agent = make_account(session, Role.DESK_AGENT, ScopeKind.NATION)
    url = f"/en/files/{token}"
    by_account = [
        sign_in(app.test_client(), account).get(url).status_code
        for account in (organizer, elsewhere, owner, agent)
    ]
    assert by_account == [200, 404, 200, 404]
    assert app.test_client().get(url).status_code == 404
    tracking = app.test_client()
    tracking.post("/en/track", data={"reference": registration.reference, "phone": "0612345678"})
    assert tracking.get(url).status_code == 200
    registration.filed_by_id = agent.id
    session.flush()
    assert sign_in(app.test_client(), agent).get(url).status_code == 200


def test_a_paper_is_added_to_what_was_sent(app: Flask, client: FlaskClient, session: Session) -> None:
    registration, _token = filed(client, session)
    registration.state = RegistrationState.INCOMPLETE
    session.flush()
    browser = app.test_client()
    browser.post("/en/track", data={"reference": registration.reference, "phone": "0612345678"})
    tracked = browser.get(f"/en/track/{registration.reference}")
    assert "Add a paper now" in tracked.text
    shown = re.search(r'href="(/en/track/[^"]+/documents)"', tracked.text)
    assert shown is not None
    page = browser.get(shown[1])
    assert page.status_code == 200
    done = browser.post(shown[1], data={"files_1": [photo("onssa.jpg")], "state_1": ""})
    assert done.status_code == 303
    session.expire_all()
    assert registration.state is RegistrationState.UNDER_REVIEW
    upload = f"{shown[1]}/card/upload"
    sent = send_in_pieces(browser, upload, corpus.jpeg())
    assert browser.post(upload, query_string={"upload": sent, "finish": 1}).status_code == 201
    assert app.test_client().get(shown[1]).status_code == 303  # who has proven nothing is asked to
    assert app.test_client().post(upload, data={"name": "a", "size": 1}).status_code == 404


def test_a_refused_paper_hinders_no_other(app: Flask, client: FlaskClient, session: Session) -> None:
    registration, _token = filed(client, session)
    browser = app.test_client()
    browser.post("/en/track", data={"reference": registration.reference, "phone": "0612345678"})
    url = f"/en/track/{registration.reference}/documents"
    page = browser.post(url, data={"files_1": [photo("x.pdf", b"%PDF-1.4 broken"), photo("right.jpg")]})
    assert page.status_code == 422
    assert "damaged or not whole" in page.text
    assert "right.jpg" in page.text


@pytest.mark.parametrize("language", ["ar", "fr"])
def test_pages_speak_the_language(client: FlaskClient, session: Session, language: str) -> None:
    _event, url = at_documents(client, session)
    page = client.get(url.replace("/en/", f"/{language}/"))
    assert page.status_code == 200
    assert "Your documents" not in page.text


def test_a_file_survives_a_new_start(committed: Flask, tmp_path: Path) -> None:
    url = committed.config["SQLALCHEMY_DATABASE_URI"]
    today = local_date(utc_now())
    with committed.app_context(), transaction() as session:
        event = call(session, registration_opens_on=today, registration_closes_on=today)
    client = committed.test_client()
    walk(client, event.slug, until="documents")
    page = f"/en/events/{event.slug}/register/documents"
    client.post(page, data={"files_0": [photo("kept.jpg")], "stay": "main"})
    cookie = client.get_cookie("fairapp")
    assert cookie is not None
    started_again = create_app(make_settings(tmp_path, url))
    started_again.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    browser = started_again.test_client()
    browser.set_cookie("fairapp", cookie.value)
    shown = browser.get(page).text
    assert "kept.jpg" in shown
    found = re.search(r"/en/files/([\w-]+)\?small", shown)
    assert found is not None
    answer = browser.get(f"/en/files/{found[1]}")
    assert (answer.status_code, answer.data[:3]) == (200, b"\xff\xd8\xff")
    disconnect(started_again)
