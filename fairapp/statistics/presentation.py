"""Figures as pages show them: one shape for official and published ones, findings, scales."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import format_decimal, gettext

from fairapp.events.models import Event
from fairapp.statistics.domain.national import EventFigures, Group
from fairapp.statistics.domain.publication import family_figures, read_coverage, read_minor, read_share
from fairapp.statistics.tables import region_name, sector_name
from fairapp.turnover.domain import Coverage, CoverageLevel, EventTurnover, Share
from fairapp.web import formats
from fairapp.web.filters import locale_language


def _(message: str, **values: object) -> str:
    """Return a sentence in the language."""
    return str(gettext(message, **values))


_MILLION_MINOR, _THOUSAND_MINOR = 100_000_000, 100_000
_MANY = 10  # columns fit up to here
LEVEL_KINDS = {
    CoverageLevel.GOOD: "ok",
    CoverageLevel.PARTIAL: "wait",
    CoverageLevel.INSUFFICIENT: "no",
    CoverageLevel.NONE: "off",
}


@dataclass(frozen=True, slots=True)
class Part:
    """Turnover of one stop, day, sector or region. `length` is its bar, 0 to 1 of the largest.

    `turnover_minor` is None when it is hidden or was not measured.
    """

    key: str
    label: str
    turnover_minor: int | None
    hidden: bool
    sales: int | None
    coverage: Coverage | None
    length: float = 0
    day: date | None = None


@dataclass(frozen=True, slots=True)
class WomenLedView:
    """Share of women-led cooperatives in the turnover of those that stated it."""

    hidden: bool
    turnover_minor: int | None
    base_minor: int | None
    not_stated_minor: int | None
    share: float | None


@dataclass(frozen=True, slots=True)
class Report:
    """The figures of one event on a page."""

    turnover_minor: int | None
    hidden: bool
    sales: int | None
    coverage: Coverage
    counts: Mapping[str, int | None]
    stops: Sequence[Part]
    days: Sequence[Part]
    sectors: Sequence[Part]
    women_led: WomenLedView
    exhibitors: Share
    trained: Share | None

    @property
    def is_measured(self) -> bool:
        """Whether a turnover exists, be it hidden."""
        return self.hidden or self.turnover_minor is not None


@dataclass(frozen=True, slots=True)
class Scale:
    """Unit in which a chart writes amounts; `unit` names it."""

    divisor_minor: int
    places: int
    unit: str

    def show(self, amount_minor: int) -> str:
        """Return an amount in this unit, grouped as the language does."""
        value = amount_minor / self.divisor_minor
        pattern = "#,##0.0" if self.places else "#,##0"
        return str(format_decimal(value, pattern))

    def show_tick(self, amount_minor: int) -> str:
        """Return an amount of the value axis: without places that are zero."""
        return str(format_decimal(amount_minor / self.divisor_minor, "#,##0.##"))


def scale_for(amounts: Sequence[int | None]) -> Scale:
    """Return the unit in which a chart of these amounts is easy to read."""
    highest = max([amount for amount in amounts if amount] or [0])
    if highest >= _MILLION_MINOR:
        return Scale(_MILLION_MINOR, 1, _("millions of dirhams"))
    if highest >= 100 * _THOUSAND_MINOR:
        return Scale(_THOUSAND_MINOR, 0, _("thousands of dirhams"))
    return Scale(100, 0, _("dirhams"))


def report_of(turnover: EventTurnover, row: EventFigures, event: Event, language: str) -> Report:
    """Return the report of an event from its present figures."""
    led = turnover.women_led
    return Report(
        turnover_minor=turnover.turnover_minor,
        hidden=False,
        sales=turnover.sales,
        coverage=turnover.coverage,
        counts={
            "registered": turnover.counts.registered,
            "accepted": turnover.counts.accepted,
            "present": turnover.counts.present,
            "reported": turnover.counts.reported,
        },
        stops=_measure(
            Part(
                figure.key,
                _place(event, figure.key, language),
                figure.turnover_minor,
                False,
                figure.sales,
                figure.coverage,
            )
            for figure in turnover.by_stop
        ),
        days=_measure(
            _day_part(figure.key, figure.turnover_minor, False, figure.sales, figure.coverage, language)
            for figure in turnover.by_day
        ),
        sectors=_measure(
            Part(
                figure.sector,
                sector_name(figure.sector, language),
                figure.turnover_minor,
                False,
                figure.sales,
                None,
            )
            for figure in family_figures(turnover.by_sector)
        ),
        women_led=WomenLedView(
            hidden=False,
            turnover_minor=led.turnover_minor,
            base_minor=led.base_minor,
            not_stated_minor=led.not_stated_minor,
            share=None if led.share is None else float(led.share),
        ),
        exhibitors=turnover.exhibitors,
        trained=row.trained,
    )


def published_report(figures: Mapping[str, Any], event: Event, language: str) -> Report:
    """Return the report of an event from its published figures."""
    led = figures["women_led"]
    return Report(
        turnover_minor=read_minor(figures["turnover"]),
        hidden=figures["hidden"],
        sales=figures["sales"],
        coverage=read_coverage(figures["coverage"]),
        counts=figures["counts"],
        stops=_measure(
            Part(part["stop"], _place(event, part["stop"], language), *_published(part))
            for part in figures["by_stop"]
        ),
        days=_measure(_day_part(part["day"], *_published(part), language) for part in figures["by_day"]),
        sectors=_measure(
            Part(
                part["sector"] or "",
                sector_name(part["sector"] or "", language),
                read_minor(part["turnover"]),
                part["hidden"],
                part["sales"],
                None,
            )
            for part in figures["by_sector"]
        ),
        women_led=WomenLedView(
            hidden=led["hidden"],
            turnover_minor=read_minor(led["turnover"]),
            base_minor=read_minor(led["base"]),
            not_stated_minor=read_minor(led["not_stated"]),
            share=None if led["share"] is None else float(led["share"]),
        ),
        exhibitors=read_share(figures["exhibitors"]) or Share(),
        trained=read_share(figures["trained"]),
    )


def region_parts(groups: Sequence[Group], language: str) -> list[Part]:
    """Return the regions, the largest turnover first; those without a measured one last."""
    parts = _measure(
        Part(
            group.key,
            region_name(group.key, language),
            group.both.turnover_minor,
            False,
            group.both.sales,
            group.both.coverage,
        )
        for group in groups
    )
    return sorted(
        parts, key=lambda part: (part.turnover_minor is None, -(part.turnover_minor or 0), part.key)
    )


def finding_of_regions(parts: Sequence[Part]) -> str:
    """Return what the chart of regions shows, in one sentence."""
    known = [part for part in parts if part.turnover_minor]
    total = sum(part.turnover_minor or 0 for part in known)
    if len(known) < 3:
        return _("Declared turnover by region")
    first, second = known[0], known[1]
    share = ((first.turnover_minor or 0) + (second.turnover_minor or 0)) / total
    return _(
        "%(first)s and %(second)s: %(share)s of the turnover",
        first=first.label,
        second=second.label,
        share=_percent(share),
    )


def finding_of_years(years: Sequence[Part], scale: Scale) -> str:
    """Return what the trend shows: its first and its last value."""
    known = [year for year in years if year.turnover_minor is not None]
    if len(known) < 2:
        return _("Declared turnover by year")
    first, last = known[0], known[-1]
    return _(
        "From %(first)s in %(from)s to %(last)s in %(to)s, in %(unit)s",
        **{
            "first": scale.show(first.turnover_minor or 0),
            "last": scale.show(last.turnover_minor or 0),
            "from": first.label,
            "to": last.label,
            "unit": scale.unit,
        },
    )


def finding_of_days(days: Sequence[Part]) -> str:
    """Return what the chart of days shows: the best day and its share."""
    known = [day for day in days if day.turnover_minor]
    if len(known) < 2:
        return _("Declared turnover by day")
    best = max(known, key=lambda day: day.turnover_minor or 0)
    total = sum(day.turnover_minor or 0 for day in known)
    return _(
        "The best day: %(day)s, %(share)s of the turnover",
        day=best.label,
        share=_percent((best.turnover_minor or 0) / total),
    )


def description_of(parts: Sequence[Part], scale: Scale) -> str:
    """Return a chart in words: first and last value and the peak (DESIGN 5)."""
    known = [part for part in parts if part.turnover_minor is not None]
    if not known:
        return _("No turnover was declared.")
    first, last = known[0], known[-1]
    peak = max(known, key=lambda part: part.turnover_minor or 0)
    return _(
        "First %(first)s: %(first_value)s. Last %(last)s: %(last_value)s. "
        "Highest %(peak)s: %(peak_value)s. Amounts in %(unit)s.",
        first=first.label,
        first_value=scale.show(first.turnover_minor or 0),
        last=last.label,
        last_value=scale.show(last.turnover_minor or 0),
        peak=peak.label,
        peak_value=scale.show(peak.turnover_minor or 0),
        unit=scale.unit,
    )


def fits_columns(parts: Sequence[Part]) -> bool:
    """Tell whether days fit a chart of columns."""
    return 0 < len(parts) <= _MANY


def _measure(parts: Any) -> list[Part]:
    """Return the parts with the lengths of their bars."""
    found: list[Part] = list(parts)
    highest = max([part.turnover_minor for part in found if part.turnover_minor] or [1])
    return [
        Part(
            part.key,
            part.label,
            part.turnover_minor,
            part.hidden,
            part.sales,
            part.coverage,
            max(part.turnover_minor or 0, 0) / highest,
            part.day,
        )
        for part in found
    ]


def _published(part: Mapping[str, Any]) -> tuple[int | None, bool, int | None, Coverage]:
    return read_minor(part["turnover"]), part["hidden"], part["sales"], read_coverage(part["coverage"])


def _day_part(
    key: str, turnover_minor: int | None, hidden: bool, sales: int | None, coverage: Coverage, language: str
) -> Part:
    day = date.fromisoformat(key)
    label = formats.show_weekday(day, language=language)
    return Part(key, label, turnover_minor, hidden, sales, coverage, day=day)


def _place(event: Event, code: str, language: str) -> str:
    stop = next((stop for stop in event.stops if stop.code == code), None)
    if stop is None:
        return code
    return stop.place_ar if language == "ar" else stop.place_fr


def _percent(share: float) -> str:
    return formats.show_percent(share, language=locale_language())
