"""The organizer's queue: an event's registrations, the counts of its filters, and who comes next.

The counts come from one pass over the facts of all registrations of the event: one that fails no
filter counts everywhere, one that fails a single filter counts where that filter would be lifted.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, String, and_, case, func, or_, select, type_coerce
from sqlalchemy.orm import Session

from fairapp.cooperatives.models import Cooperative
from fairapp.registrations.domain import WAITING, FilingChannel, RegistrationState
from fairapp.registrations.models import Registration, RegistrationSector
from fairapp.registrations.ordering import rank_order
from fairapp.registrations.queries.filters import (
    FLAGS,
    QueueFilters,
    Sorting,
    conditions_of,
    flag_conditions,
    matches,
)
from fairapp.registrations.queries.papers import Papers, papers_of

PER_PAGE = 50
_ORDERS: dict[Sorting, tuple[ColumnElement[Any], ...]] = {
    Sorting.WAITING: (Registration.received_at.asc(), Registration.id.asc()),
    Sorting.NEWEST: (Registration.received_at.desc(), Registration.id.desc()),
    Sorting.NAME: (Cooperative.name_key.asc(), Registration.id.asc()),
    Sorting.PROVINCE: (
        Cooperative.province_code.asc(),
        Registration.received_at.asc(),
        Registration.id.asc(),
    ),
}


# In the order of the first fields of a row; columns, because thousands of models cost.
_COLUMNS = (
    Registration.id,
    Registration.reference,
    Registration.state,
    Registration.channel,
    Registration.received_at,
    Cooperative.name_ar,
    Cooperative.name_fr,
    Cooperative.province_code,
    Cooperative.members,
    Cooperative.women_members,
    Cooperative.women_led,
    func.coalesce(Registration.phone, Cooperative.phone),
    func.coalesce(Registration.email, Cooperative.email),
)


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One registration of the queue. Member counts are as declared."""

    id: int
    reference: str
    state: RegistrationState
    channel: FilingChannel
    received_at: datetime
    name_ar: str
    name_fr: str
    province_code: str
    members: int | None
    women_members: int | None
    women_led: bool | None
    phone: str | None
    email: str | None
    sectors: tuple[str, ...]
    earlier: int
    papers: Papers


@dataclass(frozen=True, slots=True)
class QueuePage:
    """One page of the queue; `total` counts the registrations that the filters leave."""

    rows: tuple[QueueRow, ...]
    page: int
    pages: int
    total: int


