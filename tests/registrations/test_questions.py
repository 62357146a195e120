"""Questions of the call: on the stand's page, kept with the registration, shown to both sides."""

from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from fairapp.audit.domain import Role
from fairapp.events.domain import QuestionKind, QuestionPhase
from fairapp.events.models import Event, Question
from fairapp.registrations.models import Answer, RegistrationDraft
from tests.conftest import sign_in
from tests.factories.accounts import make_account
from tests.factories.events import make_event
from tests.registrations.answers import RIGHT, SEND, walk
from tests.registrations.test_journey import LONG, Page

TEXT, CHOICE, NUMBER, FILE = range(4)


def ask(session: Session, event: Event, **optional: bool) -> None:
    """Add one question of each kind to the call of an event."""
    made: list[dict[str, Any]] = [
        {"code": "story", "kind": QuestionKind.TEXT, "most": 80},
        {
            "code": "lodging",
            "kind": QuestionKind.CHOICE,
            "choices": [
                {"code": "yes", "ar": "نعم نبيت", "fr": "Oui, sur place", "en": "Yes, we stay"},
                {"code": "no", "ar": "لا نبيت", "fr": "Non", "en": "No"},
            ],
        },
        {"code": "kilos", "kind": QuestionKind.NUMBER, "least": 1, "most": 500},
        {"code": "label", "kind": QuestionKind.FILE},
    ]
    session.add_all(
        Question(
            event_id=event.id,
            position=place,
            phase=QuestionPhase.REGISTRATION,
            title_ar=f"سؤال {one['code']}",
            title_fr=f"Question {one['code']}",
            title_en=f"Question {one['code']}",
            optional=optional.get(one["code"], False),
            **one,
        )
        for place, one in enumerate(made)
    )
    session.flush()


def photo() -> tuple[BytesIO, str]:
    """Return a small photo as a browser sends it."""
    content = BytesIO()
    Image.new("RGB", (64, 48), "green").save(content, "JPEG")
    content.seek(0)
    return content, "label.jpg"


def right(**changes: Any) -> dict[str, Any]:
    """Return right answers of the stand's page with all questions."""
    own = {"question_0": "من الجبل", "question_1": "yes", "question_2": "٢٥", "question_3": photo()}
    return {**RIGHT["stand"], **own, **changes}


def test_answers_are_kept_and_shown(client: FlaskClient, session: Session) -> None:
    event = make_event(session)
    ask(session, event)
    walk(client, event.slug, until="stand")
    path = f"/en/events/{event.slug}/register"
    assert "multipart/form-data" in client.get(f"{path}/stand").text
    saved = client.post(f"{path}/stand", data=right())
    assert saved.status_code == 303, saved.text
    again = client.get(f"{path}/stand").text
    assert "label.jpg" in again
    assert client.post(f"{path}/stand", data=right(question_3=(BytesIO(), ""))).status_code == 303
    client.post(f"{path}/people", data=RIGHT["people"])
    checked = client.get(f"{path}/check").text
    for text in ("من الجبل", "Yes, we stay", "25", "label.jpg"):
        assert text in checked
    sent = client.post(f"{path}/check", data=SEND)
    assert sent.status_code == 303
    kept = {row.question_code: row for row in session.scalars(select(Answer))}
    assert {code: row.value for code, row in kept.items()} == {
        "story": "من الجبل",
        "lodging": "yes",
        "kilos": "25",
        "label": "label.jpg",
    }
    assert kept["label"].file_id is not None
    reference = session.scalars(select(RegistrationDraft.reference)).one()
    client.post("/en/track", data={"reference": reference, "phone": "0612345678"})
    assert "Yes, we stay" in client.get(f"/en/track/{reference}").text
    organizer = sign_in(client, make_account(session, Role.ADMINISTRATOR))
    review = organizer.get(f"/en/organizer/events/{event.slug}/registrations/{reference}")
    assert "Yes, we stay" in review.text


@pytest.mark.parametrize(
    "field, value",
    [
        ("question_0", ""),
        ("question_0", LONG),
        ("question_1", ""),
        ("question_1", "maybe"),
        ("question_2", ""),
        ("question_2", "0"),
        ("question_2", "501"),
        ("question_2", "كثير"),
        ("question_3", (BytesIO(), "")),
        ("question_3", (BytesIO(b"<script>"), "a.jpg")),
    ],
)
def test_a_wrong_answer_gives_its_message_and_keeps_everything(
    client: FlaskClient, session: Session, field: str, value: Any
) -> None:
    event = make_event(session)
    ask(session, event)
    walk(client, event.slug, until="stand")
    if isinstance(value, tuple):
        value = (BytesIO(value[0].getvalue()), value[1])
    answer = client.post(f"/ar/events/{event.slug}/register/stand", data=right(**{field: value}))
    page = Page(answer.text)
    assert answer.status_code == 422
    assert page.title.startswith("خطأ")
    assert field in [name for name, _ in page.links]
    assert page.beside[f"{field}-e"]
    assert "قرب الباب" in answer.text


def test_optional_questions_may_stay_empty_and_say_so(client: FlaskClient, session: Session) -> None:
    event = make_event(session)
    ask(session, event, story=True, lodging=True, kilos=True, label=True)
    walk(client, event.slug, until="stand")
    page = client.get(f"/fr/events/{event.slug}/register/stand").text
    assert page.count("(facultatif)") >= 4
    empty = {"question_0": "", "question_1": "", "question_2": "", "question_3": (BytesIO(), "")}
    saved = client.post(f"/fr/events/{event.slug}/register/stand", data={**RIGHT["stand"], **empty})
    assert saved.status_code == 303


def test_an_older_draft_is_asked_the_questions(client: FlaskClient, session: Session) -> None:
    event = make_event(session)
    walk(client, event.slug)
    ask(session, event)
    answer = client.get(f"/ar/events/{event.slug}/register/check")
    assert answer.headers["Location"].endswith("/register/stand")
