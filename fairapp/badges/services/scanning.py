"""Judging and keeping scans. A scan is a fact: recorded once, never judged again."""

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from fairapp.audit.domain import Actor
from fairapp.audit.services import record
from fairapp.badges.domain import (
    GateDecision,
    HandReason,
    ScanCase,
    is_contested,
    lets_in,
    verdict,
)
from fairapp.badges.errors import UnknownStop
from fairapp.badges.models import Badge, Scan
from fairapp.badges.queries import cards, gate, issuing
from fairapp.badges.queries.gate import Sighting
from fairapp.badges.signing import read_code
from fairapp.events.domain import trading_day
from fairapp.events.errors import StopNotFound
from fairapp.events.models import Event, Stop
from fairapp.events.queries import stop_of
from fairapp.foundation.ids import numbered_reference, parse_reference
from fairapp.foundation.text import clean

DUPLICATE = "duplicate"
LONGEST_GATE = 40
Seen = dict[tuple[int, int, date], Sighting]


@dataclass(frozen=True, slots=True)
class Entry:
    """A scan as a gate sends it. `code` is the text of the QR, or the short code typed by hand."""

    id: uuid.UUID
    stop: str
    gate: str
    code: str
    scanned_at: datetime
    decided: GateDecision | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What the gate is told. `outcome` is a `ScanOutcome`, or "duplicate": recorded before.

    Names stay None for a badge that is unknown or of another event. `first_seen` is when the
    person was let in first at this stop on this day, before this scan.
    """

    id: uuid.UUID
    outcome: str
    badge: Badge | None
    stands: tuple[str, ...]
    first_seen: Sighting | None
    scan: Scan


def record_scans(
    session: Session, *, actor: Actor, event: Event, entries: Sequence[Entry], now: datetime
) -> list[Result]:
    """Judge scans and keep each once, however often it is sent; results in the order of the entries.

    Within a call the earlier scan is judged first. What the gate decided by itself is kept
    beside the verdict and flagged where they differ. `event` has its stops loaded.

    Raises: UnknownStop.
    """
    stops = [_stop(actor, event, entry, position) for position, entry in enumerate(entries)]
    codes = _short_codes(session, entries)
    badges = gate.badges_for_update(session, short_codes={code for code in codes if code})
    known = gate.known_scans(session, ids=[entry.id for entry in entries])
    held = cards.held_stands(session, {badge.registration_id for badge in badges.values()})
    seen = gate.sightings(session, badge_ids=[badge.id for badge in badges.values()])
    results: dict[int, Result] = {}
    fresh: list[Scan] = []
    for place in sorted(range(len(entries)), key=lambda place: entries[place].scanned_at):
        entry, stop, badge = entries[place], stops[place], badges.get(codes[place] or "")
        stands = tuple(held[badge.registration_id][stop.id]) if badge else ()
        scan = known.get(entry.id)
        if scan is None:
            scan = _judge(actor, event, stop, entry, badge, stands, seen, now)
            fresh.append(scan)
            known[entry.id] = scan
            outcome: str = scan.outcome
        else:
            outcome = DUPLICATE
        results[place] = _result(entry, outcome, scan, badge, stands, seen)
        if outcome != DUPLICATE and badge and lets_in(scan.outcome, scan.decided):
            seen.setdefault((badge.id, stop.id, scan.day), Sighting(scan.scanned_at, scan.gate))
    kept = _keep(session, fresh)
    return [_told_late(results[place], kept) for place in range(len(entries))]


def let_in_by_hand(
    session: Session,
    *,
    actor: Actor,
    event: Event,
    scan_id: uuid.UUID,
    reason: HandReason,
    now: datetime,
) -> Scan:
    """Let someone in against the verdict of a scan: a fact of its own, with who and why.

    Asked twice for one scan, it is done once. Raises: ScanNotFound.
    """
    scan = gate.scan_for(session, event=event, scan_id=scan_id)
    again = Scan(
        id=uuid.uuid5(scan.id, "let in by hand"),
        event_id=scan.event_id,
        stop_id=scan.stop_id,
        gate=scan.gate,
        badge_id=scan.badge_id,
        code_hash=scan.code_hash,
        day=scan.day,
        scanned_at=now,
        received_at=now,
        outcome=scan.outcome,
        decided=GateDecision.ADMITTED,
        is_contested=is_contested(scan.outcome, GateDecision.ADMITTED),
        device_id=actor.device_id,
        account_id=actor.account_id,
        reason=reason,
    )
    if _keep(session, [again]):
        record(
            session,
            actor=actor,
            action="badges.let_in_by_hand",
            subject_type="scan",
            subject_id=again.id,
            details={"outcome": scan.outcome, "reason": reason},
            chain=f"event:{event.slug}",
            now=now,
        )
    return again


def _stop(actor: Actor, event: Event, entry: Entry, position: int) -> Stop:
    try:
        stop = stop_of(event, entry.stop)
    except StopNotFound:
        raise UnknownStop(stop=entry.stop[:20], position=position) from None
    if actor.stop_id is not None and actor.stop_id != stop.id:
        raise UnknownStop(stop=stop.code, position=position)
    return stop


def _short_codes(session: Session, entries: Sequence[Entry]) -> list[str | None]:
    """Return the short code of each entry's badge; None for texts that no key of ours signed."""
    keys = issuing.public_keys(session)
    codes: list[str | None] = []
    for entry in entries:
        claim = read_code(entry.code, keys)
        codes.append(numbered_reference(claim.number) if claim else parse_reference(entry.code[:40]))
    return codes


