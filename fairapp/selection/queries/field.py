"""What a ranking is made of: the rules of the call and what is known of each registration."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from fairapp.cooperatives.models import Cooperative
from fairapp.events.counts import Count, read_counts
from fairapp.events.domain import CriterionSource
from fairapp.events.models import Capacity, Criterion, Event, Quota, Stop
from fairapp.reference.queries import main_sector_of
from fairapp.registrations.domain import RegistrationState
from fairapp.registrations.models import (
    Registration,
    RegistrationProduct,
    RegistrationSector,
    RegistrationStop,
    StateChange,
)
from fairapp.registrations.queries.documents import lacks_document
from fairapp.selection.domain.ranking import BY_RANK, SECTOR_FULL
from fairapp.selection.domain.rules import (
    EVERY_STOP,
    CriterionRule,
    Entry,
    PlaceRule,
    QuotaRule,
    Rules,
    is_led_by_youth,
)
from fairapp.selection.models import Assignment, Reviewer, Score

_COMPETING = (
    RegistrationState.RECEIVED,
    RegistrationState.UNDER_REVIEW,
    RegistrationState.INCOMPLETE,
    RegistrationState.ACCEPTED,
    RegistrationState.WAITLISTED,
)


def competes() -> ColumnElement[bool]:
    """Return the condition on `Registration` under which it is reviewed and ranked.

    Neither the withdrawn nor those refused for another reason than their rank: outside the call
    nobody competes.
    """
    later = aliased(StateChange)
    is_last = ~exists().where(later.registration_id == StateChange.registration_id, later.id > StateChange.id)
    by_rank = exists().where(
        StateChange.registration_id == Registration.id,
        StateChange.reason_code.in_((BY_RANK, SECTOR_FULL)),
        is_last,
    )
    refused = and_(Registration.state == RegistrationState.REFUSED, by_rank)
    return or_(Registration.state.in_(_COMPETING), refused)


def rules_of(session: Session, *, event: Event) -> Rules:
    """Return the rules by which an event ranks now; its stops are loaded.

    Where the call names no places of a stop, the exhibitors' stands of its plan count.
    """
    stops = tuple(stop.code for stop in event.stops if stop.cancelled_at is None)
    places = [
        PlaceRule(row.stop_code, row.sector_code, row.places)
        for row in session.scalars(
            select(Capacity)
            .where(Capacity.event_id == event.id)
            .order_by(Capacity.stop_code, Capacity.sector_code)
        )
    ]
    if not any(rule.stop == EVERY_STOP for rule in places):
        named = {rule.stop for rule in places}
        by_id = read_counts(session, Count.STANDS, [stop.id for stop in event.stops])
        stands = {stop.code: by_id.get(stop.id, 0) for stop in event.stops}
        places += [
            PlaceRule(stop, "", stands[stop]) for stop in stops if stop not in named and stands.get(stop)
        ]
    criteria = session.scalars(
        select(Criterion).where(Criterion.event_id == event.id).order_by(Criterion.position)
    )
    quotas = session.scalars(
        select(Quota).where(Quota.event_id == event.id).order_by(Quota.kind, Quota.target)
    )
    return Rules(
        criteria=tuple(CriterionRule(row.code, row.weight, row.scale, row.source) for row in criteria),
        quotas=tuple(QuotaRule(row.kind, row.least_percent, row.target) for row in quotas),
        places=tuple(places),
        stops=stops,
        seed=event.draw_seed or "",
    )


@dataclass(frozen=True, slots=True)
class Field:
    """The registrations that compete: what is known of each, and its id by reference."""

    entries: tuple[Entry, ...]
    ids: Mapping[str, int]


def field_of(session: Session, *, event: Event, rules: Rules, registration_id: int | None = None) -> Field:
    """Return all registrations that compete for an event, in seven queries however many there are.

    With an id that registration alone, whether it competes or not.
    """
    one = [] if registration_id is None else [Registration.id == registration_id]
    stops = _stops(session, event, one)
    sectors = _sectors(session, event, one)
    scores = _scores(session, event, rules, one)
    complete = _complete(session, event, rules, one)
    earlier = aliased(Registration)
    took_part = exists().where(
        earlier.cooperative_id == Registration.cooperative_id,
        earlier.event_id != Registration.event_id,
        earlier.state == RegistrationState.ACCEPTED,
    )
    rows = session.execute(
        select(
            Registration.id,
            Registration.reference,
            Cooperative.province_code,
            Cooperative.women_led,
            Cooperative.rural,
            Cooperative.members,
            Cooperative.youth_members,
            took_part.label("took_part"),
        )
        .join(Cooperative, Cooperative.id == Registration.cooperative_id)
        .where(Registration.event_id == event.id, *(one or [competes()]))
    ).all()
    entries = tuple(
        Entry(
            reference=row.reference,
            stops=tuple(stops.get(row.id, ())),
            sectors=tuple(sectors.get(row.id, ())),
            province=row.province_code,
            women_led=bool(row.women_led),
            youth=is_led_by_youth(row.members, row.youth_members),
            first_time=not row.took_part,
            rural=bool(row.rural),
            complete=row.id in complete,
            scores=scores.get(row.id, {}),
        )
        for row in rows
    )
    return Field(entries, {row.reference: row.id for row in rows})


_One = Sequence[ColumnElement[bool]]


def _stops(session: Session, event: Event, one: _One) -> dict[int, list[str]]:
    rows = session.execute(
        select(RegistrationStop.registration_id, Stop.code)
        .join(Stop, Stop.id == RegistrationStop.stop_id)
        .join(Registration, Registration.id == RegistrationStop.registration_id)
        .where(Stop.event_id == event.id, *one)
        .order_by(Stop.position)
    )
    found: dict[int, list[str]] = {}
    for identity, code in rows:
        found.setdefault(identity, []).append(code)
    return found


def _sectors(session: Session, event: Event, one: _One) -> dict[int, dict[str, None]]:
    """Return the sectors of each registration, those of its products first, each before its main one."""
    here = (Registration.event_id == event.id, *one)
    products = session.execute(
        select(RegistrationProduct.registration_id, RegistrationProduct.sector_code)
        .join(Registration, Registration.id == RegistrationProduct.registration_id)
        .where(*here)
        .order_by(RegistrationProduct.registration_id, RegistrationProduct.position)
    )
    others = session.execute(
        select(RegistrationSector.registration_id, RegistrationSector.sector_code)
        .join(Registration, Registration.id == RegistrationSector.registration_id)
        .where(*here)
        .order_by(RegistrationSector.registration_id, RegistrationSector.sector_code)
    )
    found: dict[int, dict[str, None]] = {}
    for rows in (products, others):
        for identity, code in rows:
            known = found.setdefault(identity, {})
            known.setdefault(code)
            known.setdefault(main_sector_of(code))
    return found


def _scores(session: Session, event: Event, rules: Rules, one: _One) -> dict[int, dict[str, dict[str, int]]]:
    scales = {rule.code: rule.scale for rule in rules.criteria if rule.source is CriterionSource.COMMITTEE}
    reviewers = session.scalars(
        select(Reviewer.id).where(Reviewer.event_id == event.id).order_by(Reviewer.id)
    )
    pseudonyms = {identity: f"r{number}" for number, identity in enumerate(reviewers, 1)}
    rows = session.execute(
        select(Assignment.registration_id, Assignment.reviewer_id, Score.criterion_code, Score.points)
        .join(Score, Score.assignment_id == Assignment.id)
        .join(Reviewer, Reviewer.id == Assignment.reviewer_id)
        .join(Registration, Registration.id == Assignment.registration_id)
        .where(
            Reviewer.event_id == event.id,
            Assignment.scored_at.is_not(None),
            Assignment.released_at.is_(None),
            *one,
        )
        .order_by(Assignment.registration_id, Assignment.reviewer_id)
    )
    found: dict[int, dict[str, dict[str, int]]] = {}
    for registration_id, reviewer_id, code, points in rows:
        if code in scales:
            given = found.setdefault(registration_id, {}).setdefault(pseudonyms[reviewer_id], {})
            given[code] = min(points, scales[code])
    return found


def _complete(session: Session, event: Event, rules: Rules, one: _One) -> frozenset[int]:
    if not any(rule.source is CriterionSource.COMPLETE for rule in rules.criteria):
        return frozenset()
    query = select(Registration.id).where(Registration.event_id == event.id, ~lacks_document(), *one)
    return frozenset(session.scalars(query))


def competing_count(session: Session, *, event_id: int) -> int:
    """Return how many registrations compete for an event."""
    query = select(func.count(Registration.id)).where(Registration.event_id == event_id, competes())
    return session.scalar(query) or 0
