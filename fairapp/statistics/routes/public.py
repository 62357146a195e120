"""Figures for everyone: what organizers have published, and where to download it."""

from flask import current_app, render_template, request
from flask.typing import ResponseReturnValue

from config import Settings
from fairapp.events.models import Event
from fairapp.events.queries import public_event
from fairapp.foundation.database import reading
from fairapp.statistics import presentation
from fairapp.statistics.domain.national import EventFigures
from fairapp.statistics.domain.publication import read_row
from fairapp.statistics.errors import ReportNotPublished
from fairapp.statistics.models import PublishedReport
from fairapp.statistics.queries.reports import latest_report, published_reports
from fairapp.statistics.routes import pages
from fairapp.statistics.routes.official import (
    asked_figures,
    asked_years,
    page_of,
    region_chart,
    report_charts,
    span_before,
    year_chart,
)
from fairapp.web.access import public
from fairapp.web.i18n import current_language


@pages.get("/events/<slug>/report")
@public
def public_report(slug: str) -> ResponseReturnValue:
    """Show the figures of an event that its organizer published."""
    session, language = reading(), current_language()
    event = public_event(session, slug=slug)
    published = latest_report(session, event=event)
    if published is None or published.figures.get("withdrawn"):
        raise ReportNotPublished()
    report = presentation.published_report(published.figures["public"], event, language)
    return render_template(
        "statistics/public_report.html",
        event=event,
        report=report,
        row=_row(event, published),
        published=published,
        objections=published.figures.get("objections"),
        **report_charts(report, language),
    )


@pages.get("/statistics")
@public
def public_statistics() -> ResponseReturnValue:
    """Show the sums of all published reports."""
    language = current_language()
    rows = [(_row(event, report), report) for event, report in published_reports(reading())]
    events = [row for row, _report in rows]
    years = sorted({event.year for event in events})
    figures = asked_figures(events)
    return render_template(
        "statistics/public_statistics.html",
        figures=figures,
        page=page_of(figures.events),
        years=years,
        span=span_before(years),
        year=request.args.get("year") if asked_years() else None,
        newest=max((report.published_at for _row_, report in rows), default=None),
        has_demonstration=any(event.is_demonstration for event in events),
        **region_chart(figures, language),
        **year_chart(events),
    )


@pages.get("/open-data")
@public
def open_data() -> ResponseReturnValue:
    """Show which files there are, what their columns mean, and the licence."""
    settings: Settings = current_app.extensions["settings"]
    return render_template("statistics/open_data.html", licence=settings.open_data_licence)


def _row(event: Event, report: PublishedReport) -> EventFigures:
    titles = {"ar": event.title_ar, "fr": event.title_fr, "en": event.title_en}
    return read_row(report.figures["public"], titles=titles)
