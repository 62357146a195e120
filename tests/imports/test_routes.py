"""Pages of imports: success, refusal, no access."""

import io

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from fairapp.audit.domain import Role
from fairapp.foundation.ids import show_reference
from fairapp.imports.columns import FIELDS, recognise
from fairapp.imports.domain import MOST_BYTES, ImportState, RowChoice
from fairapp.imports.models import Import, ImportRow
from fairapp.imports.services import taking_in
from fairapp.outbox.models import OutboxRow
from tests.clients import sign_in
from tests.factories.accounts import make_account
from tests.factories.imports import make_read_import, read, register_csv

BASE = "/en/organizer/directory/import"


@pytest.fixture
def organizer(client: FlaskClient, session: Session) -> FlaskClient:
    return sign_in(client, make_account(session, Role.ORGANIZER))


def send(client: FlaskClient, content: bytes, name: str = "register.csv") -> tuple[int, str]:
    answer = client.post(BASE, data={"file": (io.BytesIO(content), name)})
    return answer.status_code, answer.location or answer.get_data(as_text=True)


def test_sending_a_file_asks_the_worker_and_shows_its_progress(
    organizer: FlaskClient, session: Session
) -> None:
    status, location = send(organizer, register_csv(("Coopérative A", "Khénifra", "Khénifra")))
    assert status == 303
    its = session.scalars(select(Import)).one()
    assert (its.state, its.filename) == (ImportState.READING, "register.csv")
    asked = session.scalars(select(OutboxRow).where(OutboxRow.task == "imports.read_register")).one()
    assert asked.payload == {"import_id": its.id}
    page = organizer.get(location).get_data(as_text=True)
    assert 'http-equiv="refresh"' in page
    assert "<script" not in page.partition("<main")[2]


def test_file_that_is_too_large_is_refused_in_words(
    app: Flask, organizer: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert vars(app.view_functions["imports.send_register"])["most_bytes"] > MOST_BYTES
    monkeypatch.setattr(taking_in, "MOST_BYTES", 1_000)
    status, page = send(organizer, b"x" * 1_001)
    assert (status, "Send it in parts." in page) == (422, True)
    assert session.scalars(select(Import)).all() == []


@pytest.mark.parametrize("content, sentence", [(b"", "Choose a file"), (b" \n", "Choose a file")])
def test_sending_nothing_is_refused_in_words(organizer: FlaskClient, content: bytes, sentence: str) -> None:
    status, page = send(organizer, content)
    assert (status, sentence in page, "<title>Error:" in page) == (422, True, True)


def test_dry_run_is_shown_row_by_row_and_applied(
    app: Flask, organizer: FlaskClient, session: Session
) -> None:
    _status, location = send(
        organizer,
        register_csv(
            ("<b>Zitoun</b> & fils", "Khénifra", "Khénifra"), ("Coopérative B", "Atlantide", "Khénifra")
        ),
    )
    its = session.scalars(select(Import)).one()
    with app.app_context():
        read(its)
    page = organizer.get(location).get_data(as_text=True)
    assert "&lt;b&gt;Zitoun&lt;/b&gt; &amp; fils" in page
    assert "We do not know this province." in page
    wrong = organizer.get(f"{location}?rows=wrong").get_data(as_text=True)
    assert "Atlantide" in wrong
    assert "Zitoun" not in wrong.partition('id="rows"')[2]
    assert organizer.post(f"{location}/apply").status_code == 303
    session.expire_all()
    assert session.scalars(select(Import)).one().state is ImportState.APPLYING


def test_rows_with_problems_are_downloaded_as_they_stand_in_the_file(
    app: Flask, organizer: FlaskClient, session: Session
) -> None:
    _status, location = send(organizer, register_csv(("=1+1", "Atlantide", "Khénifra")))
    with app.app_context():
        read(session.scalars(select(Import)).one())
    lines = organizer.get(f"{location}/problems.csv").get_data().decode("utf-8-sig").splitlines()
    assert lines[0] == "Row,State,What is wrong,Nom,Province,Commune"
    assert lines[1].endswith(",'=1+1,Atlantide,Khénifra")


def test_doubtful_row_is_decided_on_the_page(organizer: FlaskClient, session: Session) -> None:
    its = make_read_import(session)
    url = f"{BASE}/{show_reference(its.code)}"
    assert "Looks like" in organizer.get(f"{url}?rows=doubtful").get_data(as_text=True)
    assert organizer.post(f"{url}/rows", data={"row": "3", "choice": "new"}).status_code == 303
    session.expire_all()
    row = session.scalars(select(ImportRow).where(ImportRow.number == 3)).one()
    assert row.choice is RowChoice.NEW


def test_columns_without_a_name_are_refused_and_kept_as_chosen(
    organizer: FlaskClient, session: Session
) -> None:
    its = make_read_import(session)
    answer = organizer.post(f"{BASE}/{show_reference(its.code)}/columns", data={"column-1-field": "commune"})
    page = answer.get_data(as_text=True)
    assert (answer.status_code, "Say which column holds the names" in page) == (422, True)
    assert '<option selected value="commune">' in page


@pytest.mark.parametrize("written", ["ar", "fr"])
def test_samples_are_read_by_the_import_itself(
    app: Flask, organizer: FlaskClient, session: Session, written: str
) -> None:
    book = load_workbook(io.BytesIO(organizer.get(f"{BASE}/sample-{written}.xlsx").data), read_only=True)
    assert len(book.sheetnames) == 4
    heads = [cell.value for cell in next(iter(book.worksheets[0].iter_rows()))]
    assert tuple(recognise(heads).values()) == FIELDS
    send(organizer, organizer.get(f"{BASE}/sample-{written}.csv").data)
    its = session.scalars(select(Import)).one()
    with app.app_context():
        read(its)
    session.expire_all()
    assert session.scalars(select(Import)).one().counts["new"] == 2


def test_page_of_rows_needs_as_many_queries_for_one_row_as_for_many(
    organizer: FlaskClient, session: Session
) -> None:
    its = make_read_import(session)
    counted: dict[str, int] = {}
    for view in ("new", ""):
        statements: list[str] = []

        def note(
            _c: object, _cursor: object, statement: str, *_: object, kept: list[str] = statements
        ) -> None:
            kept.append(statement)

        event.listen(session.get_bind(), "before_cursor_execute", note)
        organizer.get(f"{BASE}/{show_reference(its.code)}?rows={view}")
        event.remove(session.get_bind(), "before_cursor_execute", note)
        counted[view] = len(statements)
    assert counted["new"] <= counted[""] <= counted["new"] + 2  # the entries that rows name: two statements


def test_imports_are_for_organizers(client: FlaskClient, session: Session) -> None:
    sign_in(client, make_account(session, Role.DESK_AGENT))
    assert client.get(BASE).status_code == 403
