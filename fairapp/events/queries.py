"""Reads of events: one public event, one within the actor's scope, lists, and the call."""

import json
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, and_, case, exists, false, func, not_, or_, select, true
from sqlalchemy.orm import Session, selectinload

from fairapp.audit.domain import Actor, ScopeKind
from fairapp.events.domain import (
    CriterionSource,
    EventDates,
    EventKind,
    EventLevel,
    EventStatus,
    QuestionPhase,
    StopDates,
    Texts,
)
from fairapp.events.errors import EventNotFound, StopNotFound
from fairapp.events.models import Capacity, Criterion, Event, Question, Quota, Reason, RequiredDocument, Stop
from fairapp.events.terms import CallRules, CriterionTerms, DefaultCall, DocumentTerms, ReasonTerms

PER_PAGE = 20
MOST_PER_PAGE = 100
_DEFAULT_CALL = Path(__file__).with_name("default_call.json")
_M = TypeVar("_M", RequiredDocument, Criterion, Quota, Reason, Question, Capacity)

_last_day = (
    select(func.max(Stop.ends_on))
    .where(Stop.event_id == Event.id, Stop.cancelled_at.is_(None))
    .correlate(Event)
    .scalar_subquery()
)
_first_day = (
    select(func.min(Stop.starts_on)).where(Stop.event_id == Event.id).correlate(Event).scalar_subquery()
)


@dataclass(frozen=True, slots=True)
class EventFilters:
    """What a list of events is narrowed to; None narrows nothing."""

    kind: EventKind | None = None
    level: EventLevel | None = None
    region_code: str | None = None
    status: EventStatus | None = None


@dataclass(frozen=True, slots=True)
class EventPage:
    """One page of events with their stops. Pages count from 1; `total` counts events."""

    items: list[Event]
    page: int
    pages: int
    total: int


@dataclass(frozen=True, slots=True)
class Call:
    """What an event asks of registrations and by which rules it decides, in order."""

    documents: list[RequiredDocument]
    criteria: list[Criterion]
    quotas: list[Quota]
    reasons: list[Reason]
    questions: list[Question]
    capacities: list[Capacity]


def public_event(session: Session, *, slug: str) -> Event:
    """Return a published event with its stops.

    Raises: EventNotFound.
    """
    return _one(session, _with_stops().where(Event.slug == slug, Event.published_at.is_not(None)))


def visible_event(session: Session, *, actor: Actor, slug: str) -> Event:
    """Return an event with its stops that is published, or a draft that the actor organizes.

    Raises: EventNotFound.
    """
    return _one(session, _with_stops().where(Event.slug == slug, _is_visible(actor)))


def visible_events(*, actor: Actor, filters: EventFilters, today: date) -> Select[Event]:
    """Return the statement of the events that an actor may see, with their stops, in no order."""
    return _with_stops().where(_is_visible(actor), *_narrowed(filters, today))


def event_for(session: Session, *, actor: Actor, action: str, slug: str, lock: bool = False) -> Event:
    """Return an event with its stops, within the actor's scope for an action.

    `lock` holds its row until the transaction ends: first in the order event, registration, stand.

    Raises: EventNotFound.
    """
    query = _with_stops().where(Event.slug == slug, scope_condition(actor, action))
    return _one(session, query.with_for_update(of=Event, key_share=True) if lock else query)


def scope_condition(actor: Actor, action: str) -> ColumnElement[bool]:
    """Return the condition on `Event` under which the actor's grants for an action reach it."""
    reach: list[ColumnElement[bool]] = [false()]
    for grant in actor.grants_for(action):
        if grant.scope is ScopeKind.NATION:
            return true()
        if grant.scope is ScopeKind.REGION:
            reach.append(Event.region_code == grant.region_code)
        elif grant.scope is ScopeKind.EVENT:
            reach.append(Event.id == grant.event_id)
    return or_(*reach)


def stop_of(event: Event, code: str) -> Stop:
    """Return the stop of a loaded event by its code, in any case.

    Raises: StopNotFound.
    """
    for stop in event.stops:
        if stop.code.casefold() == code.casefold():
            return stop
    raise StopNotFound()


