"""Paper: the receipt, and the form that mirrors the screens field by field."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale
from PIL import Image
from sqlalchemy.orm import Session

from fairapp.events.domain import QuestionKind, QuestionPhase
from fairapp.events.models import Event, Question, RequiredDocument
from fairapp.events.queries import call_of
from fairapp.registrations.answers import STEPS
from fairapp.registrations.domain import FilingChannel
from fairapp.registrations.forms.steps import (
    CheckForm,
    CooperativeForm,
    PlaceForm,
    ProductsForm,
    StandForm,
    StopsForm,
    people_form,
)
from fairapp.registrations.paper import form_blocks, print_form
from fairapp.registrations.printing import print_receipt
from fairapp.registrations.queries.single import registration_by_id
from fairapp.registrations.routes.drafting import FIRST_SECTORS
from tests.factories.events import make_event, make_market
from tests.factories.registrations import make_registration

NEEDS_POPPLER = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler-utils is not installed")
HIDDEN = {"CSRFTokenField", "HiddenField"}
FORMS: dict[str, list[Any]] = {
    "cooperative": [CooperativeForm],
    "place": [PlaceForm],
    "products": [ProductsForm],
    "stops": [StopsForm],
    "stand": [StandForm],
    "people": [people_form(2)],
}


def ask(session: Session, event: Event) -> None:
    session.add_all(
        [
            Question(
                event_id=event.id,
                code=phase.value,
                position=1,
                phase=phase,
                kind=QuestionKind.CHOICE,
                title_ar=f"سؤال {phase.value}",
                title_fr=f"Question {phase.value}",
                title_en="Q",
                choices=[{"code": "a", "ar": "سيارة", "fr": "Voiture", "en": "Car"}],
            )
            for phase in QuestionPhase
        ]
    )
    session.add(
        RequiredDocument(
            event_id=event.id,
            code="statutes",
            position=1,
            title_ar="النظام الأساسي",
            title_fr="Statuts",
            title_en="Statutes",
        )
    )
    session.flush()


def words_of(pdf: bytes, tmp_path: Path) -> str:
    path = tmp_path / "paper.pdf"
    path.write_bytes(pdf)
    done = subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, check=True)
    return done.stdout.decode()


def test_paper_form_has_every_field_of_the_screens_in_their_order(app: Flask, session: Session) -> None:
    event = make_market(session, stops=2)
    ask(session, event)
    with app.test_request_context("/fr/"), force_locale("fr"):
        blocks = form_blocks(event, call_of(session, event=event), FIRST_SECTORS)
        steps = [step for step in STEPS if step in FORMS]
        assert len(blocks) == len(steps) + 1  # the documents are fields of the call itself
        for block, step in zip(blocks, steps, strict=False):
            on_paper = {block.title[1], *(blank.label[1] for blank in block.blanks)}
            on_paper |= {choice[1] for blank in block.blanks for choice in blank.choices}
            asked = {
                str(field.label.text)
                for form in FORMS[step]
                for field in form(meta={"csrf": False})
                if field.type not in HIDDEN
            }
            assert asked - on_paper == set(), step
        assert str(CheckForm(meta={"csrf": False}).consent.label.text)
    labels = [blank.label[1] for block in blocks for blank in block.blanks]
    assert "Question registration" in labels
    assert "Question details" not in labels
    assert blocks[-1].blanks[0].label == ("النظام الأساسي", "Statuts")


@NEEDS_POPPLER
def test_paper_form_is_a_pdf_for_everybody(session: Session, client: FlaskClient, tmp_path: Path) -> None:
    event = make_event(session, organizer_phone="+212535000000")
    ask(session, event)
    answer = client.get(f"/ar/events/{event.slug}/form.pdf")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert client.get("/ar/events/nothing/form.pdf").status_code == 404
    text = words_of(answer.data, tmp_path)
    for words in ("Question registration", "Statuts", "05 35 00 00 00"):
        assert words in text


def test_paper_form_of_an_event_without_terms_is_printed(app: Flask, session: Session) -> None:
    event = make_event(session, registration_opens_on=None, registration_closes_on=None)
    with app.app_context():
        call = call_of(session, event=event)
        pdf = print_form(event, call, first_sectors=FIRST_SECTORS, public_url="http://localhost")
    assert pdf.startswith(b"%PDF-")


@NEEDS_POPPLER
@pytest.mark.parametrize("channel", list(FilingChannel))
def test_receipt_tells_reference_days_code_and_what_comes_next(
    app: Flask, session: Session, channel: FilingChannel, tmp_path: Path
) -> None:
    made = make_registration(session, channel=channel)
    registration = registration_by_id(session, registration_id=made.id)
    with app.app_context():
        pdf = print_receipt(registration, code="K7QM4T2X", public_url="http://localhost")
        assert print_receipt(registration, code="K7QM4T2X", public_url="http://localhost") == pdf
    text = words_of(pdf, tmp_path)
    shown = f"{registration.reference[:4]}-{registration.reference[4:]}"
    for words in (shown, "K7QM 4T2X", registration.cooperative.name_fr, registration.event.title_fr):
        assert words in text


@NEEDS_POPPLER
def test_receipt_has_a_code_that_leads_to_tracking(app: Flask, session: Session, tmp_path: Path) -> None:
    made = make_registration(session)
    registration = registration_by_id(session, registration_id=made.id)
    path = tmp_path / "receipt.pdf"
    with app.app_context():
        path.write_bytes(print_receipt(registration, code="K7QM4T2X", public_url="http://localhost"))
    subprocess.run(
        ["pdftoppm", "-r", "150", "-png", "-singlefile", "receipt.pdf", "page"], cwd=tmp_path, check=True
    )
    [found] = zxingcpp.read_barcodes(Image.open(tmp_path / "page.png").convert("L"))
    shown = f"{registration.reference[:4]}-{registration.reference[4:]}"
    assert found.text == f"http://localhost/ar/track?reference={shown}"


def test_receipt_of_what_was_filed_alone_is_printed_from_the_tracking_page(
    session: Session, client: FlaskClient
) -> None:
    registration = make_registration(session)
    url = f"/en/track/{registration.reference}/receipt.pdf"
    assert client.post(url).status_code == 303
    client.post("/en/track", data={"reference": registration.reference, "phone": registration.phone})
    answer = client.post(url)
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
