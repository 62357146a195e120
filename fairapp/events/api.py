"""Calls about events: the list, one event with the reasons of its call, and making one."""

from datetime import time
from typing import Annotated, Any

from flask import Blueprint
from pydantic import AfterValidator, Field
from sqlalchemy.orm import Session

from fairapp.events import queries
from fairapp.events.domain import (
    EventDetails,
    EventKind,
    EventLevel,
    EventStatus,
    StopPlan,
    StopStatus,
    Texts,
    event_status,
    stop_status,
)
from fairapp.events.models import Event, Reason, Stop
from fairapp.events.services import planning
from fairapp.foundation.clock import local_date, utc_now
from fairapp.foundation.text import N_
from fairapp.web.access import current_actor, public, requires
from fairapp.web.calls import call, next_url
from fairapp.web.filters import localized
from fairapp.web.paging import take_page
from fairapp.web.schemas import Code, Line, LocalDay, Page, PageQuery, Schema, Slug, refuse

api = Blueprint("events_api", __name__)
MOST_STOPS = 100


def _wall_clock(value: time) -> time:
    if value.tzinfo is not None:
        refuse(N_("Write a time as 18:30."))
    return value.replace(microsecond=0)


WallClock = Annotated[time, AfterValidator(_wall_clock)]


class TextsView(Schema):
    """One text in the three languages."""

    ar: str
    fr: str
    en: str


class Titles(Schema):
    """The title of an event; English may be left to the French."""

    ar: Line
    fr: Line
    en: Line | None = None


class Place(Schema):
    """The name of a place in Arabic and in French."""

    ar: Annotated[Line, Field(max_length=120)]
    fr: Annotated[Line, Field(max_length=120)]


class NewStop(Schema):
    """A stop to be made. `closes_at` before `opens_at` means after midnight."""

    code: Code | None = None
    place: Annotated[Line, Field(max_length=120)] | Place
    province: Code
    starts_on: LocalDay
    ends_on: LocalDay
    opens_at: WallClock | None = None
    closes_at: WallClock | None = None

    def plan(self) -> StopPlan:
        """Return the stop as the service wants it."""
        return StopPlan(
            code=self.code,
            place_ar=self.place if isinstance(self.place, str) else self.place.ar,
            place_fr=self.place if isinstance(self.place, str) else self.place.fr,
            province_code=self.province,
            starts_on=self.starts_on,
            ends_on=self.ends_on,
            opens_at=self.opens_at,
            closes_at=self.closes_at,
        )


class NewEvent(Schema):
    """An event to be made. Without a slug one is made from the title."""

    slug: Slug | None = None
    kind: EventKind
    level: EventLevel
    titles: Titles
    region: Code
    registration_opens_on: LocalDay | None = None
    registration_closes_on: LocalDay | None = None
    stops: list[NewStop] = Field(max_length=MOST_STOPS)
    published: bool = False

    def details(self) -> EventDetails:
        """Return the event as the service wants it."""
        return EventDetails(
            kind=self.kind,
            level=self.level,
            titles=Texts(self.titles.ar, self.titles.fr, self.titles.en or ""),
            region_code=self.region,
            registration_opens_on=self.registration_opens_on,
            registration_closes_on=self.registration_closes_on,
        )


class StopView(Schema):
    """A stop; `place` in the language of the caller."""

    code: str
    place: str
    province: str
    starts_on: LocalDay
    ends_on: LocalDay
    opens_at: time | None
    closes_at: time | None
    status: StopStatus


class EventView(Schema):
    """An event with its stops; `status` follows from the dates."""

    slug: str
    kind: EventKind
    level: EventLevel
    titles: TextsView
    region: str
    status: EventStatus
    registration_opens_on: LocalDay | None
    registration_closes_on: LocalDay | None
    stops: list[StopView]


class ReasonView(Schema):
    """A reason that the call allows for decisions."""

    code: str
    texts: TextsView


class EventWithCall(EventView):
    """An event with the reasons of its call."""

    reasons: list[ReasonView]


class EventQuery(PageQuery):
    """Which events are asked for."""

    kind: EventKind | None = None
    level: EventLevel | None = None
    region: str | None = Field(None, max_length=10)
    status: EventStatus | None = None


@api.get("/events")
@public
@call(query=EventQuery, answer=Page[EventView], summary="List events")
def list_events(session: Session, query: EventQuery) -> Page[EventView]:
    """Return published events, newest first; organizers also see the drafts of their scope."""
    filters = queries.EventFilters(query.kind, query.level, query.region, query.status)
    today = local_date(utc_now())
    found, cursor = take_page(
        session,
        queries.visible_events(actor=current_actor(), filters=filters, today=today),
        keys=(Event.created_at, Event.id),
        query=query,
        descending=True,
    )
    return Page[EventView](
        items=[EventView(**_event_values(event)) for event in found], next=next_url(cursor)
    )


@api.get("/events/<slug>")
@public
@call(answer=EventWithCall, summary="Read an event")
def read_event(session: Session, slug: str) -> EventWithCall:
    """Return one event, with the reasons that its call allows for decisions."""
    event = queries.visible_event(session, actor=current_actor(), slug=slug)
    return _with_call(session, event)


@api.post("/events")
@requires("events.manage")
@call(body=NewEvent, answer=EventWithCall, status=201, summary="Create an event")
def create_event(session: Session, body: NewEvent) -> EventWithCall:
    """Make an event with its stops and the usual documents, criteria and reasons."""
    event = planning.create_event(
        session,
        actor=current_actor(),
        details=body.details(),
        stops=[stop.plan() for stop in body.stops],
        slug=body.slug,
        published=body.published,
        now=utc_now(),
    )
    return _with_call(session, event)


def _with_call(session: Session, event: Event) -> EventWithCall:
    reasons = [_reason_view(reason) for reason in queries.reasons_of(session, event=event)]
    return EventWithCall(**_event_values(event), reasons=reasons)


def _event_values(event: Event) -> dict[str, Any]:
    today = local_date(utc_now())
    return {
        "slug": event.slug,
        "kind": event.kind,
        "level": event.level,
        "titles": TextsView(ar=event.title_ar, fr=event.title_fr, en=event.title_en),
        "region": event.region_code,
        "status": event_status(queries.dates_of(event), today),
        "registration_opens_on": event.registration_opens_on,
        "registration_closes_on": event.registration_closes_on,
        "stops": [_stop_view(stop) for stop in sorted(event.stops, key=lambda stop: stop.position)],
    }


def _stop_view(stop: Stop) -> StopView:
    return StopView(
        code=stop.code,
        place=localized(stop, "place"),
        province=stop.province_code,
        starts_on=stop.starts_on,
        ends_on=stop.ends_on,
        opens_at=stop.opens_at,
        closes_at=stop.closes_at,
        status=stop_status(queries.stop_dates_of(stop), local_date(utc_now())),
    )


def _reason_view(reason: Reason) -> ReasonView:
    return ReasonView(
        code=reason.code, texts=TextsView(ar=reason.text_ar, fr=reason.text_fr, en=reason.text_en)
    )
