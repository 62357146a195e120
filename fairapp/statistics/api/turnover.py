"""`GET /events/{slug}/turnover`."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import PlainSerializer, WithJsonSchema
from sqlalchemy.orm import Session

from fairapp.foundation.clock import local_date, utc_now
from fairapp.statistics.api import api
from fairapp.statistics.queries.reports import latest_report
from fairapp.turnover.domain import Coverage, EventTurnover, Figure, Share
from fairapp.turnover.queries.event import event_turnover, event_with_figures
from fairapp.web.access import current_actor, requires
from fairapp.web.calls import call
from fairapp.web.schemas import Amount, LocalDay, Moment, Schema

Rate = Annotated[
    Decimal,
    PlainSerializer(lambda rate: f"{rate:.3f}", return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^\d\.\d{3}$", "examples": ["0.750"]}),
]
"""A share of 0 to 1 with three places."""


class CoverageView(Schema):
    """How many stand-days were to report, did, and reported nothing taken."""

    expected: int
    reported: int
    zero_reports: int
    rate: Rate | None


class CountsView(Schema):
    """Distinct cooperatives. `present` is null when nobody scanned at this event."""

    registered: int
    accepted: int
    present: int | None
    reported: int


class StopView(Schema):
    """One stop."""

    stop: str
    turnover: Amount | None
    sales: int
    coverage: CoverageView


class DayView(Schema):
    """One trading day."""

    day: LocalDay
    turnover: Amount | None
    sales: int
    coverage: CoverageView


class SectorView(Schema):
    """One sector; null where entries name none, and for takings without sales."""

    sector: str | None
    turnover: Amount
    sales: int


class WomenLedView(Schema):
    """Turnover of women-led cooperatives; the share is taken on those that stated it."""

    turnover: Amount
    share: Rate | None
    base: Amount
    not_stated: Amount


class PeopleView(Schema):
    """Women among people; the share is taken on those whose gender is stated."""

    total: int
    women: int
    share: Rate | None
    not_stated: int


class TurnoverView(Schema):
    """Figures of an event as declared. `turnover` is null when it was not measured."""

    event: str
    currency: str
    turnover: Amount | None
    sales: int
    coverage: CoverageView
    counts: CountsView
    by_stop: list[StopView]
    by_day: list[DayView]
    by_sector: list[SectorView]
    women_led: WomenLedView
    exhibitors: PeopleView
    as_of: Moment
    revision: int | None


@api.get("/events/<slug>/turnover")
@requires("turnover.read")
@call(answer=TurnoverView, summary="Turnover of an event, with its coverage")
def read_turnover(session: Session, slug: str) -> TurnoverView:
    """Give officials and organizers the whole event, a cooperative what it sold itself.

    `revision` is the number of the newest published report, null before the first.
    """
    now = utc_now()
    event, cooperative_ids = event_with_figures(session, actor=current_actor(), slug=slug)
    turnover = event_turnover(session, event=event, today=local_date(now), cooperative_ids=cooperative_ids)
    report = latest_report(session, event=event)
    return _view(turnover, as_of=now, revision=report.revision if report else None)


def view_of_people(share: Share) -> PeopleView:
    """Return women among people in the contract's form."""
    return PeopleView(total=share.total, women=share.part, share=share.rate, not_stated=share.not_stated)


def view_of_coverage(coverage: Coverage) -> CoverageView:
    """Return a coverage in the contract's form."""
    return CoverageView.model_validate(coverage)


def _view(turnover: EventTurnover, *, as_of: datetime, revision: int | None) -> TurnoverView:
    led = turnover.women_led
    return TurnoverView(
        event=turnover.event,
        currency=turnover.currency,
        turnover=turnover.turnover_minor,
        sales=turnover.sales,
        coverage=view_of_coverage(turnover.coverage),
        counts=CountsView.model_validate(turnover.counts),
        by_stop=[StopView(stop=figure.key, **_parts(figure)) for figure in turnover.by_stop],
        by_day=[DayView(day=date.fromisoformat(figure.key), **_parts(figure)) for figure in turnover.by_day],
        by_sector=[
            SectorView(sector=figure.sector or None, turnover=figure.turnover_minor, sales=figure.sales)
            for figure in turnover.by_sector
        ],
        women_led=WomenLedView(
            turnover=led.turnover_minor, share=led.share, base=led.base_minor, not_stated=led.not_stated_minor
        ),
        exhibitors=view_of_people(turnover.exhibitors),
        as_of=as_of,
        revision=revision,
    )


def _parts(figure: Figure) -> dict[str, Any]:
    return {
        "turnover": figure.turnover_minor,
        "sales": figure.sales,
        "coverage": view_of_coverage(figure.coverage),
    }
