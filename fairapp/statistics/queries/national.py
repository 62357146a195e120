"""Figures of all events within an actor's scope, in a fixed number of statements."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session, selectinload

from fairapp.audit.domain import Actor
from fairapp.events.domain import EventKind
from fairapp.events.models import Event, Stop
from fairapp.events.queries import scope_condition
from fairapp.registrations.domain import Gender, RegistrationState
from fairapp.registrations.models import Registration, RegistrationStop, Representative
from fairapp.statistics.domain.national import EventFigures
from fairapp.turnover.domain import Share
from fairapp.turnover.queries.stops import totals_of_events
from fairapp.workshops.models import Attendance, Workshop

ACTION = "statistics.read"


@dataclass(frozen=True, slots=True)
class _Taken:
    cooperatives: int
    ids: frozenset[int]


def events_in_scope(
    session: Session,
    *,
    actor: Actor,
    today: date,
    kind: EventKind | None = None,
    region_code: str | None = None,
) -> list[EventFigures]:
    """Return the figures of published events that have begun, by first day.

    An event counts in the year in which its first stop starts; cancelled stops do not count.
    """
    conditions = [scope_condition(actor, ACTION), Event.published_at.is_not(None)]
    if kind is not None:
        conditions.append(Event.kind == kind)
    if region_code is not None:
        conditions.append(Event.region_code == region_code)
    events = session.scalars(select(Event).options(selectinload(Event.stops)).where(*conditions))
    held = [event for event in events if _begun(event, today)]
    figures = figures_of(session, events=held, today=today)
    return sorted(figures, key=lambda row: (row.starts_on, row.slug))


def figures_of(session: Session, *, events: Collection[Event], today: date) -> list[EventFigures]:
    """Return the figures of events whose stops are loaded, in their order."""
    ids = [event.id for event in events]
    taken = _cooperatives(session, ids, today)
    exhibitors = _exhibitors(session, ids, today)
    trained = _trained(session, ids)
    workshops = _workshops(session, ids)
    totals = totals_of_events(session, events=events, today=today)
    figures = []
    for event in events:
        stops = _begun(event, today) or event.stops
        cooperatives = taken.get(event.id, _Taken(0, frozenset()))
        total = totals[event.id]
        figures.append(
            EventFigures(
                slug=event.slug,
                kind=event.kind,
                region_code=event.region_code,
                year=stops[0].starts_on.year,
                starts_on=stops[0].starts_on,
                ends_on=max(stop.ends_on for stop in stops),
                title_ar=event.title_ar,
                title_fr=event.title_fr,
                title_en=event.title_en,
                places_ar=tuple(stop.place_ar for stop in stops),
                places_fr=tuple(stop.place_fr for stop in stops),
                editions=_editions(event, stops),
                cooperatives=cooperatives.cooperatives,
                exhibitors=exhibitors.get(event.id, Share()),
                trained=trained.get(event.id),
                workshops=workshops.get(event.id, 0),
                turnover_minor=total.turnover_minor,
                sales=total.sales,
                coverage=total.coverage,
                is_demonstration=event.is_demonstration,
                cooperative_ids=cooperatives.ids,
            )
        )
    return figures


def _begun(event: Event, today: date) -> list[Stop]:
    """Return the stops that were held or are under way, by first day."""
    begun = [stop for stop in event.stops if stop.cancelled_at is None and stop.starts_on <= today]
    return sorted(begun, key=lambda stop: (stop.starts_on, stop.position))


def _editions(event: Event, stops: list[Stop]) -> int:
    if event.kind is EventKind.FAIR:
        return 1
    return len({stop.edition_code or f"#{stop.id}" for stop in stops})


def _times(today: date) -> ColumnElement[int]:
    """Return in how many editions an accepted registration takes part.

    Once at a fair; at a mobile market once for each held stop that it asked for.
    """
    asked = (
        select(func.count())
        .select_from(RegistrationStop)
        .join(Stop, Stop.id == RegistrationStop.stop_id)
        .where(
            RegistrationStop.registration_id == Registration.id,
            Stop.cancelled_at.is_(None),
            Stop.starts_on <= today,
        )
        .correlate(Registration)
        .scalar_subquery()
    )
    return case((Event.kind == EventKind.FAIR, 1), else_=asked)


def _accepted(ids: Collection[int]) -> ColumnElement[bool]:
    return and_(Registration.event_id.in_(ids), Registration.state == RegistrationState.ACCEPTED)


def _cooperatives(session: Session, ids: Collection[int], today: date) -> dict[int, _Taken]:
    rows = session.execute(
        select(Registration.event_id, Registration.cooperative_id, _times(today).label("times"))
        .join(Event, Event.id == Registration.event_id)
        .where(_accepted(ids))
    )
    count: dict[int, int] = defaultdict(int)
    members: dict[int, set[int]] = defaultdict(set)
    for event_id, cooperative_id, times in rows:
        count[event_id] += times
        if times:
            members[event_id].add(cooperative_id)
    return {event_id: _Taken(count[event_id], frozenset(members[event_id])) for event_id in count}


def _exhibitors(session: Session, ids: Collection[int], today: date) -> dict[int, Share]:
    people = (
        select(
            Representative.registration_id,
            func.sum(case((Representative.gender == Gender.WOMAN, 1), else_=0)).label("women"),
            func.sum(case((Representative.gender == Gender.MAN, 1), else_=0)).label("men"),
            func.sum(case((Representative.gender.is_(None), 1), else_=0)).label("not_stated"),
        )
        .group_by(Representative.registration_id)
        .subquery()
    )
    times = _times(today)
    rows = session.execute(
        select(
            Registration.event_id,
            func.sum(people.c.women * times).label("women"),
            func.sum(people.c.men * times).label("men"),
            func.sum(people.c.not_stated * times).label("not_stated"),
        )
        .join(Event, Event.id == Registration.event_id)
        .join(people, people.c.registration_id == Registration.id)
        .where(_accepted(ids))
        .group_by(Registration.event_id)
    )
    return {row.event_id: _share(row.women, row.men, row.not_stated) for row in rows}


def _trained(session: Session, ids: Collection[int]) -> dict[int, Share]:
    """Return distinct people who attended workshops of each event; absent where nobody was noted.

    A person without a key is counted once an attendance, since nothing tells them apart.
    """
    rows = session.execute(
        select(
            Workshop.event_id,
            _people(Attendance.gender == Gender.WOMAN).label("women"),
            _people(Attendance.gender == Gender.MAN).label("men"),
            _people(or_(Attendance.gender.is_(None))).label("not_stated"),
        )
        .join(Attendance, Attendance.workshop_id == Workshop.id)
        .where(Workshop.event_id.in_(ids))
        .group_by(Workshop.event_id)
    )
    return {row.event_id: _share(row.women, row.men, row.not_stated) for row in rows}


def _people(stated: ColumnElement[bool]) -> ColumnElement[int]:
    known = func.count(case((stated, Attendance.person_key)).distinct())
    nameless = func.sum(case((and_(stated, Attendance.person_key.is_(None)), 1), else_=0))
    return known + nameless


def _workshops(session: Session, ids: Collection[int]) -> dict[int, int]:
    rows = session.execute(
        select(Workshop.event_id, func.count().label("workshops"))
        .where(Workshop.event_id.in_(ids))
        .group_by(Workshop.event_id)
    )
    return {row.event_id: row.workshops for row in rows}


def _share(women: Any, men: Any, not_stated: Any) -> Share:
    return Share(part=int(women), base=int(women) + int(men), not_stated=int(not_stated))
