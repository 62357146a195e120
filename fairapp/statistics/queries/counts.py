"""Counts of many events in one statement each, for pages of features below."""

from collections.abc import Collection, Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fairapp.badges.models import Badge, Scan
from fairapp.registrations.models import Registration
from fairapp.sales.models import StandDay
from fairapp.stands.models import Allocation
from fairapp.statistics.models import PublishedReport
from fairapp.turnover.queries.counts import CAME_IN
from fairapp.turnover.queries.totals import REPORTED


def count_present(session: Session, event_ids: Collection[int]) -> Mapping[int, int]:
    """Return distinct cooperatives of which somebody came in, by event; absent without any scan."""
    rows = session.execute(
        select(Scan.event_id, func.count(Registration.cooperative_id.distinct()))
        .join(Badge, Badge.id == Scan.badge_id)
        .join(Registration, Registration.id == Badge.registration_id)
        .where(Scan.event_id.in_(event_ids), Registration.event_id == Scan.event_id, CAME_IN)
        .group_by(Scan.event_id)
    )
    return {row[0]: row[1] for row in rows}


def count_reported(session: Session, event_ids: Collection[int]) -> Mapping[int, int]:
    """Return distinct cooperatives at stands that reported, by event."""
    rows = session.execute(
        select(StandDay.event_id, func.count(Registration.cooperative_id.distinct()))
        .join(Allocation, Allocation.stand_id == StandDay.stand_id)
        .join(Registration, Registration.id == Allocation.registration_id)
        .where(StandDay.event_id.in_(event_ids), REPORTED, Allocation.released_at.is_(None))
        .group_by(StandDay.event_id)
    )
    return {row[0]: row[1] for row in rows}


def count_reports(session: Session, event_ids: Collection[int]) -> Mapping[int, int]:
    """Return the number of the newest published revision, by event; absent when taken back."""
    newest = (
        select(PublishedReport.event_id, func.max(PublishedReport.revision).label("revision"))
        .where(PublishedReport.event_id.in_(event_ids))
        .group_by(PublishedReport.event_id)
        .subquery()
    )
    rows = session.scalars(
        select(PublishedReport).join(
            newest,
            (newest.c.event_id == PublishedReport.event_id) & (newest.c.revision == PublishedReport.revision),
        )
    )
    return {row.event_id: row.revision for row in rows if not row.figures.get("withdrawn")}
