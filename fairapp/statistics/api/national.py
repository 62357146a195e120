"""`GET /statistics`."""

from pydantic import Field
from sqlalchemy.orm import Session

from fairapp.events.domain import EventKind
from fairapp.foundation.clock import local_date, utc_now
from fairapp.statistics.api import api
from fairapp.statistics.api.turnover import CoverageView, Rate, view_of_coverage
from fairapp.statistics.domain.national import Block, Group, nation
from fairapp.statistics.errors import UnknownYears
from fairapp.statistics.queries.national import events_in_scope
from fairapp.web.access import current_actor, requires
from fairapp.web.calls import call
from fairapp.web.schemas import Amount, Moment, Schema


class StatisticsQuery(Schema):
    """Which events are added up."""

    first_year: int | None = Field(None, alias="from", ge=1900, le=2199)
    last_year: int | None = Field(None, alias="to", ge=1900, le=2199)
    region: str | None = Field(None, max_length=2)
    kind: EventKind | None = None


class BlockView(Schema):
    """Sums over editions. Null where nothing was measured, never zero.

    A fair is one edition, of a mobile market each stop is one. `cooperatives` counts a
    cooperative once an edition, `distinct_cooperatives` once in all. `exhibitors` are people.
    Shares are taken on those whose gender is stated.
    """

    editions: int
    cooperatives: int
    distinct_cooperatives: int
    exhibitors: int
    women_exhibitors: int
    women_share: Rate | None
    exhibitors_not_stated: int
    trained: int | None
    women_trained: int | None
    women_trained_share: Rate | None
    trained_not_stated: int | None
    turnover: Amount | None
    coverage: CoverageView


class RegionView(Schema):
    """Events organized by one region."""

    region: str
    fairs: BlockView
    mobile_markets: BlockView


class YearView(Schema):
    """Events that start in one year."""

    year: int
    fairs: BlockView
    mobile_markets: BlockView


class StatisticsView(Schema):
    """National figures within the scope of the account. `from` and `to` are years, both included."""

    first_year: int = Field(alias="from")
    last_year: int = Field(alias="to")
    fairs: BlockView
    mobile_markets: BlockView
    by_region: list[RegionView]
    by_year: list[YearView]
    as_of: Moment


@api.get("/statistics")
@requires("statistics.read")
@call(query=StatisticsQuery, answer=StatisticsView, summary="National figures of fairs and mobile markets")
def read_statistics(session: Session, query: StatisticsQuery) -> StatisticsView:
    """Add up the events that start within the years; without years, all of them."""
    now = utc_now()
    today = local_date(now)
    events = events_in_scope(
        session, actor=current_actor(), today=today, kind=query.kind, region_code=query.region
    )
    years = [event.year for event in events] or [today.year]
    first, last = query.first_year or min(years), query.last_year or max(years)
    if last < first:
        raise UnknownYears()
    figures = nation(events, first_year=first, last_year=last)
    return StatisticsView(
        first_year=first,
        last_year=last,
        fairs=_block(figures.fairs),
        mobile_markets=_block(figures.mobile_markets),
        by_region=[RegionView(region=group.key, **_kinds(group)) for group in figures.by_region],
        by_year=[YearView(year=int(group.key), **_kinds(group)) for group in figures.by_year],
        as_of=now,
    )


def _kinds(group: Group) -> dict[str, BlockView]:
    return {"fairs": _block(group.fairs), "mobile_markets": _block(group.mobile_markets)}


def _block(block: Block) -> BlockView:
    trained = block.trained
    return BlockView(
        editions=block.editions,
        cooperatives=block.cooperatives,
        distinct_cooperatives=block.distinct_cooperatives,
        exhibitors=block.exhibitors.total,
        women_exhibitors=block.exhibitors.part,
        women_share=block.exhibitors.rate,
        exhibitors_not_stated=block.exhibitors.not_stated,
        trained=trained.total if trained else None,
        women_trained=trained.part if trained else None,
        women_trained_share=trained.rate if trained else None,
        trained_not_stated=trained.not_stated if trained else None,
        turnover=block.turnover_minor,
        coverage=view_of_coverage(block.coverage),
    )