@dataclass(slots=True)
class QueueCounts:
    """How many registrations each filter would leave, the other filters kept.

    `flags` is by the name of the parameter. `waiting` counts those that wait, without any filter of
    the page but the search.
    """

    states: Counter[RegistrationState] = field(default_factory=Counter)
    sectors: Counter[str] = field(default_factory=Counter)
    provinces: Counter[str] = field(default_factory=Counter)
    channels: Counter[FilingChannel] = field(default_factory=Counter)
    flags: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Queue:
    """A page of the queue with its counts."""

    found: QueuePage
    counts: QueueCounts


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Who stands beside a registration in a queue: references, its place from 1 (0: not in it)."""

    previous: str | None
    following: str | None
    place: int
    total: int


def read_queue(session: Session, *, event_id: int, filters: QueueFilters, page: int = 1) -> Queue:
    """Return one page of an event's queue and the counts of all its filters, in seven queries."""
    counts, ids = _faceted(session, event_id, filters)
    pages = max(1, -(-len(ids) // PER_PAGE))
    page = max(1, min(page, pages))
    rows = _rows(session, event_id, ids[(page - 1) * PER_PAGE : page * PER_PAGE])
    return Queue(QueuePage(tuple(rows), page, pages, len(ids)), counts)


def every_row(session: Session, *, event_id: int, filters: QueueFilters) -> Iterator[QueueRow]:
    """Return all registrations that filters leave, in their order, some hundreds at a time."""
    ids = queued_ids(session, event_id=event_id, filters=filters)
    for start in range(0, len(ids), 500):
        yield from _rows(session, event_id, ids[start : start + 500])


def queued_ids(session: Session, *, event_id: int, filters: QueueFilters) -> list[int]:
    """Return the ids of the registrations that filters leave, in their order."""
    query = _joined(Registration.id).where(*conditions_of(event_id, filters))
    return list(session.scalars(query.order_by(*_order(session, event_id, filters))))


def queue_size(session: Session, *, event_id: int, filters: QueueFilters) -> int:
    """Return how many registrations filters leave."""
    return session.scalar(_joined(func.count()).where(*conditions_of(event_id, filters))) or 0


def waiting_count(session: Session, *, event_id: int) -> int:
    """Return how many registrations of an event wait for a decision."""
    query = select(func.count(Registration.id)).where(
        Registration.event_id == event_id, Registration.state.in_(WAITING)
    )
    return session.scalar(query) or 0


def neighbours(session: Session, *, registration: Registration, filters: QueueFilters) -> Neighbours:
    """Return who stands before and after a registration in a queue; after the last comes the first.

    The registration itself may have left the queue: its neighbours are those around its old place.
    """
    inside = and_(*conditions_of(registration.event_id, filters))
    query = (
        _joined(Registration.id, Registration.reference, case((inside, 1), else_=0))
        .where(
            Registration.event_id == registration.event_id, or_(inside, Registration.id == registration.id)
        )
        .order_by(*_order(session, registration.event_id, filters))
    )
    found = session.execute(query).all()
    at = next(place for place, row in enumerate(found) if row[0] == registration.id)
    others = [row[1] for row in (*found[at + 1 :], *found[:at])]
    is_inside = bool(found[at][2])
    return Neighbours(
        previous=others[-1] if others else None,
        following=others[0] if others else None,
        place=at + 1 if is_inside else 0,
        total=len(found) if is_inside else len(others),
    )


def _order(session: Session, event_id: int, filters: QueueFilters) -> tuple[ColumnElement[Any], ...]:
    usual = _ORDERS.get(filters.sorting, _ORDERS[Sorting.WAITING])
    rank = rank_order(session, event_id) if filters.sorting is Sorting.RANK else None
    return usual if rank is None else (rank.is_(None), rank, *usual)


def _joined(*columns: Any) -> Select[*tuple[Any, ...]]:
    query: Select[*tuple[Any, ...]] = select(*columns).select_from(Registration)
    return query.join(Cooperative, Cooperative.id == Registration.cooperative_id)


def _faceted(session: Session, event_id: int, filters: QueueFilters) -> tuple[QueueCounts, list[int]]:
    """Return the counts of all filters, and the ids of those that pass all, in order."""
    counts, ids, fields = QueueCounts(), [], tuple(FLAGS.values())
    sectors = _sectors_of_event(session, event_id)
    wanted = [place for place, name in enumerate(fields) if getattr(filters, name)]
    for row in _facts(session, event_id, filters):
        id_, state, channel, province, *flags = row
        shown = sectors.get(id_, ())
        fails = _failed(filters, state, channel, province, shown)
        fails.extend(fields[place] for place in wanted if not flags[place])
        if not fails:
            ids.append(id_)
            for name, flag in zip(FLAGS, flags, strict=True):
                counts.flags[name] += flag
        if len(fails) <= 1:
            _count(counts, fails[0] if fails else "", state, channel, province, shown)
    return counts, ids


def _failed(
    filters: QueueFilters, state: str, channel: str, province: str, sectors: Collection[str]
) -> list[str]:
    fails = []
    if filters.states and state not in filters.states:
        fails.append("state")
    if filters.province and province != filters.province:
        fails.append("province")
    if filters.channel and channel != filters.channel:
        fails.append("channel")
    if filters.sector and filters.sector not in sectors:
        fails.append("sector")
    return fails


def _count(
    counts: QueueCounts, failed: str, state: Any, channel: Any, province: str, sectors: Iterable[str]
) -> None:
    if failed in ("", "state"):
        counts.states[state] += 1
    if failed in ("", "channel"):
        counts.channels[channel] += 1
    if failed in ("", "province"):
        counts.provinces[province] += 1
    if failed in ("", "sector"):
        counts.sectors.update(sectors)


def _facts(session: Session, event_id: int, filters: QueueFilters) -> Sequence[Row[*tuple[Any, ...]]]:
    flags = flag_conditions(event_id)
    return session.execute(
        _joined(
            Registration.id,
            type_coerce(Registration.state, String),  # as text: thousands of enum members cost
            type_coerce(Registration.channel, String),
            Cooperative.province_code,
            *(case((flags[name], 1), else_=0) for name in FLAGS.values()),
        )
        .where(Registration.event_id == event_id, matches(filters.text))
        .order_by(*_order(session, event_id, filters))
    ).all()


def _sectors_of_event(session: Session, event_id: int) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    query = (
        select(RegistrationSector.registration_id, RegistrationSector.sector_code)
        .join(Registration, Registration.id == RegistrationSector.registration_id)
        .where(Registration.event_id == event_id)
    )
    for registration_id, code in session.execute(query):
        found.setdefault(registration_id, []).append(code)
    return found


def _rows(session: Session, event_id: int, ids: Sequence[int]) -> list[QueueRow]:
    query = _joined(*_COLUMNS, Registration.cooperative_id).where(Registration.id.in_(ids))
    known = {row[0]: row for row in session.execute(query)}
    sectors = _sectors_of(session, ids)
    earlier = _earlier_of(session, event_id, [row[-1] for row in known.values()])
    papers = papers_of(session, event_id=event_id, sectors={id_: sectors.get(id_, ()) for id_ in ids})
    found = []
    for id_ in ids:
        if id_ in known:
            *own, cooperative_id = known[id_]
            beside = (sectors.get(id_, ()), earlier.get(cooperative_id, 0), papers[id_])
            values: tuple[Any, ...] = (*own, *beside)
            found.append(QueueRow(*values))
    return found


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
