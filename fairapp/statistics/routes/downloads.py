"""Figures as files: of one event and of the national table, CSV and XLSX."""

import hashlib

from flask import Response
from flask_babel import gettext as _

from fairapp.events.models import Event
from fairapp.events.queries import event_for
from fairapp.foundation.clock import local_date, utc_now
from fairapp.foundation.database import reading
from fairapp.statistics import files
from fairapp.statistics.domain.national import National
from fairapp.statistics.routes import pages
from fairapp.statistics.routes.official import READ, asked_events, asked_figures, asked_kind, asked_region
from fairapp.statistics.tables import (
    Table,
    event_lines,
    event_tables,
    kind_name,
    national_events,
    national_tables,
    region_name,
)
from fairapp.turnover.domain import Coverage, EventTurnover
from fairapp.turnover.queries.event import event_turnover
from fairapp.web.access import current_actor, requires
from fairapp.web.filters import day, localized
from fairapp.web.formats import show_clock
from fairapp.web.i18n import RIGHT_TO_LEFT, current_language


@pages.get("/official/events/<slug>/turnover.csv")
@requires("statistics.read")
def event_csv(slug: str) -> Response:
    """Download an event's turnover: a line a total, stop, day and sector."""
    event, turnover = _event(slug)
    return _download(
        files.to_csv(event_lines(turnover, event, current_language())), files.CSV, f"{slug}-turnover.csv"
    )


@pages.get("/official/events/<slug>/turnover.xlsx")
@requires("statistics.read")
def event_xlsx(slug: str) -> Response:
    """Download an event's turnover as a workbook, with notes."""
    event, turnover = _event(slug)
    tables = event_tables(turnover, event, current_language())
    notes = {
        _("Title"): localized(event, "title"),
        _("Event"): event.slug,
        **_notes(turnover.coverage, tables, is_demonstration=event.is_demonstration),
    }
    return _download(_workbook(notes, tables), files.XLSX, f"{slug}-turnover.xlsx")


@pages.get("/official/totals.csv")
@requires("statistics.read")
def national_csv() -> Response:
    """Download the national table: a line an event."""
    figures = asked_figures(asked_events())
    return _download(files.to_csv(national_events(figures, current_language())), files.CSV, "totals.csv")


@pages.get("/official/totals.xlsx")
@requires("statistics.read")
def national_xlsx() -> Response:
    """Download the national figures as a workbook, with notes."""
    figures = asked_figures(asked_events())
    tables = national_tables(figures, current_language())
    notes = {_("Title"): _("National totals"), **_filters(figures)}
    demonstration = any(event.is_demonstration for event in figures.events)
    notes |= _notes(figures.both.coverage, tables, is_demonstration=demonstration)
    return _download(_workbook(notes, tables), files.XLSX, "totals.xlsx")


def _event(slug: str) -> tuple[Event, EventTurnover]:
    session = reading()
    event = event_for(session, actor=current_actor(), action=READ, slug=slug)
    return event, event_turnover(session, event=event, today=local_date(utc_now()))


def _filters(figures: National) -> dict[str, str]:
    kind, region = asked_kind(), asked_region()
    return {
        _("Years"): f"{figures.first_year}-{figures.last_year}",
        _("Kind"): kind_name(kind) if kind else _("All kinds"),
        _("Region"): region_name(region, current_language()) if region else _("All regions"),
        _("Events without a measured turnover"): str(figures.both.events - figures.both.measured),
    }


def _notes(coverage: Coverage, tables: list[Table], *, is_demonstration: bool) -> dict[str, str]:
    """Return what the reader of a workbook must know: when, how complete, what the words mean."""
    percent = "-" if coverage.percent is None else f"{coverage.percent}%"
    text = repr([(table.name, [column.key for column in table.columns], table.rows) for table in tables])
    notes = {
        _("As of"): f"{day(utc_now())}, {show_clock(utc_now())}",
        _("Currency"): "MAD",
        _("Coverage"): _(
            "%(percent)s: %(reported)s of %(expected)s stand-days reported, %(zero)s of them zero.",
            percent=percent,
            reported=coverage.reported,
            expected=coverage.expected,
            zero=coverage.zero_reports,
        ),
        _("Declared turnover"): definition_of_turnover(),
        _("Stand-day"): _("A stand with a holder, on a day that has begun."),
        _("Empty cells"): _("An empty cell was not measured; it is not zero."),
        _("Women's share"): _(
            "Taken on the people whose gender is stated; the number not stated stands beside it."
        ),
    }
    if is_demonstration:
        notes[_("Demonstration")] = _("Demonstration: the people, cooperatives and figures are invented.")
    notes["SHA-256"] = hashlib.sha256(text.encode()).hexdigest()
    return notes


def definition_of_turnover() -> str:
    """Return what the turnover is, in a sentence."""
    return str(
        _(
            "The sum of the sales that stands logged; where a stand logged none, "
            "the takings that it declared. Nothing is estimated."
        )
    )


def _workbook(notes: dict[str, str], tables: list[Table]) -> bytes:
    return files.to_xlsx(notes, tables, notes_name=_("Notes"), rtl=current_language() in RIGHT_TO_LEFT)


def _download(content: bytes, media_type: str, name: str) -> Response:
    response = Response(content, mimetype=media_type)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
