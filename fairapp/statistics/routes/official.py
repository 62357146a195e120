"""The official's dashboard, and the report of one event with its publication."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fairapp.events.domain import EventKind
from fairapp.events.queries import event_for
from fairapp.foundation.clock import local_date, utc_now
from fairapp.foundation.database import reading, transaction
from fairapp.foundation.errors import RuleViolation
from fairapp.reference.queries import choices, regions
from fairapp.statistics import charts, presentation, services
from fairapp.statistics.domain.national import EventFigures, National, nation
from fairapp.statistics.forms import PublishForm
from fairapp.statistics.queries import national, reports
from fairapp.statistics.routes import pages
from fairapp.turnover.queries.checks import differences
from fairapp.turnover.queries.event import event_turnover, silent_stands
from fairapp.web.access import current_actor, requires
from fairapp.web.errors import sentence_of
from fairapp.web.i18n import RIGHT_TO_LEFT, current_language

READ, PUBLISH = "statistics.read", "statistics.publish"


@pages.get("/official/")
@requires("statistics.read")
def dashboard() -> ResponseReturnValue:
    """Show national figures within the official's scope, by region, year and event."""
    language = current_language()
    events = asked_events()
    figures = asked_figures(events)
    return render_template(
        "statistics/dashboard.html",
        figures=figures,
        years=sorted({event.year for event in events}),
        year=asked_year(),
        kind=asked_kind(),
        region=asked_region(),
        region_choices=choices(regions().values(), language),
        as_of=utc_now(),
        has_demonstration=any(event.is_demonstration for event in events),
        **region_chart(figures, language),
        **year_chart(events),
    )


@pages.get("/official/events/<slug>")
@requires("statistics.read")
def event_report(slug: str) -> ResponseReturnValue:
    """Show all figures of one event, and what of them is published."""
    session, today, language = reading(), local_date(utc_now()), current_language()
    actor = current_actor()
    event = event_for(session, actor=actor, action=READ, slug=slug)
    turnover = event_turnover(session, event=event, today=today)
    row = national.figures_of(session, events=[event], today=today)[0]
    report = presentation.report_of(turnover, row, event, language)
    return render_template(
        "statistics/event_report.html",
        event=event,
        report=report,
        row=row,
        revisions=reports.reports_of(session, event=event),
        silent=silent_stands(session, event=event, today=today),
        differences=differences(session, event=event),
        may_publish=actor.covers_event(PUBLISH, event_id=event.id, region_code=event.region_code),
        form=PublishForm(),
        as_of=utc_now(),
        **report_charts(report, language),
    )


@pages.post("/official/events/<slug>/publish")
@requires("statistics.publish")
def publish_report(slug: str) -> ResponseReturnValue:
    """Publish the present figures as the next revision, or take the publication back."""
    form = PublishForm()
    if form.validate_on_submit():
        try:
            with transaction() as session:
                if form.take_back.data:
                    services.take_back_report(session, actor=current_actor(), slug=slug, now=utc_now())
                else:
                    services.publish_report(session, actor=current_actor(), slug=slug, now=utc_now())
        except RuleViolation as refusal:
            flash(sentence_of(refusal), "error")
        else:
            flash(_("The publication was taken back.") if form.take_back.data else _("The figures are published."))
    return redirect(url_for("statistics.event_report", slug=slug), 303)


def asked_events() -> list[EventFigures]:
    """Return the events of the asked kind and region, of all years."""
    return national.events_in_scope(
        reading(),
        actor=current_actor(),
        today=local_date(utc_now()),
        kind=asked_kind(),
        region_code=asked_region(),
    )


def asked_figures(events: list[EventFigures]) -> National:
    """Return the figures of the asked year, or of all years."""
    years = [event.year for event in events] or [local_date(utc_now()).year]
    year = asked_year()
    return nation(events, first_year=year or min(years), last_year=year or max(years))


def asked_year() -> int | None:
    """Return the year of the address; None for all."""
    text = request.args.get("year", "")
    return int(text) if text.isdecimal() and len(text) == len("2021") else None


def asked_kind() -> EventKind | None:
    """Return the kind of the address; None for both."""
    text = request.args.get("kind", "")
    return EventKind(text) if text in list(EventKind) else None


def asked_region() -> str | None:
    """Return the region of the address; None for all."""
    code = request.args.get("region", "")
    return code if code in regions() else None


def region_chart(figures: National, language: str) -> dict[str, Any]:
    """Return what the chart of regions needs."""
    parts = presentation.region_parts(figures.by_region, language)
    scale = presentation.scale_for([part.turnover_minor for part in parts])
    return {
        "region_parts": parts,
        "region_scale": scale,
        "region_finding": presentation.finding_of_regions(parts),
    }


def year_chart(events: list[EventFigures]) -> dict[str, Any]:
    """Return what the trend over all years needs."""
    years = [event.year for event in events] or [local_date(utc_now()).year]
    groups = nation(events, first_year=min(years), last_year=max(years)).by_year
    parts = [
        presentation.Part(
            group.key, group.key, group.both.turnover_minor, False, group.both.sales, group.both.coverage
        )
        for group in groups
    ]
    scale = presentation.scale_for([part.turnover_minor for part in parts])
    return {
        "year_parts": parts,
        "year_scale": scale,
        "year_finding": presentation.finding_of_years(parts, scale),
        "year_description": presentation.description_of(parts, scale),
        "year_trend": charts.trend([part.turnover_minor for part in parts], rtl=is_rtl()),
    }


def report_charts(report: presentation.Report, language: str) -> dict[str, Any]:
    """Return what the charts of an event's report need."""
    days = list(report.days)
    scale = presentation.scale_for([day.turnover_minor for day in days])
    return {
        "sector_scale": presentation.scale_for([sector.turnover_minor for sector in report.sectors]),
        "day_scale": scale,
        "day_finding": presentation.finding_of_days(days),
        "day_description": presentation.description_of(days, scale),
        "day_columns_of": charts.columns([day.turnover_minor for day in days], rtl=language in RIGHT_TO_LEFT),
        "days_fit": presentation.fits_columns(days),
    }


def is_rtl() -> bool:
    """Tell whether time runs from right to left in this request's language."""
    return current_language() in RIGHT_TO_LEFT
