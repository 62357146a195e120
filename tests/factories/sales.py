"""Ledger entries, day reports and totals, written as rows; the services have tests of their own."""

import uuid
from typing import Any

from sqlalchemy.orm import Session

from fairapp.events.models import Event
from fairapp.foundation.clock import local_date
from fairapp.sales.domain import Payment, ReportSource
from fairapp.sales.models import DayReport, Sale, StandDay
from fairapp.stands.models import Stand
from tests import NOW, TODAY


def make_sale(session: Session, event: Event, stand: Stand, **overrides: Any) -> Sale:
    """Make a cash sale of 120.00 dirhams now. Does not touch the totals of the stand-day."""
    values: dict[str, Any] = {
        "id": uuid.uuid4(),
        "event_id": event.id,
        "stop_id": stand.stop_id,
        "stand_id": stand.id,
        "sold_at": NOW,
        "device_sold_at": NOW,
        "received_at": NOW,
        "amount_minor": 12_000,
        "currency": "MAD",
        "payment": Payment.CASH,
    } | overrides
    values.setdefault("day", local_date(values["sold_at"]))
    sale = Sale(**values)
    session.add(sale)
    session.flush()
    return sale


def make_day_report(session: Session, event: Event, stand: Stand, **overrides: Any) -> DayReport:
    """Make a declaration of no takings today. Does not touch the totals of the stand-day."""
    values = {
        "id": uuid.uuid4(),
        "event_id": event.id,
        "stop_id": stand.stop_id,
        "stand_id": stand.id,
        "day": TODAY,
        "takings_minor": 0,
        "source": ReportSource.TILL,
        "reported_at": NOW,
    }
    report = DayReport(**(values | overrides))
    session.add(report)
    session.flush()
    return report


def make_stand_day(session: Session, event: Event, stand: Stand, **overrides: Any) -> StandDay:
    """Make the totals of one stand-day: one sale of 120.00 dirhams today."""
    values = {
        "event_id": event.id,
        "stop_id": stand.stop_id,
        "stand_id": stand.id,
        "day": TODAY,
        "entries_count": 1,
        "sales_count": 1,
        "amount_minor": 12_000,
    }
    totals = StandDay(**(values | overrides))
    session.add(totals)
    session.flush()
    return totals
