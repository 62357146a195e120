"""The official's dashboard, and the report of one event with its publication."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fairapp.decisions.queries.appeals import appeal_counts
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
EVENTS_A_PAGE = 12
_YEARS = re.compile(r"(?P<first>(?:19|2[01])\d\d)(?:-(?P<last>(?:19|2[01])\d\d))?")


@pages.get("/official/")
@requires("statistics.read")
def dashboard() -> ResponseReturnValue:
    """Show national figures within the official's scope, by region, year and event."""
    language = current_language()
    events = asked_events()
    figures = asked_figures(events)
    years = sorted({event.year for event in events})
    return render_template(
        "statistics/dashboard.html",
        figures=figures,
        page=page_of(figures.events),
        years=years,
        span=span_before(years),
        year=request.args.get("year") if asked_years() else None,
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
        objections=appeal_counts(session, event_id=event.id),
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
            flash(
                _("The publication was taken back.")
                if form.take_back.data
                else _("The figures are published.")
            )
    return redirect(url_for("statistics.event_report", slug=slug), 303)


@dataclass(frozen=True, slots=True)
class EventPage:
    """One page of a table of events, the newest first; pages count from 1."""

    items: list[EventFigures]
    page: int
    pages: int


def page_of(events: Sequence[EventFigures]) -> EventPage:
    """Return the asked page of a table of events."""
    newest = sorted(events, key=lambda event: (event.starts_on, event.slug), reverse=True)
    pages_count = max(1, -(-len(newest) // EVENTS_A_PAGE))
    asked = request.args.get("page", "1")
    page = min(max(1, int(asked) if asked.isdecimal() and len(asked) < 5 else 1), pages_count)
    start = (page - 1) * EVENTS_A_PAGE
    return EventPage(newest[start : start + EVENTS_A_PAGE], page, pages_count)


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
    """Return the figures of the asked years, or of all."""
    years = [event.year for event in events] or [local_date(utc_now()).year]
    first, last = asked_years() or (min(years), max(years))
    return nation(events, first_year=first, last_year=last)


def asked_years() -> tuple[int, int] | None:
    """Return the first and last year of the address ("2025" or "2021-2025"); None for all."""
    match = _YEARS.fullmatch(request.args.get("year", ""))
    if match is None:
        return None
    first = int(match["first"])
    return first, max(first, int(match["last"] or first))


def span_before(years: list[int]) -> str | None:
    """Return the years before the one under way, as the address writes them; None without one."""
    over = [year for year in years if year < local_date(utc_now()).year]
    return f"{over[0]}-{over[-1]}" if len(over) > 1 and len(over) < len(years) else None


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
    """Return what the trend over all years needs.

    The year under way is left out as soon as there are two before it: its turnover is not final.
    """
    years = sorted({event.year for event in events}) or [local_date(utc_now()).year]
    under_way = years[-1] if years[-1] >= local_date(utc_now()).year and len(years) > 2 else None
    groups = nation(events, first_year=years[0], last_year=years[-1]).by_year
    groups = tuple(group for group in groups if group.key != str(under_way))
    parts = [
        presentation.Part(
            group.key, group.key, group.both.turnover_minor, False, group.both.sales, group.both.coverage
        )
        for group in groups
    ]
    scale = presentation.scale_for([part.turnover_minor for part in parts])
    return {
        "year_under_way": under_way,
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
