"""Registers as people send them, and imports of them."""

import csv
import io
from collections.abc import Sequence

from openpyxl import Workbook
from sqlalchemy.orm import Session

from fairapp.audit.domain import SYSTEM, Actor
from fairapp.foundation.ids import new_reference
from fairapp.imports import queries
from fairapp.imports.domain import ImportState, RowOutcome
from fairapp.imports.models import Import, ImportRow
from fairapp.imports.services import taking_in
from fairapp.imports.tasks import apply_register, read_register, undo_register
from tests import NOW
from tests.factories.cooperatives import make_cooperative

HEADINGS = ("Nom", "Province", "Commune")
_FOUND = {
    "kind": "csv",
    "encoding": "utf-8",
    "separator": ";",
    "sheet": None,
    "sheets": 1,
    "damaged": 0,
    "headings_row": 1,
    "headings": list(HEADINGS),
    "columns": {"0": "name_fr", "1": "province", "2": "commune"},
    "samples": [["Coopérative Zitoun", "Khénifra", "Khénifra"]],
}


def register_csv(
    *rows: Sequence[object],
    headings: Sequence[str] = HEADINGS,
    separator: str = ";",
    encoding: str = "utf-8",
) -> bytes:
    """Return a register as CSV."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator).writerows([headings, *rows])
    return text.getvalue().encode(encoding)


def register_xlsx(*rows: Sequence[object], headings: Sequence[str] = HEADINGS) -> bytes:
    """Return a register as a workbook."""
    book = Workbook()
    for row in (headings, *rows):
        book.active.append(list(row))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def make_import(session: Session, content: bytes, *, actor: Actor = SYSTEM) -> Import:
    """Send a register; nobody has read it yet."""
    return taking_in.start_import(session, actor=actor, filename="register.csv", content=content, now=NOW)


def make_read_import(session: Session) -> Import:
    """Make an import with one new, one doubtful and one wrong row, ready to be looked at."""
    its = make_import(session, register_csv())
    its.state, its.counts = ImportState.READY, {outcome.value: 0 for outcome in RowOutcome}
    its.found = {**its.found, **_FOUND}
    look_alike = make_cooperative(session, phone=None)
    stated = {"name_fr": "Coopérative Zitoun", "province_code": "05.301", "commune": "Khénifra"}
    candidates: list[list[object]] = [[look_alike.id, "name"]]
    for number, outcome in enumerate((RowOutcome.NEW, RowOutcome.DOUBTFUL, RowOutcome.WRONG), 2):
        its.counts = {**its.counts, outcome.value: 1}
        session.add(
            ImportRow(
                import_id=its.id,
                number=number,
                outcome=outcome,
                new_code=new_reference(),
                stated=stated,
                problems=[{"column": "phone", "sentence": "Write a number."}] * (outcome is RowOutcome.WRONG),
                candidates=candidates if outcome is RowOutcome.DOUBTFUL else [],
                cells=["Coopérative Zitoun", "Khénifra", "Khénifra"],
            )
        )
    session.flush()
    return its


def read(its: Import) -> None:
    """Let the worker read an import. Inside an application's context."""
    number = its.found["reading"]
    read_register.run(import_id=its.id, key=f"imports.read_register:{its.code}:{number}")


def applied(its: Import) -> None:
    """Let the worker apply an import."""
    apply_register.run(import_id=its.id, account_id=None, key=f"imports.apply_register:{its.code}")


def undone(its: Import) -> None:
    """Let the worker undo an import."""
    undo_register.run(import_id=its.id, account_id=None, key=f"imports.undo_register:{its.code}")


def outcomes(session: Session, its: Import) -> dict[int, str]:
    """Return the outcome of each row by its number."""
    session.expire_all()
    page = queries.page_of_rows(session, import_id=its.id, filters=(), page=1)
    return {row.number: row.outcome.value for row in page.rows}