def _judge(
    actor: Actor,
    event: Event,
    stop: Stop,
    entry: Entry,
    badge: Badge | None,
    stands: tuple[str, ...],
    seen: Seen,
    now: datetime,
) -> Scan:
    day = trading_day(entry.scanned_at, closes_at=stop.closes_at, opens_at=stop.opens_at)
    case = ScanCase(known=False)
    if badge is not None:
        case = ScanCase(
            known=True,
            same_event=badge.event_id == event.id,
            revoked=badge.revoked_at is not None,
            day=day,
            first_on=stop.starts_on if stands and stop.cancelled_at is None else None,
            last_on=stop.ends_on,
            seen=(badge.id, stop.id, day) in seen,
        )
    outcome = verdict(case)
    return Scan(
        id=entry.id,
        event_id=event.id,
        stop_id=stop.id,
        gate=clean(entry.gate)[:LONGEST_GATE] or "main",
        badge_id=badge.id if badge else None,
        code_hash=hashlib.sha256(entry.code.encode("utf-8", "surrogatepass")).hexdigest(),
        day=day,
        scanned_at=entry.scanned_at,
        received_at=now,
        outcome=outcome,
        decided=entry.decided,
        is_contested=is_contested(outcome, entry.decided),
        device_id=actor.device_id,
        account_id=actor.account_id,
    )


def _result(
    entry: Entry, outcome: str, scan: Scan, badge: Badge | None, stands: tuple[str, ...], seen: Seen
) -> Result:
    shown = badge if badge is not None and badge.event_id == scan.event_id else None
    first = seen.get((badge.id, scan.stop_id, scan.day)) if badge else None
    return Result(entry.id, outcome, shown, stands if shown else (), first, scan)


def _keep(session: Session, scans: Sequence[Scan]) -> set[uuid.UUID]:
    """Insert scans in one statement and return the ids that were new."""
    if not scans:
        return set()
    columns = [column.key for column in Scan.__mapper__.column_attrs]
    rows = [{name: getattr(scan, name) for name in columns} for scan in scans]
    insert = postgresql_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert
    query = insert(Scan).values(rows).on_conflict_do_nothing().returning(Scan.id)
    return set(session.scalars(query))


def _told_late(result: Result, kept: set[uuid.UUID]) -> Result:
    """Call a scan duplicate that another call recorded while this one was judging it."""
    if result.outcome == DUPLICATE or result.id in kept:
        return result
    return Result(result.id, DUPLICATE, result.badge, result.stands, result.first_seen, result.scan)
