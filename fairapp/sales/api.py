"""Calls of the ledger: the sync of entries, and a stand's declaration of a day."""

from collections.abc import Set
from typing import Any, Literal

from flask import Blueprint
from flask_babel import gettext
from pydantic import Field, SkipValidation
from sqlalchemy.orm import Session
from typing_extensions import TypedDict

from fairapp.foundation.clock import utc_now
from fairapp.reference.queries import sectors
from fairapp.sales.domain import MOST_ENTRIES, BadEntry, ReportSource, SaleEntry, read_entry
from fairapp.sales.errors import EntryRejected
from fairapp.sales.queries import entries as queries
from fairapp.sales.services import reports, sync
from fairapp.web.access import current_actor, requires
from fairapp.web.bodies import read_entries
from fairapp.web.calls import call
from fairapp.web.schemas import Amount, ClientId, Code, LocalDay, Moment, Schema

api = Blueprint("sales_api", __name__)
LONGEST_ECHO = 100


class SaleIn(Schema):
    """One entry. A reversal names its sale in `reverses` and repeats its stand and amount."""

    id: ClientId
    stop: Code
    stand: Code
    sold_at: Moment
    amount: str = Field(pattern=r"^\d{1,7}(\.\d{1,2})?$", examples=["120.00"])
    payment: Literal["cash", "card", "transfer", "mobile"]
    sector: str | None = None
    product: str | None = Field(None, max_length=120)
    quantity: str | None = Field(None, pattern=r"^\d{1,6}(\.\d{1,3})?$", examples=["1.5"])
    reverses: ClientId | None = None


class SyncIn(Schema):
    """Entries of one or more stands, with the device's own time now, or null."""

    sent_at: Moment | None = None
    # Checked one by one (`read_entry`), so that a bad entry hinders no other.
    sales: list[SkipValidation[SaleIn]] = Field(max_length=MOST_ENTRIES)


class ResultOut(TypedDict):
    """Answer to one entry."""

    id: str | None
    outcome: Literal["recorded", "duplicate", "conflict", "rejected"]
    detail: str | None


class DayTotalOut(Schema):
    """What the ledger holds of a stand-day; `sales` less reversed ones."""

    stop: str
    stand: str
    day: LocalDay
    sales: int
    amount: Amount


class SyncOut(Schema):
    """Answers in the order of the request, and the totals of the stand-days it touched."""

    results: list[ResultOut]
    day_totals: list[DayTotalOut]


class DayReportIn(Schema):
    """The takings of a stand for one day, what was logged included; zero is a declaration."""

    id: ClientId
    stop: Code
    stand: Code
    day: LocalDay
    takings: Amount
    source: ReportSource


@api.post("/events/<slug>/sales/sync")
@requires("sales.record")
@call(
    body=SyncIn,
    answer=SyncOut,
    read=read_entries,
    summary="Send entries of the ledger, any number of times",
)
def sync_sales(session: Session, body: SyncIn, slug: str) -> SyncOut:
    """Record up to 1,000 entries and answer each; what is recorded already is a duplicate."""
    known_sectors = sectors().keys()
    actor = current_actor()
    answer = sync.sync_sales(
        session,
        actor=actor,
        event=queries.event_to_sell_at(session, actor=actor, slug=slug),
        entries=[_entry(raw, known_sectors) for raw in body.sales],
        sent_at=body.sent_at,
        now=utc_now(),
    )
    return SyncOut.model_construct(
        results=[
            {"id": given, "outcome": outcome._value_, "detail": gettext(detail) if detail else None}
            for given, outcome, detail in answer.results
        ],
        day_totals=[
            DayTotalOut(
                stop=total.stop,
                stand=total.stand,
                day=total.day,
                sales=total.sales,
                amount=total.amount_minor,
            )
            for total in answer.day_totals
        ],
    )


@api.post("/events/<slug>/day-reports")
@requires("sales.record")
@call(body=DayReportIn, answer=DayReportIn, status=201, summary="Declare a stand's takings of a day")
def report_day(session: Session, body: DayReportIn, slug: str) -> DayReportIn:
    """Record a declaration; an explicit zero is one, a later one replaces an earlier one."""
    actor = current_actor()
    reports.report_day(
        session,
        actor=actor,
        event=queries.event_to_sell_at(session, actor=actor, slug=slug),
        declaration=reports.Declaration(
            id=body.id,
            stop=body.stop,
            stand=body.stand,
            day=body.day,
            takings_minor=body.takings,
            source=body.source,
        ),
        now=utc_now(),
    )
    return body


def _entry(raw: Any, known_sectors: Set[str]) -> SaleEntry | BadEntry:
    try:
        return read_entry(raw, sectors=known_sectors)
    except EntryRejected as refusal:
        given = raw.get("id") if isinstance(raw, dict) else None
        is_shown = isinstance(given, str) and len(given) <= LONGEST_ECHO and given.isprintable()
        return BadEntry(given if is_shown else None, refusal.message)