def dates_of(event: Event) -> EventDates:
    """Return what the status of a loaded event follows from."""
    return EventDates(
        published=event.published_at is not None,
        registration_opens_on=event.registration_opens_on,
        registration_closes_on=event.registration_closes_on,
        closed_now=event.closed_at is not None,
        stops=tuple(stop_dates_of(stop) for stop in event.stops),
    )


def stop_dates_of(stop: Stop) -> StopDates:
    """Return the dates of a stop as the rules want them."""
    return StopDates(stop.starts_on, stop.ends_on, cancelled=stop.cancelled_at is not None)


def public_events(
    session: Session,
    *,
    today: date,
    filters: EventFilters | None = None,
    page: int = 1,
    per_page: int = PER_PAGE,
) -> EventPage:
    """Return published events with their stops: under way and to come first, then the latest past ones."""
    return _page(session, Event.published_at.is_not(None), today, filters, page, per_page)


def events_for(
    session: Session,
    *,
    actor: Actor,
    action: str,
    today: date,
    filters: EventFilters | None = None,
    page: int = 1,
    per_page: int = PER_PAGE,
) -> EventPage:
    """Return the events within the actor's scope for an action, drafts too, in the public order."""
    return _page(session, scope_condition(actor, action), today, filters, page, per_page)


def call_of(session: Session, *, event: Event) -> Call:
    """Return what the call of an event asks, offers and decides by; its rules are the event's own."""
    return Call(
        documents=documents_of(session, event=event),
        criteria=criteria_of(session, event=event),
        quotas=quotas_of(session, event=event),
        reasons=reasons_of(session, event=event),
        questions=questions_of(session, event=event),
        capacities=capacities_of(session, event=event),
    )


def criteria_of(session: Session, *, event: Event) -> list[Criterion]:
    """Return the criteria of an event's call, in order."""
    return list(session.scalars(_part(Criterion, event).order_by(Criterion.position)))


def quotas_of(session: Session, *, event: Event) -> list[Quota]:
    """Return the shares of places that the call of an event keeps for groups."""
    return list(session.scalars(_part(Quota, event).order_by(Quota.kind, Quota.target)))


def questions_of(session: Session, *, event: Event, phase: QuestionPhase | None = None) -> list[Question]:
    """Return the questions of an event's call, or those of one phase, in order."""
    query = _part(Question, event).order_by(Question.position)
    return list(session.scalars(query if phase is None else query.where(Question.phase == phase)))


def capacities_of(session: Session, *, event: Event) -> list[Capacity]:
    """Return the places that the call of an event offers; those of each stop first."""
    return list(session.scalars(_part(Capacity, event).order_by(Capacity.stop_code, Capacity.sector_code)))


def documents_of(session: Session, *, event: Event) -> list[RequiredDocument]:
    """Return the documents that the call of an event asks for, in order."""
    return list(session.scalars(_part(RequiredDocument, event).order_by(RequiredDocument.position)))


def reasons_of(session: Session, *, event: Event) -> list[Reason]:
    """Return the reasons that the call of an event allows for decisions, in order."""
    return list(session.scalars(_part(Reason, event).order_by(Reason.position)))


@cache
def default_call() -> DefaultCall:
    """Return the call that every new event starts with."""
    data = json.loads(_DEFAULT_CALL.read_text("utf-8"))
    return DefaultCall(
        documents=tuple(_document_terms(entry) for entry in data["documents"]),
        criteria=tuple(_criterion_terms(entry) for entry in data["criteria"]),
        reasons=tuple(ReasonTerms(entry["code"], Texts(**entry["texts"])) for entry in data["reasons"]),
        rules=CallRules(
            objections=Texts(**data["rules"]["objections"]), objection_days=data["rules"]["objection_days"]
        ),
    )


def _document_terms(entry: dict[str, Any]) -> DocumentTerms:
    return DocumentTerms(
        code=entry["code"],
        titles=Texts(**entry["titles"]),
        hints=Texts(**entry["hints"]),
        optional=entry.get("optional", False),
        food_only=entry.get("food_only", False),
        can_be_exempt=entry.get("can_be_exempt", False),
    )


