"""What of an event's figures is published: numbers as the contract writes them, hidden cells empty."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from fairapp.events.domain import EventKind
from fairapp.foundation.money import to_text
from fairapp.statistics.domain.disclosure import Hidden
from fairapp.statistics.domain.national import EventFigures
from fairapp.turnover.domain import Coverage, EventTurnover, Figure, SectorFigure, Share

SCHEMA = 1
WOMEN_LED_KEYS: Mapping[bool | None, str] = {True: "yes", False: "no", None: "not_stated"}


def sector_family(code: str) -> str:
    """Return the first level of a sector: public tables have few, large cells."""
    return code.partition("-")[0]


def family_figures(by_sector: Iterable[SectorFigure]) -> list[SectorFigure]:
    """Return the figures of the first level of sectors, the largest first."""
    sums: dict[str, tuple[int, int]] = {}
    for figure in by_sector:
        family = sector_family(figure.sector)
        turnover, sales = sums.get(family, (0, 0))
        sums[family] = (turnover + figure.turnover_minor, sales + figure.sales)
    figures = [SectorFigure(family, *values) for family, values in sums.items()]
    return sorted(figures, key=lambda figure: (-figure.turnover_minor, figure.sector))


def official_figures(turnover: EventTurnover) -> dict[str, Any]:
    """Return all figures of an event in the contract's form."""
    return _figures(turnover, lambda _table, _key: False)


def public_figures(turnover: EventTurnover, hidden: Hidden, row: EventFigures) -> dict[str, Any]:
    """Return what anyone may see; a hidden cell is null and says so."""
    return {
        **_figures(turnover, hidden.hides, families=True),
        "hidden": hidden.total,
        "kind": row.kind.value,
        "region": row.region_code,
        "year": row.year,
        "starts_on": row.starts_on.isoformat(),
        "ends_on": row.ends_on.isoformat(),
        "editions": row.editions,
        "cooperatives": row.cooperatives,
        "exhibitors": share_text(row.exhibitors),
        "trained": None if row.trained is None else share_text(row.trained),
        "demonstration": row.is_demonstration,
    }


def share_text(share: Share) -> dict[str, Any]:
    """Return a share with its base in plain JSON."""
    return {
        "total": share.total,
        "women": share.part,
        "base": share.base,
        "not_stated": share.not_stated,
        "share": rate_text(share.rate),
    }


def coverage_text(coverage: Coverage) -> dict[str, Any]:
    """Return a coverage in the contract's form."""
    return {
        "expected": coverage.expected,
        "reported": coverage.reported,
        "zero_reports": coverage.zero_reports,
        "rate": rate_text(coverage.rate),
    }


def rate_text(rate: Decimal | None) -> str | None:
    """Return a rate with three places."""
    return None if rate is None else f"{rate:.3f}"


def _figures(
    turnover: EventTurnover, hides: Callable[[str, str], bool], *, families: bool = False
) -> dict[str, Any]:
    sectors = family_figures(turnover.by_sector) if families else list(turnover.by_sector)
    led = turnover.women_led
    groups_hidden = any(hides("women_led", key) for key in WOMEN_LED_KEYS.values())
    all_hidden = hides("", "")
    return {
        "schema": SCHEMA,
        "event": turnover.event,
        "currency": turnover.currency,
        "turnover": None if all_hidden else _amount(turnover.turnover_minor),
        "sales": None if all_hidden else turnover.sales,
        "coverage": coverage_text(turnover.coverage),
        "counts": {
            "registered": turnover.counts.registered,
            "accepted": turnover.counts.accepted,
            "present": turnover.counts.present,
            "reported": turnover.counts.reported,
        },
        "exhibitors": share_text(turnover.exhibitors),
        "by_stop": [_cell("stop", figure, hides) for figure in turnover.by_stop],
        "by_day": [_cell("day", figure, hides) for figure in turnover.by_day],
        "by_sector": [
            {
                "sector": figure.sector or None,
                "hidden": hides("sector", figure.sector),
                "turnover": None if hides("sector", figure.sector) else to_text(figure.turnover_minor),
                "sales": None if hides("sector", figure.sector) else figure.sales,
            }
            for figure in sectors
        ],
        "women_led": {
            "hidden": groups_hidden,
            "turnover": None if groups_hidden else to_text(led.turnover_minor),
            "base": None if groups_hidden else to_text(led.base_minor),
            "not_stated": None if groups_hidden else to_text(led.not_stated_minor),
            "share": None if groups_hidden else rate_text(led.share),
        },
    }


def _cell(table: str, figure: Figure, hides: Callable[[str, str], bool]) -> dict[str, Any]:
    hidden = hides(table, figure.key)
    return {
        table: figure.key,
        "hidden": hidden,
        "turnover": None if hidden else _amount(figure.turnover_minor),
        "sales": None if hidden else figure.sales,
        "coverage": coverage_text(figure.coverage),
    }


def _amount(amount_minor: int | None) -> str | None:
    return None if amount_minor is None else to_text(amount_minor)


def read_share(values: Mapping[str, Any] | None) -> Share | None:
    """Return a share from its plain JSON."""
    return None if values is None else Share(values["women"], values["base"], values["not_stated"])


def read_coverage(values: Mapping[str, Any]) -> Coverage:
    """Return a coverage from its plain JSON."""
    return Coverage(values["expected"], values["reported"], values["zero_reports"])


def read_minor(text: str | None) -> int | None:
    """Return the centimes of an amount in the contract's form; None for none."""
    return None if text is None else int(Decimal(text).scaleb(2))


def read_row(figures: Mapping[str, Any], *, titles: Mapping[str, str]) -> EventFigures:
    """Return the row of a national table from published figures."""
    return EventFigures(
        slug=figures["event"],
        kind=EventKind(figures["kind"]),
        region_code=figures["region"],
        year=figures["year"],
        starts_on=date.fromisoformat(figures["starts_on"]),
        ends_on=date.fromisoformat(figures["ends_on"]),
        title_ar=titles["ar"],
        title_fr=titles["fr"],
        title_en=titles["en"],
        places_ar=(),
        places_fr=(),
        editions=figures["editions"],
        cooperatives=figures["cooperatives"],
        exhibitors=read_share(figures["exhibitors"]) or Share(),
        trained=read_share(figures["trained"]),
        workshops=0,
        turnover_minor=read_minor(figures["turnover"]),
        sales=figures["sales"] or 0,
        coverage=read_coverage(figures["coverage"]) if figures["turnover"] is not None else Coverage(),
        is_demonstration=figures["demonstration"],
    )
