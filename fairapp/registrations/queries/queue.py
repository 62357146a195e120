"""The organizer's queue: one page of an event's registrations, and the counts of its filters."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, true
from sqlalchemy.orm import Session

from fairapp.cooperatives.models import Cooperative
from fairapp.foundation.ids import parse_reference
from fairapp.foundation.text import fold
from fairapp.registrations.domain import WAITING, RegistrationState
from fairapp.registrations.models import Registration, RegistrationSector

PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class QueueFilters:
    """What a queue is narrowed to. No states: all of them."""

    states: tuple[RegistrationState, ...] = WAITING
    sector: str | None = None
    province: str | None = None
    women_led: bool = False
    text: str = ""


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One registration of the queue. Member counts are as declared."""

    id: int
    reference: str
    state: RegistrationState
    received_at: datetime
    name_ar: str
    name_fr: str
    province_code: str
    members: int | None
    women_members: int | None
    women_led: bool | None
    sectors: tuple[str, ...]
    earlier: int


@dataclass(frozen=True, slots=True)
class QueuePage:
    """One page of the queue; `total` counts the registrations that the filters leave."""

    rows: tuple[QueueRow, ...]
    page: int
    pages: int
    total: int


@dataclass(frozen=True, slots=True)
class QueueCounts:
    """How many registrations each filter would leave, the other filters kept."""

    states: dict[RegistrationState, int]
    sectors: dict[str, int]
    provinces: dict[str, int]
    women_led: int


def queue_page(session: Session, *, event_id: int, filters: QueueFilters, page: int = 1) -> QueuePage:
    """Return one page of an event's registrations, those that wait longest first, in five queries."""
    where = and_(*_conditions(event_id, filters))
    total = session.scalar(_joined(func.count()).where(where)) or 0
    pages = max(1, -(-total // PER_PAGE))
    page = max(1, min(page, pages))
    order = (Registration.received_at, Registration.id)
    # The keys alone are sorted; sorting whole rows of thousands costs ten times as much.
    wanted = (
        _joined(Registration.id).where(where).order_by(*order).limit(PER_PAGE).offset((page - 1) * PER_PAGE)
    )
    found = session.execute(
        _joined(Registration, Cooperative)
        .where(Registration.id.in_(session.scalars(wanted).all()))
        .order_by(*order)
    ).all()
    sectors = _sectors_of(session, [registration.id for registration, _ in found])
    earlier = _earlier_of(session, event_id, [cooperative.id for _, cooperative in found])
    rows = tuple(_row(registration, cooperative, sectors, earlier) for registration, cooperative in found)
    return QueuePage(rows=rows, page=page, pages=pages, total=total)


def queue_counts(session: Session, *, event_id: int, filters: QueueFilters) -> QueueCounts:
    """Return the counts beside the filters, in four queries."""
    return QueueCounts(
        states=_counted(session, Registration.state, event_id, replace(filters, states=())),
        sectors=_counted(
            session, RegistrationSector.sector_code, event_id, replace(filters, sector=None), sectors=True
        ),
        provinces=_counted(session, Cooperative.province_code, event_id, replace(filters, province=None)),
        women_led=session.scalar(
            _joined(func.count()).where(*_conditions(event_id, replace(filters, women_led=True)))
        )
        or 0,
    )


def waiting_count(session: Session, *, event_id: int) -> int:
    """Return how many registrations of an event wait for a decision."""
    query = select(func.count(Registration.id)).where(
        Registration.event_id == event_id, Registration.state.in_(WAITING)
    )
    return session.scalar(query) or 0


def next_in_queue(
    session: Session, *, registration: Registration, filters: QueueFilters
) -> tuple[str | None, int, int]:
    """Return the reference after a registration in its queue, its place from 1, and how many there are.

    After the last comes the first. The registration itself may have left the queue: its place
    is then 0.
    """
    where = _conditions(registration.event_id, filters)
    later = or_(
        Registration.received_at > registration.received_at,
        and_(Registration.received_at == registration.received_at, Registration.id > registration.id),
    )
    others = (
        _joined(Registration.reference)
        .where(*where, Registration.id != registration.id)
        .order_by(Registration.received_at, Registration.id)
        .limit(1)
    )
    following = session.scalar(others.where(later)) or session.scalar(others)
    total = session.scalar(_joined(func.count()).where(*where)) or 0
    inside = session.scalar(_joined(func.count()).where(*where, Registration.id == registration.id)) or 0
    after = session.scalar(_joined(func.count()).where(*where, later)) or 0
    return following, (total - after if inside else 0), total


def _joined(*columns: Any) -> Select[*tuple[Any, ...]]:
    query: Select[*tuple[Any, ...]] = select(*columns).select_from(Registration)
    return query.join(Cooperative, Cooperative.id == Registration.cooperative_id)


def _conditions(event_id: int, filters: QueueFilters) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [Registration.event_id == event_id]
    if filters.states:
        conditions.append(Registration.state.in_(filters.states))
    if filters.sector:
        conditions.append(
            exists().where(
                RegistrationSector.registration_id == Registration.id,
                RegistrationSector.sector_code == filters.sector,
            )
        )
    if filters.province:
        conditions.append(Cooperative.province_code == filters.province)
    if filters.women_led:
        conditions.append(Cooperative.women_led.is_(True))
    return [*conditions, _matches(filters.text)]


def _matches(text: str) -> ColumnElement[bool]:
    if not text.strip():
        return true()
    reference = parse_reference(text)
    words = [Cooperative.name_key.contains(word, autoescape=True) for word in fold(text).split()]
    by_name = and_(true(), *words)
    return or_(Registration.reference == reference, by_name) if reference else by_name


def _counted(
    session: Session, column: Any, event_id: int, filters: QueueFilters, *, sectors: bool = False
) -> dict[Any, int]:
    query = _joined(column, func.count(Registration.id))
    if sectors:
        query = query.join(RegistrationSector, RegistrationSector.registration_id == Registration.id)
    rows = session.execute(query.where(*_conditions(event_id, filters)).group_by(column))
    return {row[0]: row[1] for row in rows}


def _sectors_of(session: Session, ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    found: dict[int, tuple[str, ...]] = {}
    query = (
        select(RegistrationSector.registration_id, RegistrationSector.sector_code)
        .where(RegistrationSector.registration_id.in_(ids))
        .order_by(RegistrationSector.sector_code)
    )
    for registration_id, code in session.execute(query):
        found[registration_id] = (*found.get(registration_id, ()), code)
    return found


def _earlier_of(session: Session, event_id: int, cooperative_ids: Sequence[int]) -> dict[int, int]:
    query = (
        select(Registration.cooperative_id, func.count())
        .where(
            Registration.cooperative_id.in_(cooperative_ids),
            Registration.event_id != event_id,
            Registration.state == RegistrationState.ACCEPTED,
        )
        .group_by(Registration.cooperative_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def _row(
    registration: Registration,
    cooperative: Cooperative,
    sectors: dict[int, tuple[str, ...]],
    earlier: dict[int, int],
) -> QueueRow:
    return QueueRow(
        id=registration.id,
        reference=registration.reference,
        state=registration.state,
        received_at=registration.received_at,
        name_ar=cooperative.name_ar,
        name_fr=cooperative.name_fr,
        province_code=cooperative.province_code,
        members=cooperative.members,
        women_members=cooperative.women_members,
        women_led=cooperative.women_led,
        sectors=sectors.get(registration.id, ()),
        earlier=earlier.get(cooperative.id, 0),
    )
