"""What a stand declares for a day, and the questions that an organizer settles."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from fairapp.audit.domain import Actor
from fairapp.audit.services import record
from fairapp.events.models import Event
from fairapp.foundation.clock import local_date
from fairapp.foundation.rows import insert_rows
from fairapp.sales.domain import ReportSource
from fairapp.sales.errors import DayNotOpen, IdTaken, PlaceUnknown
from fairapp.sales.models import DayReport, SaleFlag
from fairapp.sales.queries import entries as queries


@dataclass(frozen=True, slots=True)
class Declaration:
    """The takings of a stand for one trading day, what was logged included; zero is a declaration."""

    id: UUID
    stop: str
    stand: str
    day: date
    takings_minor: int
    source: ReportSource


def report_day(
    session: Session, *, actor: Actor, event: Event, declaration: Declaration, now: datetime
) -> DayReport:
    """Record what a stand declares for a day; a later declaration replaces an earlier one.

    The same declaration sent again changes nothing and returns the first.

    Raises: PlaceUnknown, DayNotOpen; IdTaken, for other content under the same id.
    """
    code = (declaration.stop, declaration.stand)
    place = queries.places_to_sell(session, actor=actor, event=event, codes={code}, lock=True).get(code)
    if place is None:
        raise PlaceUnknown()
    known = session.get(DayReport, declaration.id)
    if known is not None:
        if _content(known) != _declared(declaration, place):
            raise IdTaken()
        return known
    if not place.hours.is_open_on(declaration.day) or declaration.day > local_date(now):
        raise DayNotOpen()
    latest = queries.latest_report(session, stand_id=place.stand_id, day=declaration.day)
    report = DayReport(
        id=declaration.id,
        event_id=event.id,
        stop_id=place.stop_id,
        stand_id=place.stand_id,
        day=declaration.day,
        takings_minor=declaration.takings_minor,
        source=declaration.source,
        # Strictly after the one it replaces, also when the clock was set back.
        reported_at=max(now, latest.reported_at + timedelta(microseconds=1)) if latest else now,
        device_id=actor.device_id,
        account_id=actor.account_id,
    )
    session.add(report)
    session.flush()
    _keep_takings(session, report)
    record(
        session,
        actor=actor,
        action="sales.day_reported",
        subject_type="day_report",
        subject_id=report.id,
        now=now,
        details={"stand_id": report.stand_id, "day": report.day.isoformat(), "source": report.source},
        chain=f"event:{event.slug}",
    )
    return report


def settle_flag(session: Session, *, actor: Actor, event: Event, flag_id: int, now: datetime) -> SaleFlag:
    """Mark a question about an entry as answered; the entry itself never changes.

    Raises: FlagNotFound.
    """
    flag = queries.flag_for_update(session, event=event, flag_id=flag_id)
    if flag.settled_at is None:
        flag.settled_at = now
        flag.settled_by_id = actor.account_id
        record(
            session,
            actor=actor,
            action="sales.flag_settled",
            subject_type="sale",
            subject_id=flag.sale_id,
            now=now,
            details={"kind": flag.kind},
            chain=f"event:{event.slug}",
        )
    return flag


def _content(report: DayReport) -> tuple[int, date, int, ReportSource]:
    return (report.stand_id, report.day, report.takings_minor, report.source)


def _declared(declaration: Declaration, place: queries.Place) -> tuple[int, date, int, ReportSource]:
    return (place.stand_id, declaration.day, declaration.takings_minor, declaration.source)


def _keep_takings(session: Session, report: DayReport) -> None:
    insert_rows(
        session,
        table="stand_days",
        columns={
            "stand_id": "integer",
            "day": "date",
            "event_id": "integer",
            "stop_id": "integer",
            "entries_count": "integer",
            "sales_count": "integer",
            "amount_minor": "bigint",
            "takings_minor": "bigint",
        },
        rows=[(report.stand_id, report.day, report.event_id, report.stop_id, 0, 0, 0, report.takings_minor)],
        then="ON CONFLICT (stand_id, day) DO UPDATE SET takings_minor = excluded.takings_minor"
        " RETURNING stand_id",
    )
