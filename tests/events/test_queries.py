"""Finding events: public ones, those in scope, by status, page by page."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from fairapp.audit.domain import GUEST, Role, ScopeKind
from fairapp.events import queries
from fairapp.events.domain import EventKind, EventStatus, event_status
from fairapp.events.errors import EventNotFound, StopNotFound
from fairapp.events.models import Event
from tests import NOW, TODAY
from tests.factories.accounts import make_actor
from tests.factories.events import make_event, make_market, make_running_event


def _events(session: Session) -> list[Event]:
    """Make one event for each way in which dates can lie."""
    past, future = TODAY - timedelta(days=30), TODAY + timedelta(days=5)
    ended = make_event(session)
    ended.stops[0].starts_on, ended.stops[0].ends_on = past, past
    between = make_market(session, stops=2)
    between.stops[0].starts_on, between.stops[0].ends_on = past, past
    off = make_market(session, stops=2)
    for stop in off.stops:
        stop.cancelled_at = NOW
    partly = make_market(session, stops=2)
    partly.stops[0].starts_on, partly.stops[0].ends_on = past, past
    partly.stops[1].cancelled_at = NOW
    session.flush()
    return [
        make_event(session, published_at=None),
        make_event(session),
        make_event(session, closed_at=NOW),
        make_event(session, registration_opens_on=future, registration_closes_on=future),
        make_event(session, registration_opens_on=None, registration_closes_on=None),
        make_event(session, registration_opens_on=past, registration_closes_on=past),
        make_event(session, registration_opens_on=TODAY, registration_closes_on=TODAY),
        make_event(session, registration_opens_on=future, registration_closes_on=future, closed_at=NOW),
        make_running_event(session),
        make_running_event(session, closed_at=NOW),
        ended,
        between,
        off,
        partly,
    ]


@pytest.mark.parametrize("status", list(EventStatus))
def test_status_condition_finds_what_the_rule_says(session: Session, status: EventStatus) -> None:
    made = _events(session)
    expected = {event.id for event in made if event_status(queries.dates_of(event), TODAY) is status}
    admin = make_actor(Role.ADMINISTRATOR)
    page = queries.events_for(
        session,
        actor=admin,
        action="events.manage",
        today=TODAY,
        filters=queries.EventFilters(status=status),
        per_page=100,
    )
    assert {event.id for event in page.items} == expected
    assert expected


def test_public_event_hides_drafts(session: Session) -> None:
    draft = make_event(session, published_at=None)
    with pytest.raises(EventNotFound):
        queries.public_event(session, slug=draft.slug)
    with pytest.raises(EventNotFound):
        queries.visible_event(session, actor=GUEST, slug=draft.slug)
    mine = make_actor(Role.ORGANIZER, ScopeKind.EVENT, event_id=draft.id)
    assert queries.visible_event(session, actor=mine, slug=draft.slug) is draft


@pytest.mark.parametrize(
    "scope,reach,expected",
    [
        (ScopeKind.NATION, {}, {"north", "south"}),
        (ScopeKind.REGION, {"region_code": "09"}, {"south"}),
        (ScopeKind.COOPERATIVE, {"cooperative_id": 1}, set()),
    ],
)
def test_events_for_keeps_to_the_scope(
    session: Session, scope: ScopeKind, reach: dict[str, Any], expected: set[str]
) -> None:
    make_event(session, slug="north", region_code="01")
    make_event(session, slug="south", region_code="09")
    actor = make_actor(Role.ORGANIZER, scope, **reach)
    page = queries.events_for(session, actor=actor, action="events.manage", today=TODAY)
    assert {event.slug for event in page.items} == expected
    other = make_actor(Role.GATE)
    assert queries.events_for(session, actor=other, action="events.manage", today=TODAY).items == []


def test_public_events_are_ordered_by_what_comes_next(session: Session) -> None:
    ended, later, running = make_event(session), make_event(session), make_running_event(session)
    ended.stops[0].starts_on = ended.stops[0].ends_on = TODAY - timedelta(days=3)
    session.flush()
    page = queries.public_events(session, today=TODAY)
    assert page.items == [running, later, ended]


def test_public_events_come_in_pages_and_by_kind(session: Session) -> None:
    for _ in range(3):
        make_event(session)
    make_market(session)
    first = queries.public_events(session, today=TODAY, per_page=3)
    assert (len(first.items), first.page, first.pages, first.total) == (3, 1, 2, 4)
    markets = queries.EventFilters(kind=EventKind.MOBILE_MARKET, region_code="05")
    assert queries.public_events(session, today=TODAY, filters=markets).total == 1


def test_stop_of_unknown_code_is_not_found(session: Session) -> None:
    event = make_market(session)
    assert queries.stop_of(event, "s3").code == "S3"
    with pytest.raises(StopNotFound):
        queries.stop_of(event, "S9")
