"""Planning events: creating, changing and publishing them, and their stops."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.orm import Session

from fairapp.accounts.services.roles import grant_role
from fairapp.audit.domain import Actor, Role, ScopeKind
from fairapp.audit.services import record
from fairapp.events import queries
from fairapp.events.domain import (
    EventDetails,
    StopPlan,
    check_details,
    check_slug,
    check_stop,
    check_stop_count,
    codes_for,
    slug_from,
)
from fairapp.events.errors import OutsideRegion, SlugTaken, StopCancelled
from fairapp.events.models import Event, Stop
from fairapp.events.services.calls import give_default_call
from fairapp.foundation.errors import RuleViolation
from fairapp.reference.queries import provinces, regions

MANAGE = "events.manage"


def create_event(
    session: Session,
    *,
    actor: Actor,
    details: EventDetails,
    stops: Sequence[StopPlan],
    slug: str | None = None,
    published: bool = False,
    now: datetime,
) -> Event:
    """Create an event with its stops and the usual call. Without a slug one is made from the title.

    An organizer whose duty reaches single events gets it for the new one.

    Raises: RuleViolation of `check_details`, `check_stop_count`, `check_stop`, `codes_for` and
    `check_slug`, SlugTaken, OutsideRegion.
    """
    check_details(details, regions=regions())
    check_stop_count(details.kind, len(stops))
    codes = codes_for(stop.code for stop in stops)
    for position, (stop, code) in enumerate(zip(stops, codes, strict=True)):
        _check_stop_at(position, stop, code)
    event = Event(
        slug=_free_slug(session, details, stops, slug),
        published_at=now if published else None,
        created_at=now,
        created_by_id=actor.account_id,
        stops=[_filled(Stop(code=code), stop) for stop, code in zip(stops, codes, strict=True)],
    )
    _fill(event, details)
    _put_in_order(event)
    session.add(event)
    session.flush()
    give_default_call(session, event=event)
    _keep_in_reach(session, actor, event, now)
    _record(session, actor, event, "events.created", now, stops=len(codes), published=published)
    return event


def update_event(session: Session, *, actor: Actor, slug: str, details: EventDetails, now: datetime) -> Event:
    """Change what is said of an event; its slug and stops stay. Unchanged, nothing is recorded.

    Raises: EventNotFound, RuleViolation of `check_details` and `check_stop_count`, OutsideRegion.
    """
    event = queries.event_for(session, actor=actor, action=MANAGE, slug=slug, lock=True)
    check_details(details, regions=regions())
    check_stop_count(details.kind, len(event.stops))
    if not actor.covers_event(MANAGE, event_id=event.id, region_code=details.region_code):
        raise OutsideRegion()
    before = _said(event)
    _fill(event, details)
    changed = sorted(name for name, value in _said(event).items() if before[name] != value)
    if changed:
        _record(session, actor, event, "events.updated", now, changed=changed)
    return event


def publish_event(session: Session, *, actor: Actor, slug: str, now: datetime) -> Event:
    """Show an event to everyone; published before, it stays as it is.

    Raises: EventNotFound.
    """
    event = queries.event_for(session, actor=actor, action=MANAGE, slug=slug, lock=True)
    if event.published_at is None:
        event.published_at = now
        _record(session, actor, event, "events.published", now)
    return event


def add_stop(session: Session, *, actor: Actor, slug: str, plan: StopPlan, now: datetime) -> Stop:
    """Add a stop to a mobile market.

    Raises: EventNotFound, RuleViolation of `check_stop_count`, `codes_for` and `check_stop`.
    """
    event = queries.event_for(session, actor=actor, action=MANAGE, slug=slug, lock=True)
    check_stop_count(event.kind, len(event.stops) + 1)
    [code] = codes_for([plan.code], taken=[stop.code for stop in event.stops])
    check_stop(plan, code=code, provinces=provinces())
    stop = _filled(Stop(code=code), plan)
    event.stops.append(stop)
    _put_in_order(event)
    session.flush()
    _record(session, actor, event, "events.stop_added", now, stop=code)
    return stop


def update_stop(
    session: Session, *, actor: Actor, slug: str, code: str, plan: StopPlan, now: datetime
) -> Stop:
    """Change the place, days and hours of a stop; its code stays.

    Raises: EventNotFound, StopNotFound, StopCancelled, RuleViolation of `check_stop`.
    """
    event = queries.event_for(session, actor=actor, action=MANAGE, slug=slug, lock=True)
    stop = queries.stop_of(event, code)
    if stop.cancelled_at is not None:
        raise StopCancelled(code=stop.code)
    check_stop(plan, code=stop.code, provinces=provinces())
    _filled(stop, plan)
    _put_in_order(event)
    _record(session, actor, event, "events.stop_updated", now, stop=stop.code)
    return stop


def cancel_stop(session: Session, *, actor: Actor, slug: str, code: str, now: datetime) -> Stop:
    """Cancel a stop: it stays visible as cancelled, and counts for nothing.

    Raises: EventNotFound, StopNotFound, StopCancelled.
    """
    event = queries.event_for(session, actor=actor, action=MANAGE, slug=slug, lock=True)
    stop = queries.stop_of(event, code)
    if stop.cancelled_at is not None:
        raise StopCancelled(code=stop.code)
    stop.cancelled_at = now
    _record(session, actor, event, "events.stop_cancelled", now, stop=stop.code)
    return stop


def restore_stop(session: Session, *, actor: Actor, slug: str, code: str, now: datetime) -> Stop:
    """Take a cancellation back.

    Raises: EventNotFound, StopNotFound.
    """
    event = queries.event_for(session, actor=actor, action=MANAGE, slug=slug, lock=True)
    stop = queries.stop_of(event, code)
    if stop.cancelled_at is not None:
        stop.cancelled_at = None
        _record(session, actor, event, "events.stop_restored", now, stop=stop.code)
    return stop


def _check_stop_at(position: int, stop: StopPlan, code: str) -> None:
    try:
        check_stop(stop, code=code, provinces=provinces())
    except RuleViolation as refusal:
        refusal.field = f"stops.{position}.{refusal.field}"  # which of several it belongs to
        raise


def _said(event: Event) -> dict[str, Any]:
    return {name: getattr(event, name) for name, _column in inspect(Event).columns.items()}


def _fill(event: Event, details: EventDetails) -> None:
    titles, slogans, eligibility = details.titles, details.slogans, details.eligibility
    event.kind, event.level, event.region_code = details.kind, details.level, details.region_code
    event.title_ar, event.title_fr, event.title_en = titles.ar, titles.fr, titles.en or titles.fr
    event.slogan_ar = slogans.ar if slogans else None
    event.slogan_fr = slogans.fr if slogans else None
    event.slogan_en = (slogans.en or slogans.fr) if slogans else None
    event.eligibility_ar = eligibility.ar if eligibility else None
    event.eligibility_fr = eligibility.fr if eligibility else None
    event.eligibility_en = (eligibility.en or eligibility.fr) if eligibility else None
    event.edition, event.series_code = details.edition, details.series_code
    event.organizer_ar, event.organizer_fr = details.organizer_ar, details.organizer_fr
    event.organizer_phone, event.organizer_email = details.organizer_phone, details.organizer_email
    event.registration_opens_on = details.registration_opens_on
    event.registration_closes_on = details.registration_closes_on
    event.answer_by_on = details.answer_by_on
    event.most_representatives = details.most_representatives
    event.stands_per_stop = details.stands_per_stop


def _filled(stop: Stop, plan: StopPlan) -> Stop:
    stop.place_ar, stop.place_fr = plan.place_ar, plan.place_fr
    stop.venue_ar, stop.venue_fr = plan.venue_ar, plan.venue_fr
    stop.province_code = plan.province_code
    stop.starts_on, stop.ends_on = plan.starts_on, plan.ends_on
    stop.opens_at, stop.closes_at = plan.opens_at, plan.closes_at
    stop.visitors = plan.visitors
    stop.edition_code = plan.edition_code
    return stop


def _put_in_order(event: Event) -> None:
    for position, stop in enumerate(sorted(event.stops, key=lambda stop: (stop.starts_on, stop.code)), 1):
        stop.position = position


def _free_slug(session: Session, details: EventDetails, stops: Sequence[StopPlan], wanted: str | None) -> str:
    if wanted:
        check_slug(wanted)
        if queries.slug_is_taken(session, slug=wanted):
            raise SlugTaken(slug=wanted)
        return wanted
    first = slug = slug_from(details.titles, year=min(stop.starts_on for stop in stops).year)
    number = 1
    while queries.slug_is_taken(session, slug=slug):
        number += 1
        slug = f"{first}-{number}"
    return slug


def _keep_in_reach(session: Session, actor: Actor, event: Event, now: datetime) -> None:
    if actor.covers_event(MANAGE, event_id=event.id, region_code=event.region_code):
        return
    grants = actor.grants_for(MANAGE)
    if actor.account_id is None or any(grant.scope is ScopeKind.REGION for grant in grants):
        raise OutsideRegion()
    grant_role(
        session,
        actor=actor,
        account_id=actor.account_id,
        role=Role.ORGANIZER,
        scope=ScopeKind.EVENT,
        event_id=event.id,
        now=now,
    )


def _record(
    session: Session, actor: Actor, event: Event, action: str, now: datetime, **details: object
) -> None:
    record(
        session,
        actor=actor,
        action=action,
        subject_type="event",
        subject_id=event.id,
        details={"slug": event.slug, **details},
        chain=queries.chain_of(event),
        now=now,
    )
