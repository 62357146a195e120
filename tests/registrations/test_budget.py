"""What a registration may cost: pages, needed fields, bytes (issue 3), and nothing that needs a script."""

import gzip
import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from fairapp.events.domain import QuestionKind, QuestionPhase
from fairapp.events.models import Event, Question
from fairapp.registrations.answers import Journey
from tests.factories.documents import make_required_document
from tests.factories.events import make_event
from tests.registrations.answers import RIGHT, SEND
from tests.registrations.test_questions import ask

MOST_PAGES = 7
MOST_NEEDED = 20
MOST_BYTES = 30 * 1024
PAPERS = ("registration_certificate", "statutes", "assembly_minutes", "product_photos", "food_safety", "card")


def _full_call(session: Session) -> Event:
    """Make an event whose call asks for papers and has as many questions as one may."""
    event = make_event(session)
    for place, code in enumerate(PAPERS):
        make_required_document(session, event, code, position=place)
    ask(session, event, label=True)
    session.add_all(
        Question(
            event_id=event.id,
            position=10 + place,
            code=f"more_{place}",
            phase=QuestionPhase.REGISTRATION,
            kind=QuestionKind.TEXT,
            title_ar=f"سؤال آخر {place}",
            title_fr=f"Autre question {place}",
            title_en=f"Another question {place}",
            optional=False,
        )
        for place in range(2)
    )
    session.flush()
    return event


def _answers(step: str) -> dict[str, object]:
    more = {"question_0": "x", "question_1": "yes", "question_2": "5", "question_4": "y", "question_5": "z"}
    return {**RIGHT.get(step, {}), **(more if step == "stand" else {})}


def _needed(html: str) -> int:
    """Count the questions of a page that are not called optional; a group of choices is one."""
    main = html[html.index("<main") : html.index("</main>")]
    labels = re.findall(r"<(?:label for|legend)[^>]*>(.*?)</(?:label|legend)>", main, re.DOTALL)
    visible = [label for label in labels if "vh" not in label]
    return sum("(optional)" not in label for label in visible)


def test_one_stop_takes_seven_pages() -> None:
    assert len(Journey.of(open_stops=1, has_documents=True, has_questions=True)) == MOST_PAGES


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
def test_a_whole_registration_stays_within_its_budget(
    client: FlaskClient, session: Session, language: str
) -> None:
    event = _full_call(session)
    root = f"/{language}/events/{event.slug}/register"
    start = client.get(root)
    assert len(gzip.compress(start.data)) < MOST_BYTES
    where, pages, needed = f"{root}/cooperative", 0, 0
    while True:
        page = client.get(where)
        assert page.status_code == 200
        assert len(gzip.compress(page.data)) < MOST_BYTES, where
        assert "onclick" not in page.text
        pages += 1
        needed += _needed(page.text) if not where.endswith("/documents") else 0
        step = where.rpartition("/")[2]
        answer = client.post(where, data=SEND if step == "check" else _answers(step))
        assert answer.status_code == 303, (step, answer.text)
        where = answer.headers["Location"]
        if step == "check":
            break
    assert pages == MOST_PAGES
    if language == "en":
        assert needed + 1 <= MOST_NEEDED  # and the declaration
    assert client.get(where).status_code == 200


@pytest.mark.parametrize("language", ["ar", "fr"])
def test_pages_of_resuming_and_tracking_are_light(
    client: FlaskClient, session: Session, language: str
) -> None:
    for path in ("/track", "/track/resume"):
        page = client.get(f"/{language}{path}")
        assert len(gzip.compress(page.data)) < MOST_BYTES
