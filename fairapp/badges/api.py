"""Calls of the gates: sending scans."""

import uuid
from typing import Annotated

from flask import Blueprint
from pydantic import BeforeValidator, Field
from sqlalchemy.orm import Session

from fairapp.badges.domain import LONGEST_CODE, GateDecision
from fairapp.badges.registration_api import get_registration
from fairapp.badges.services.scanning import LONGEST_GATE, Entry, Result, record_scans
from fairapp.events.queries import event_for
from fairapp.foundation.clock import utc_now
from fairapp.web.access import current_actor, requires
from fairapp.web.bodies import read_entries
from fairapp.web.calls import call
from fairapp.web.schemas import ClientId, Code, Line, Moment, Schema

api = Blueprint("badges_api", __name__)
api.get("/registrations/<reference>")(get_registration)

MOST_SCANS = 1000


def _any_text(value: object) -> object:
    # A stranger's QR holds what it likes: it is forged, and keeps no other scan from being taken.
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value


class NewScan(Schema):
    """A badge read at a gate, in the order of nothing: `scanned_at` orders them."""

    id: ClientId
    stop: Code
    gate: Line = Field(max_length=LONGEST_GATE)
    code: Annotated[str, BeforeValidator(_any_text)] = Field(
        max_length=LONGEST_CODE, description="Text of the QR code, or the short code typed."
    )
    scanned_at: Moment
    decided: GateDecision | None = Field(None, description="What the gate decided by itself, offline.")


class ScansBatch(Schema):
    """Scans of one event."""

    scans: list[NewScan] = Field(max_length=MOST_SCANS)


class FirstSeen(Schema):
    """When and at which gate the person was let in before, at this stop on this day."""

    at: Moment
    gate: str


class ScanAnswer(Schema):
    """The verdict on one scan. Names are null for a badge that is unknown or of another event."""

    id: uuid.UUID
    outcome: str = Field(
        description="admitted, already_in, revoked, wrong_event, wrong_day, forged or duplicate"
    )
    name: str | None
    cooperative: str | None
    stand: str | None
    first_seen: FirstSeen | None


class ScanAnswers(Schema):
    """Verdicts in the order of the request."""

    results: list[ScanAnswer]


@api.post("/events/<slug>/scans/sync")
@requires("badges.scan")
@call(body=ScansBatch, answer=ScanAnswers, read=read_entries, summary="Send scans of a gate")
def sync_scans(session: Session, body: ScansBatch, slug: str) -> ScanAnswers:
    """Judge scans and keep each once, any number of times, in any order.

    What a gate decided offline is kept as a fact and flagged where the verdict differs.
    """
    event = event_for(session, actor=current_actor(), action="badges.scan", slug=slug)
    entries = [
        Entry(scan.id, scan.stop, scan.gate, scan.code, scan.scanned_at, scan.decided) for scan in body.scans
    ]
    results = record_scans(session, actor=current_actor(), event=event, entries=entries, now=utc_now())
    return ScanAnswers(results=[answer_of(result) for result in results])


def answer_of(result: Result) -> ScanAnswer:
    """Return a result as the gate gets it."""
    badge, first = result.badge, result.first_seen
    return ScanAnswer(
        id=result.id,
        outcome=result.outcome,
        name=badge.representative.name if badge else None,
        cooperative=(badge.registration.cooperative.name_ar or badge.registration.cooperative.name_fr)
        if badge
        else None,
        stand=", ".join(result.stands) or None,
        first_seen=FirstSeen(at=first.at, gate=first.gate) if first else None,
    )
