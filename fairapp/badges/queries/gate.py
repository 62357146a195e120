"""What a gate needs to judge scans, and what it shows of them."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from fairapp.audit.domain import Actor
from fairapp.badges.domain import GateDecision, ScanOutcome
from fairapp.badges.errors import ScanNotFound
from fairapp.badges.models import Badge, Scan
from fairapp.cooperatives.models import Cooperative
from fairapp.events.models import Event, Stop
from fairapp.events.queries import scope_condition
from fairapp.registrations.models import Registration, Representative

MOST_CONTESTED = 200
SOON = timedelta(days=14)  # how long before an event its gates may be tried out


@dataclass(frozen=True, slots=True)
class Sighting:
    """When and at which gate a person was let in."""

    at: datetime
    gate: str


def let_in() -> ColumnElement[bool]:
    """Return the condition on `Scan` under which it let a person in; twin of `domain.lets_in`."""
    return or_(
        Scan.decided == GateDecision.ADMITTED,
        and_(Scan.decided.is_(None), Scan.outcome == ScanOutcome.ADMITTED),
    )


def badges_for_update(session: Session, *, short_codes: Collection[str]) -> dict[str, Badge]:
    """Return badges by short code, locked in one order, so that two gates judge one after the other."""
    registration = joinedload(Badge.registration)
    query = (
        select(Badge)
        .where(Badge.short_code.in_(short_codes))
        .options(
            joinedload(Badge.representative),
            registration.joinedload(Registration.cooperative),
            registration.selectinload(Registration.products),
        )
        .order_by(Badge.id)
        .with_for_update(of=Badge)
    )
    return {badge.short_code: badge for badge in session.scalars(query)}


def known_scans(session: Session, *, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Scan]:
    """Return the scans that are already recorded under these ids."""
    return {scan.id: scan for scan in session.scalars(select(Scan).where(Scan.id.in_(ids)))}


def sightings(session: Session, *, badge_ids: Collection[int]) -> dict[tuple[int, int, date], Sighting]:
    """Return the first time that each badge was let in, per badge, stop and day."""
    first: dict[tuple[int, int, date], Sighting] = {}
    for badge_id, stop_id, day, at, gate in session.execute(
        select(Scan.badge_id, Scan.stop_id, Scan.day, Scan.scanned_at, Scan.gate)
        .where(Scan.badge_id.in_(badge_ids), let_in())
        .order_by(Scan.scanned_at, Scan.received_at)
    ):
        if badge_id is not None:
            first.setdefault((badge_id, stop_id, day), Sighting(at, gate))
    return first


def scan_for(session: Session, *, event: Event, scan_id: uuid.UUID) -> Scan:
    """Return a scan of an event.

    Raises: ScanNotFound.
    """
    scan = session.scalar(select(Scan).where(Scan.id == scan_id, Scan.event_id == event.id))
    if scan is None:
        raise ScanNotFound()
    return scan


def scan_anywhere(session: Session, *, actor: Actor, scan_id: uuid.UUID) -> tuple[Scan, Event]:
    """Return a scan at an event where the actor may scan, and the event with its stops.

    Raises: ScanNotFound.
    """
    row = session.execute(
        select(Scan, Event)
        .join(Event, Event.id == Scan.event_id)
        .where(Scan.id == scan_id, scope_condition(actor, "badges.scan"))
        .options(selectinload(Event.stops))
    ).first()
    if row is None:
        raise ScanNotFound()
    return row[0], row[1]


def people_in(session: Session, *, stop_id: int, day: date) -> int:
    """Return how many badges were let in at a stop on a day."""
    query = select(func.count(Scan.badge_id.distinct())).where(
        Scan.stop_id == stop_id, Scan.day == day, let_in()
    )
    return session.scalar(query) or 0


def gate_stops(session: Session, *, actor: Actor, today: date) -> list[Stop]:
    """Return the stops whose gates the actor may keep: running first, then those to come soon."""
    query = (
        select(Stop)
        .join(Stop.event)
        .where(
            scope_condition(actor, "badges.scan"),
            Event.published_at.is_not(None),
            Stop.cancelled_at.is_(None),
            Stop.ends_on >= today,
            Stop.starts_on <= today + SOON,
        )
        .options(joinedload(Stop.event))
        .order_by(Stop.starts_on, Stop.event_id, Stop.position)
    )
    if actor.stop_id is not None:
        query = query.where(Stop.id == actor.stop_id)
    return list(session.scalars(query))


@dataclass(frozen=True, slots=True)
class DayEntries:
    """How many badges were let in at a stop on a day, and how many scans were refused."""

    stop: Stop
    day: date
    people: int
    refused: int


@dataclass(frozen=True, slots=True)
class ContestedScan:
    """A scan that a gate decided otherwise than the rules; names are None for an unknown badge."""

    scan: Scan
    stop: Stop
    name: str | None
    cooperative: Cooperative | None


def entries_by_day(session: Session, *, event: Event) -> list[DayEntries]:
    """Return the entries of an event per stop and day, in order."""
    stops = {stop.id: stop for stop in event.stops}
    inside = case((let_in(), Scan.badge_id))
    refused = func.count(case((Scan.outcome.not_in((ScanOutcome.ADMITTED, ScanOutcome.ALREADY_IN)), 1)))
    query = (
        select(Scan.stop_id, Scan.day, func.count(inside.distinct()), refused)
        .where(Scan.event_id == event.id)
        .group_by(Scan.stop_id, Scan.day)
        .order_by(Scan.day, Scan.stop_id)
    )
    return [
        DayEntries(stops[stop_id], day, people, turned_away)
        for stop_id, day, people, turned_away in session.execute(query)
    ]


def contested_scans(session: Session, *, event: Event) -> list[ContestedScan]:
    """Return the latest scans that a gate decided otherwise than the rules, newest first."""
    query = (
        select(Scan, Stop, Representative.name, Cooperative)
        .join(Stop, Stop.id == Scan.stop_id)
        .outerjoin(Badge, (Badge.id == Scan.badge_id) & (Badge.event_id == event.id))
        .outerjoin(Representative, Representative.id == Badge.representative_id)
        .outerjoin(Registration, Registration.id == Badge.registration_id)
        .outerjoin(Cooperative, Cooperative.id == Registration.cooperative_id)
        .where(Scan.event_id == event.id, Scan.is_contested)
        .order_by(Scan.scanned_at.desc())
        .limit(MOST_CONTESTED)
    )
    return [ContestedScan(*row) for row in session.execute(query)]
