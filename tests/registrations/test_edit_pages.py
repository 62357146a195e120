"""Pages of a change: begun from tracking, answered on the review."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from fairapp.audit.domain import GUEST, Role
from fairapp.registrations.models import EditRequest, Registration
from fairapp.registrations.services.drafts import save_answers
from fairapp.registrations.services.edits import begin_edit, hand_in_edit
from tests import NOW
from tests.conftest import sign_in
from tests.factories.accounts import make_account
from tests.factories.events import make_event
from tests.factories.registrations import make_accepted_registration
from tests.registrations.answers import RIGHT, SEND, walk


@pytest.mark.parametrize("language", ["ar", "fr"])
def test_a_guest_changes_on_pages_without_scripts(
    client: FlaskClient, session: Session, language: str
) -> None:
    event = make_event(session)
    walk(client, event.slug, language=language)
    path = f"/{language}/events/{event.slug}/register"
    client.post(f"{path}/check", data=SEND)
    reference = session.scalars(select(Registration.reference)).one()
    client.post(f"/{language}/track", data={"reference": reference, "phone": "0612345678"})
    begun = client.post(f"/{language}/track/{reference}/change")
    assert begun.headers["Location"] == f"{path}/check"
    assert client.get(f"{path}/check").status_code == 200
    page = client.get(f"{path}/people?back=check")
    assert "فاطمة الزهراء" in page.text
    assert f"{reference[:4]}-{reference[4:]}" in page.text
    saved = client.post(f"{path}/people?back=check", data={**RIGHT["people"], "name_2": "Brahim"})
    assert saved.headers["Location"] == f"{path}/check"
    shown = client.get(f"{path}/check").text
    assert "Brahim" in shown
    assert "قرب الباب" not in shown  # only what differs
    sent = client.post(f"{path}/check")
    assert sent.status_code == 303, sent.text
    tracked = client.get(sent.headers["Location"])
    assert "Brahim" in tracked.text
    assert client.get(path).status_code == 200  # the way is free for another registration


def test_the_organizer_answers_on_the_review(app: Flask, client: FlaskClient, session: Session) -> None:
    registration = make_accepted_registration(session)
    with app.app_context():
        draft = begin_edit(session, actor=GUEST, registration_id=registration.id, locale="ar", now=NOW)
        answers = {**draft.answers["stand"], "remark": "قرب الماء"}
        save_answers(session, draft_id=draft.id, step="stand", answers=answers, now=NOW)
        hand_in_edit(session, actor=GUEST, draft_id=draft.id, now=NOW)
        session.commit()
    sign_in(client, make_account(session, Role.ADMINISTRATOR))
    edit_id = session.scalars(select(EditRequest.id)).one()
    page = f"/fr/organizer/events/{registration.event.slug}/registrations/{registration.reference}"
    assert "قرب الماء" in client.get(page).text
    wrong = client.post(f"{page}/changes/{edit_id}", data={"answer": "refuse", "note": ""})
    assert wrong.status_code == 422
    done = client.post(f"{page}/changes/{edit_id}", data={"answer": "agree", "note": "نعم"})
    assert done.status_code == 303
    session.expire_all()
    assert session.get_one(Registration, registration.id).remark == "قرب الماء"
    assert client.post(f"{page}/changes/{edit_id}", data={"answer": "agree"}).status_code == 409
