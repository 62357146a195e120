"""Figures as tables for files: columns with a machine name and a head, rows of real values.

A cell is text, a number, a day, an amount in centimes, a rate, or None.
"""

import enum
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from flask_babel import gettext as _

from fairapp.events.domain import EventKind
from fairapp.events.models import Event
from fairapp.reference.queries import regions, sectors
from fairapp.statistics.domain.national import Block, EventFigures, National
from fairapp.turnover.domain import Coverage, EventTurnover, Share

Cell = str | int | Decimal | date | None


class CellKind(enum.StrEnum):
    """How the values of a column are written."""

    TEXT = "text"
    NUMBER = "number"
    DAY = "day"
    AMOUNT = "amount"  # centimes
    RATE = "rate"  # 0 to 1


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name in files for machines, its head for people."""

    key: str
    head: str
    kind: CellKind = CellKind.NUMBER


@dataclass(frozen=True, slots=True)
class Table:
    """One table; `name` is that of its sheet."""

    name: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]] = field(default=())


def event_tables(turnover: EventTurnover, event: Event, language: str) -> list[Table]:
    """Return the tables of one event: total, stops, days, sectors."""
    places = {stop.code: stop.place_ar if language == "ar" else stop.place_fr for stop in event.stops}
    whole = [turnover.turnover_minor, turnover.sales, *_coverage(turnover.coverage)]
    return [
        Table(
            _("Total"),
            (Column("event", _("Event"), CellKind.TEXT), *_figure_columns()),
            [[event.slug, *whole]],
        ),
        Table(
            _("By stop"),
            (
                Column("stop", _("Stop"), CellKind.TEXT),
                Column("place", _("Place"), CellKind.TEXT),
                *_figure_columns(),
            ),
            [
                [part.key, places[part.key], part.turnover_minor, part.sales, *_coverage(part.coverage)]
                for part in turnover.by_stop
            ],
        ),
        Table(
            _("By day"),
            (Column("day", _("Day"), CellKind.DAY), *_figure_columns()),
            [
                [date.fromisoformat(part.key), part.turnover_minor, part.sales, *_coverage(part.coverage)]
                for part in turnover.by_day
            ],
        ),
        Table(
            _("By sector"),
            (
                Column("sector", _("Code"), CellKind.TEXT),
                Column("sector_name", _("Sector"), CellKind.TEXT),
                *_figure_columns()[:2],
            ),
            [
                [part.sector, sector_name(part.sector, language), part.turnover_minor, part.sales]
                for part in turnover.by_sector
            ],
        ),
    ]


def event_lines(turnover: EventTurnover, event: Event, language: str) -> Table:
    """Return all figures of one event in one tidy table: a line a total, stop, day or sector."""
    rows: list[list[Cell]] = []
    for breakdown, table in zip(
        ("total", "stop", "day", "sector"), event_tables(turnover, event, language), strict=True
    ):
        for row in table.rows:
            named = len(table.columns) - len(_figure_columns()) > 1 or breakdown == "sector"
            key, name = row[0], row[1] if named else None
            figures = list(row[2 if named else 1 :])
            figures += [None] * (len(_figure_columns()) - len(figures))
            rows.append([event.slug, breakdown, _key(key), name, *figures])
    columns = (
        Column("event", _("Event"), CellKind.TEXT),
        Column("breakdown", _("Breakdown"), CellKind.TEXT),
        Column("key", _("Code"), CellKind.TEXT),
        Column("name", _("Name"), CellKind.TEXT),
        *_figure_columns(),
    )
    return Table("turnover", columns, rows)


def national_tables(figures: National, language: str) -> list[Table]:
    """Return the tables of the national page: events, sums by kind, region and year."""
    return [
        national_events(figures, language),
        Table(
            _("Total"),
            (Column("kind", _("Kind"), CellKind.TEXT), *_sum_columns()),
            [
                [_("Regional fairs"), *_sums(figures.fairs)],
                [_("Mobile markets"), *_sums(figures.mobile_markets)],
                [_("Together"), *_sums(figures.both)],
            ],
        ),
        Table(
            _("By region"),
            (
                Column("region", _("Code"), CellKind.TEXT),
                Column("name", _("Region"), CellKind.TEXT),
                *_sum_columns(),
            ),
            [
                [group.key, region_name(group.key, language), *_sums(group.both)]
                for group in figures.by_region
            ],
        ),
        Table(
            _("By year"),
            (Column("year", _("Year"), CellKind.TEXT), *_sum_columns()),
            [[group.key, *_sums(group.both)] for group in figures.by_year],
        ),
    ]


def national_events(figures: National, language: str) -> Table:
    """Return one line an event."""
    text = CellKind.TEXT
    columns = (
        Column("event", _("Event"), text),
        Column("title", _("Title"), text),
        Column("kind", _("Kind"), text),
        Column("region", _("Code of the region"), text),
        Column("region_name", _("Region"), text),
        Column("starts_on", _("First day"), CellKind.DAY),
        Column("ends_on", _("Last day"), CellKind.DAY),
        *_sum_columns(distinct=False),
    )
    rows = [
        [
            row.slug,
            title_of(row, language),
            row.kind.value,
            row.region_code,
            region_name(row.region_code, language),
            row.starts_on,
            row.ends_on,
            row.editions,
            row.cooperatives,
            *_people(row.exhibitors),
            *_people(row.trained),
            row.turnover_minor,
            row.sales,
            *_coverage(row.coverage),
        ]
        for row in figures.events
    ]
    return Table(_("Events"), columns, rows)


def title_of(row: EventFigures, language: str) -> str:
    """Return the title of an event in a language."""
    return {"ar": row.title_ar, "fr": row.title_fr, "en": row.title_en}[language] or row.title_ar


def sector_name(code: str, language: str) -> str:
    """Return the name of a sector; words for none."""
    entry = sectors().get(code)
    if entry is not None:
        return entry.name(language)
    return code or str(_("Not stated"))


def region_name(code: str, language: str) -> str:
    """Return the name of a region."""
    entry = regions().get(code)
    return entry.name(language) if entry else code


def kind_name(kind: EventKind) -> str:
    """Return the name of a kind of events, in the plural."""
    return str(_("Regional fairs") if kind is EventKind.FAIR else _("Mobile markets"))


def _figure_columns() -> tuple[Column, ...]:
    return (
        Column("turnover_mad", _("Declared turnover (MAD)"), CellKind.AMOUNT),
        Column("sales", _("Logged sales")),
        Column("expected_stand_days", _("Stand-days expected")),
        Column("reported_stand_days", _("Stand-days reported")),
        Column("zero_reports", _("Of these, zero")),
        Column("coverage", _("Coverage"), CellKind.RATE),
    )


def _sum_columns(*, distinct: bool = True) -> tuple[Column, ...]:
    once = (Column("distinct_cooperatives", _("Distinct cooperatives")),) if distinct else ()
    return (
        Column("editions", _("Editions")),
        Column("cooperatives", _("Cooperatives")),
        *once,
        Column("exhibitors", _("Exhibitors")),
        Column("women_exhibitors", _("Women exhibitors")),
        Column("exhibitors_not_stated", _("Exhibitors, gender not stated")),
        Column("women_share", _("Women's share"), CellKind.RATE),
        Column("trained", _("People trained")),
        Column("women_trained", _("Women trained")),
        Column("trained_not_stated", _("Trained, gender not stated")),
        Column("women_trained_share", _("Women's share of the trained"), CellKind.RATE),
        *_figure_columns(),
    )


def _sums(block: Block) -> list[Cell]:
    return [
        block.editions,
        block.cooperatives,
        block.distinct_cooperatives,
        *_people(block.exhibitors),
        *_people(block.trained),
        block.turnover_minor,
        block.sales,
        *_coverage(block.coverage),
    ]


def _people(share: Share | None) -> list[Cell]:
    if share is None:
        return [None, None, None, None]
    return [share.total, share.part, share.not_stated, share.rate]


def _coverage(coverage: Coverage) -> list[Cell]:
    return [coverage.expected, coverage.reported, coverage.zero_reports, coverage.rate]


def _key(key: Cell) -> str:
    return key.isoformat() if isinstance(key, date) else str(key)
