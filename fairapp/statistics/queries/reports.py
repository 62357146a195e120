"""Published reports, and the contributions behind an event's public cells."""

from datetime import date

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session, selectinload

from fairapp.events.models import Event
from fairapp.sales.models import NOT_STATED, StandDay, StandDaySector
from fairapp.stands.models import Allocation
from fairapp.statistics.domain.disclosure import Contribution
from fairapp.statistics.domain.publication import WOMEN_LED_KEYS, sector_family
from fairapp.statistics.models import PublishedReport
from fairapp.turnover.domain import Holding, holders_on, led_by_women
from fairapp.turnover.queries import totals

NOBODY = 0  # seller of stand-days at stands without a holder


def latest_report(session: Session, *, event: Event) -> PublishedReport | None:
    """Return the newest revision of an event's report, withdrawn or not."""
    return session.scalar(
        select(PublishedReport)
        .where(PublishedReport.event_id == event.id)
        .order_by(PublishedReport.revision.desc())
        .limit(1)
    )


def reports_of(session: Session, *, event: Event) -> list[PublishedReport]:
    """Return all revisions of an event's report, the newest first."""
    return list(
        session.scalars(
            select(PublishedReport)
            .where(PublishedReport.event_id == event.id)
            .order_by(PublishedReport.revision.desc())
        )
    )


def published_reports(session: Session) -> list[tuple[Event, PublishedReport]]:
    """Return the published events with the newest revision of their report, by slug.

    Reports that were taken back are left out.
    """
    newest = (
        select(PublishedReport.event_id, func.max(PublishedReport.revision).label("revision"))
        .group_by(PublishedReport.event_id)
        .subquery()
    )
    rows = session.execute(
        select(Event, PublishedReport)
        .join(PublishedReport, PublishedReport.event_id == Event.id)
        .join(
            newest,
            and_(
                newest.c.event_id == PublishedReport.event_id,
                newest.c.revision == PublishedReport.revision,
            ),
        )
        .where(Event.published_at.is_not(None))
        .order_by(Event.slug)
    )
    return [(event, report) for event, report in rows if not report.figures.get("withdrawn")]


def events_with_stops(session: Session) -> list[Event]:
    """Return all published events with their stops, by slug."""
    query = select(Event).options(selectinload(Event.stops)).where(Event.published_at.is_not(None))
    return list(session.scalars(query.order_by(Event.slug)))


def contributions(session: Session, *, event: Event) -> list[Contribution]:
    """Return what each seller sold at which stop, on which day, in which family of sectors."""
    codes = {stop.id: stop.code for stop in event.stops}
    holdings: dict[int, list[Holding]] = {}
    for holding in totals.holdings_of(session, Allocation.stop_id.in_(codes)):
        holdings.setdefault(holding.stand_id, []).append(holding)
    sellers = _sellers(holdings)
    found = []
    for stand_id, stop_id, day, sector, amount in _amounts(session, event):
        holders = holders_on(holdings.get(stand_id, []), day)
        seller = sellers[holders[0].cooperative_id] if holders else NOBODY
        group = WOMEN_LED_KEYS[led_by_women(holders)]
        place = (codes[stop_id], day.isoformat(), sector_family(sector), group)
        found.append(Contribution(seller, place, amount))
    return found


def _amounts(session: Session, event: Event) -> list[tuple[int, int, date, str, int]]:
    logged = session.execute(
        select(
            StandDay.stand_id,
            StandDay.stop_id,
            StandDay.day,
            StandDaySector.sector_code,
            StandDaySector.amount_minor,
        )
        .join(
            StandDaySector,
            and_(StandDaySector.stand_id == StandDay.stand_id, StandDaySector.day == StandDay.day),
        )
        .where(StandDay.event_id == event.id, ~totals.DECLARED_ONLY)
    )
    declared: ColumnElement[bool] = totals.DECLARED_ONLY
    takings = session.execute(
        select(StandDay.stand_id, StandDay.stop_id, StandDay.day, StandDay.takings_minor).where(
            StandDay.event_id == event.id, declared
        )
    )
    rows = [(row[0], row[1], row[2], row[3], row[4]) for row in logged]
    rows += [(row[0], row[1], row[2], NOT_STATED, row[3] or 0) for row in takings]
    return rows


def _sellers(holdings: dict[int, list[Holding]]) -> dict[int, int]:
    """Return one seller for each cooperative; those that ever shared a stand count as one."""
    parent: dict[int, int] = {}

    def root(cooperative_id: int) -> int:
        while parent.setdefault(cooperative_id, cooperative_id) != cooperative_id:
            cooperative_id = parent[cooperative_id]
        return cooperative_id

    for held in holdings.values():
        for holding in held:
            root(holding.cooperative_id)
        live = [holding.cooperative_id for holding in held if holding.is_live]
        for other in live[1:]:
            parent[root(other)] = root(live[0])
    return {cooperative_id: root(cooperative_id) for cooperative_id in list(parent)}