def _criterion_terms(entry: dict[str, Any]) -> CriterionTerms:
    return CriterionTerms(
        code=entry["code"],
        titles=Texts(**entry["titles"]),
        weight=entry["weight"],
        scale=entry.get("scale", 5),
        source=CriterionSource(entry.get("source", CriterionSource.COMMITTEE)),
        guides=Texts(**entry["guides"]) if "guides" in entry else None,
    )


def slug_is_taken(session: Session, *, slug: str) -> bool:
    """Tell whether an event has this slug."""
    return session.scalar(select(Event.id).where(Event.slug == slug)) is not None


def chain_of(event: Event) -> str:
    """Return the audit chain of an event, so that events do not wait for each other."""
    return f"event:{event.slug}"


def status_condition(status: EventStatus, today: date) -> ColumnElement[bool]:
    """Return the condition on `Event` under which it has a status on a local day.

    The same answer as `domain.event_status`; a test holds the two together.
    """
    earlier: list[ColumnElement[bool]] = []
    for other, condition in _statuses(today):
        if other is status:
            return and_(condition, *(not_(func.coalesce(before, false())) for before in earlier))
        earlier.append(condition)
    raise ValueError(status)


def _statuses(today: date) -> list[tuple[EventStatus, ColumnElement[bool]]]:
    # In the order in which `event_status` asks; the first that is true counts.
    running = exists().where(
        Stop.event_id == Event.id,
        Stop.cancelled_at.is_(None),
        Stop.starts_on <= today,
        Stop.ends_on >= today,
    )
    takes = and_(
        Event.closed_at.is_(None), Event.registration_opens_on <= today, Event.registration_closes_on >= today
    )
    return [
        (EventStatus.DRAFT, Event.published_at.is_(None)),
        (EventStatus.RUNNING, running),
        (EventStatus.ENDED, _last_day < today),
        (EventStatus.REGISTRATION_OPEN, takes),
        (
            EventStatus.REGISTRATION_CLOSED,
            or_(Event.closed_at.is_not(None), func.coalesce(Event.registration_opens_on <= today, false())),
        ),
        (EventStatus.ANNOUNCED, true()),
    ]


def _part(model: type[_M], event: Event) -> Select[_M]:
    return select(model).where(model.event_id == event.id)


def _is_visible(actor: Actor) -> ColumnElement[bool]:
    return or_(Event.published_at.is_not(None), scope_condition(actor, "events.manage"))


def _with_stops() -> Select[Event]:
    return select(Event).options(selectinload(Event.stops))


def _one(session: Session, query: Select[Event]) -> Event:
    event = session.scalar(query)
    if event is None:
        raise EventNotFound()
    return event


def _page(
    session: Session,
    scope: ColumnElement[bool],
    today: date,
    filters: EventFilters | None,
    page: int,
    per_page: int,
) -> EventPage:
    condition = and_(scope, *_narrowed(filters or EventFilters(), today))
    total = session.scalar(select(func.count()).select_from(Event).where(condition)) or 0
    per_page = max(1, min(per_page, MOST_PER_PAGE))
    pages = max(1, -(-total // per_page))
    page = max(1, page)
    over = func.coalesce(_last_day < today, false())
    query = (
        _with_stops()
        .where(condition)
        .order_by(
            over,
            case((over, None), else_=_first_day),
            _last_day.desc(),
            Event.id,
        )
    )
    found = session.scalars(query.limit(per_page).offset((page - 1) * per_page))
    return EventPage(items=list(found), page=page, pages=pages, total=total)


def _narrowed(filters: EventFilters, today: date) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if filters.kind is not None:
        conditions.append(Event.kind == filters.kind)
    if filters.level is not None:
        conditions.append(Event.level == filters.level)
    if filters.region_code is not None:
        conditions.append(Event.region_code == filters.region_code)
    if filters.status is not None:
        conditions.append(status_condition(filters.status, today))
    return conditions
