"""Figures of many events, added up by kind, region and year. Every count names its unit."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from fairapp.events.domain import EventKind
from fairapp.turnover.domain import Coverage, Share

_Key = TypeVar("_Key", int, str)


@dataclass(frozen=True, slots=True)
class EventFigures:
    """One event in a national table.

    A fair is one edition; of a mobile market every stop is one. `cooperatives` counts accepted
    cooperatives once an edition, `exhibitors` their representatives likewise. `trained` are
    distinct people of the event, None when no attendance was recorded.
    """

    slug: str
    kind: EventKind
    region_code: str
    year: int
    starts_on: date
    ends_on: date
    title_ar: str
    title_fr: str
    title_en: str
    places_ar: tuple[str, ...]
    places_fr: tuple[str, ...]
    editions: int
    cooperatives: int
    exhibitors: Share
    trained: Share | None
    workshops: int
    turnover_minor: int | None
    sales: int
    coverage: Coverage
    is_demonstration: bool = False
    cooperative_ids: frozenset[int] = field(default=frozenset(), repr=False)


@dataclass(frozen=True, slots=True)
class Block:
    """Sums over events. `distinct_cooperatives` counts a cooperative once over all of them.

    `turnover_minor` and `trained` are None when no event measured them. `measured` tells how many
    events stand behind the turnover; `coverage` is theirs, the others are named beside it.
    """

    events: int
    editions: int
    cooperatives: int
    distinct_cooperatives: int
    exhibitors: Share
    trained: Share | None
    workshops: int
    turnover_minor: int | None
    measured: int
    sales: int
    coverage: Coverage


@dataclass(frozen=True, slots=True)
class Group:
    """The events of one region or one year; kinds apart and together."""

    key: str
    fairs: Block
    mobile_markets: Block
    both: Block


@dataclass(frozen=True, slots=True)
class National:
    """National figures of a span of years."""

    first_year: int
    last_year: int
    fairs: Block
    mobile_markets: Block
    both: Block
    by_region: tuple[Group, ...]
    by_year: tuple[Group, ...]
    events: tuple[EventFigures, ...]


def add_up(events: Iterable[EventFigures]) -> Block:
    """Return the sums over events."""
    rows = list(events)
    measured = [row for row in rows if row.turnover_minor is not None]
    trained = [row.trained for row in rows if row.trained is not None]
    distinct: frozenset[int] = frozenset().union(*(row.cooperative_ids for row in rows))
    return Block(
        events=len(rows),
        editions=sum(row.editions for row in rows),
        cooperatives=sum(row.cooperatives for row in rows),
        distinct_cooperatives=len(distinct),
        exhibitors=sum((row.exhibitors for row in rows), Share()),
        trained=sum(trained, Share()) if trained else None,
        workshops=sum(row.workshops for row in rows),
        turnover_minor=sum(row.turnover_minor or 0 for row in measured) if measured else None,
        measured=len(measured),
        sales=sum(row.sales for row in rows),
        coverage=sum((row.coverage for row in measured), Coverage()),
    )


def nation(events: Iterable[EventFigures], *, first_year: int, last_year: int) -> National:
    """Return the figures of the events that start in a span of years, both included."""
    rows = tuple(row for row in events if first_year <= row.year <= last_year)
    return National(
        first_year=first_year,
        last_year=last_year,
        fairs=add_up(_of(rows, EventKind.FAIR)),
        mobile_markets=add_up(_of(rows, EventKind.MOBILE_MARKET)),
        both=add_up(rows),
        by_region=_grouped(rows, lambda row: row.region_code),
        by_year=_grouped(rows, lambda row: row.year),
        events=rows,
    )


def _of(rows: Iterable[EventFigures], kind: EventKind) -> list[EventFigures]:
    return [row for row in rows if row.kind is kind]


def _grouped(rows: tuple[EventFigures, ...], key_of: Callable[[EventFigures], _Key]) -> tuple[Group, ...]:
    groups = []
    for key in sorted({key_of(row) for row in rows}):
        members = [row for row in rows if key_of(row) == key]
        groups.append(
            Group(
                key=str(key),
                fairs=add_up(_of(members, EventKind.FAIR)),
                mobile_markets=add_up(_of(members, EventKind.MOBILE_MARKET)),
                both=add_up(members),
            )
        )
    return tuple(groups)
