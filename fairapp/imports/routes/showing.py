"""Looking at imports: the list, the dry run row by row, files to download."""

from collections.abc import Iterator
from typing import Any

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound

from fairapp.foundation.database import reading
from fairapp.foundation.ids import show_reference
from fairapp.imports import presentation, queries
from fairapp.imports.columns import FIELDS, SHOWN_HEADINGS
from fairapp.imports.domain import BUSY, MOST_BYTES, ImportState, RowOutcome
from fairapp.imports.forms import ActForm, ColumnForm, UploadForm
from fairapp.imports.models import Import, ImportRow
from fairapp.imports.routes import pages
from fairapp.imports.samples import problems_csv, sample_csv, sample_xlsx
from fairapp.web.access import requires
from fairapp.web.filters import locale_language
from fairapp.web.forms import form_status

BASE = "/organizer/directory/import"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LOOKED_AT = (RowOutcome.WRONG, RowOutcome.DOUBTFUL, RowOutcome.REPEATED)
_ROWS_AT_ONCE = 2_000


def upload_page(session: Session, form: UploadForm) -> ResponseReturnValue:
    """Return the page on which a register is sent."""
    page = render_template(
        "imports/upload.html",
        form=form,
        imports=queries.latest_imports(session),
        megabytes=MOST_BYTES // (1024 * 1024),
        fields=FIELDS,
        headings=SHOWN_HEADINGS["fr" if locale_language() == "fr" else "ar"],
        label=presentation.label,
    )
    return page, form_status(form)


@pages.get(BASE)
@requires("cooperatives.import")
def show_imports() -> ResponseReturnValue:
    """Show how to send a register, and the imports there were."""
    return upload_page(reading(), UploadForm())


@pages.get(f"{BASE}/sample-<any(ar, fr):written>.<any(csv, xlsx):kind>")
@requires("cooperatives.import")
def download_sample(written: str, kind: str) -> ResponseReturnValue:
    """Download a sample with headings in Arabic or French; the workbook holds the lists of codes too."""
    content = sample_csv(written) if kind == "csv" else sample_xlsx(written)
    return _download(content, f"register-{written}.{kind}", "text/csv" if kind == "csv" else _XLSX)


@pages.get(f"{BASE}/<code>")
@requires("cooperatives.import")
def show_import(code: str) -> ResponseReturnValue:
    """Show where an import stands, and row by row what it would change."""
    session = reading()
    return import_page(session, queries.import_for(session, code=code))


def import_page(session: Session, found: Import, *, form: Any = None) -> ResponseReturnValue:
    """Return the page of an import; `form` carries a mistake to show."""
    if found.state in BUSY:
        return render_template("imports/busy.html", found=found, share=_share(found))
    view = request.args.get("rows", "")
    filters = _filters(view)
    page = queries.page_of_rows(
        session, import_id=found.id, filters=filters, page=request.args.get("page", 1, type=int)
    )
    is_last = found.state is ImportState.APPLIED and queries.last_applied_id(session) == found.id
    rendered = render_template(
        "imports/import.html",
        found=found,
        view=view,
        rows=page,
        may_undo=is_last,
        columns=column_forms(found),
        form=ActForm(formdata=None) if form is None else form,
        said=presentation,
    )
    return rendered, form_status(form) if form is not None else 200


def _share(found: Import) -> float:
    return min(found.done_rows / found.total_rows, 1.0) if found.total_rows else 0.0


def _filters(view: str) -> list[ColumnElement[bool]]:
    if view == "decided":
        return [ImportRow.choice.is_not(None)]
    return [ImportRow.outcome == outcome for outcome in RowOutcome if outcome.value == view]


def column_forms(found: Import) -> list[tuple[int, str, list[str], Any]]:
    """Return (place, heading, examples, select) of each column of the file."""
    kept = found.found
    columns, samples = kept.get("columns", {}), kept.get("samples", [])
    forms = []
    for place, heading in enumerate(kept.get("headings", [])):
        chosen = request.form.get(f"column-{place}-field", columns.get(str(place), ""))
        form = ColumnForm(formdata=None, prefix=f"column-{place}", field=chosen)
        shown = [row[place] for row in samples if place < len(row) and row[place]]
        forms.append((place, heading, shown, form.field))
    return forms


@pages.get(f"{BASE}/<code>/problems.csv")
@requires("cooperatives.import")
def download_problems(code: str) -> ResponseReturnValue:
    """Download the rows that a person has to look at, to be corrected and sent again."""
    session = reading()
    found = queries.import_for(session, code=code)
    if found.state in BUSY:
        raise NotFound()
    heads = [_("Row"), _("State"), _("What is wrong"), *found.found.get("headings", ())]
    content = problems_csv(heads, _problem_rows(session, found))
    return _download(content, f"problems-{show_reference(found.code)}.csv", "text/csv")


def _problem_rows(session: Session, found: Import) -> Iterator[list[object]]:
    words = outcome_words()
    last = 0
    while rows := queries.rows_after(
        session, import_id=found.id, outcomes=_LOOKED_AT, after=last, most=_ROWS_AT_ONCE
    ):
        last = rows[-1].number
        for row in rows:
            told = [presentation.problem_sentence(problem) for problem in row.problems]
            told += [presentation.mark_sentence(mark) for _id, mark in row.candidates]
            yield [row.number, words[row.outcome], " ".join(told), *(row.cells or ())]
        session.expunge_all()


def outcome_words() -> dict[RowOutcome, str]:
    """Return what the outcomes are called."""
    return {
        RowOutcome.NEW: _("New"),
        RowOutcome.CHANGED: _("Changed"),
        RowOutcome.SAME: _("As before"),
        RowOutcome.DOUBTFUL: _("Doubtful"),
        RowOutcome.REPEATED: _("Repeated"),
        RowOutcome.WRONG: _("Wrong"),
    }


def _download(content: bytes, name: str, mimetype: str) -> Response:
    response = Response(content, mimetype=mimetype)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
