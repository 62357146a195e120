"""What accounts must know of events, stops, stands and cooperatives: their keys and names.

Those features stand above this one and cannot be imported; a role's scope and a device's place
point at their rows all the same (see the foreign keys in `models`), so only these few columns
are named here.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Select, column, select, table
from sqlalchemy.orm import Session

from fairapp.accounts.errors import CooperativeUnknown, EventUnknown, StandUnknown, StopUnknown
from fairapp.audit.domain import Actor

AnyRow = Row[*tuple[Any, ...]]

EVENTS = table(
    "events",
    *map(column, ("id", "slug", "region_code", "title_ar", "title_fr", "title_en", "created_at")),
)
STOPS = table("stops", *map(column, ("id", "event_id", "code", "position", "place_ar", "place_fr")))
STANDS = table("stands", *map(column, ("id", "stop_id", "code")))
COOPERATIVES = table("cooperatives", *map(column, ("id", "code", "name_ar", "name_fr")))


def event_for_devices(session: Session, *, actor: Actor, slug: str) -> AnyRow:
    """Return the event whose devices the actor may manage.

    Raises: EventUnknown.
    """
    event = session.execute(_events().where(EVENTS.c.slug == slug)).one_or_none()
    if event is None or not actor.covers_event(
        "accounts.enrol_device", event_id=event.id, region_code=event.region_code
    ):
        raise EventUnknown()
    return event


def event_id_of(session: Session, *, slug: str) -> int:
    """Return the id of an event, for a role's scope.

    Raises: EventUnknown.
    """
    found: int | None = session.scalar(select(EVENTS.c.id).where(EVENTS.c.slug == slug))
    if found is None:
        raise EventUnknown()
    return found


def events(session: Session) -> Sequence[AnyRow]:
    """Return all events, the latest first, for a choice."""
    return session.execute(_events().order_by(EVENTS.c.created_at.desc(), EVENTS.c.id.desc())).all()


def stops_of_event(session: Session, *, event_id: int) -> Sequence[AnyRow]:
    """Return the stops of an event in their order."""
    query = select(STOPS.c.id, STOPS.c.code, STOPS.c.place_ar, STOPS.c.place_fr)
    return session.execute(query.where(STOPS.c.event_id == event_id).order_by(STOPS.c.position)).all()


def place_of_device(
    session: Session, *, event_id: int, stop: str | None, stand: str | None
) -> tuple[int | None, int | None]:
    """Return the ids of a stop and a stand by their codes.

    Raises: StopUnknown, StandUnknown.
    """
    if stop is None:
        if stand is not None:
            raise StopUnknown()
        return None, None
    stop_id = session.scalar(select(STOPS.c.id).where(STOPS.c.event_id == event_id, STOPS.c.code == stop))
    if stop_id is None:
        raise StopUnknown()
    if stand is None:
        return stop_id, None
    stand_id = session.scalar(select(STANDS.c.id).where(STANDS.c.stop_id == stop_id, STANDS.c.code == stand))
    if stand_id is None:
        raise StandUnknown()
    return stop_id, stand_id


def cooperative(session: Session, *, cooperative_id: int) -> AnyRow:
    """Return code and names of a cooperative.

    Raises: CooperativeUnknown.
    """
    found = session.execute(_cooperatives().where(COOPERATIVES.c.id == cooperative_id)).one_or_none()
    if found is None:
        raise CooperativeUnknown()
    return found


def cooperative_by_code(session: Session, *, code: str) -> AnyRow:
    """Return code and names of a cooperative.

    Raises: CooperativeUnknown.
    """
    found = session.execute(_cooperatives().where(COOPERATIVES.c.code == code)).one_or_none()
    if found is None:
        raise CooperativeUnknown()
    return found


def scope_names(
    session: Session, *, event_ids: set[int], cooperative_ids: set[int]
) -> tuple[dict[int, AnyRow], dict[int, AnyRow]]:
    """Return the events and the cooperatives that grants point at, by id."""
    found_events = session.execute(_events().where(EVENTS.c.id.in_(event_ids))) if event_ids else ()
    found = (
        session.execute(_cooperatives().where(COOPERATIVES.c.id.in_(cooperative_ids)))
        if cooperative_ids
        else ()
    )
    return {row.id: row for row in found_events}, {row.id: row for row in found}


def _events() -> Select[Any]:
    names = (EVENTS.c.id, EVENTS.c.slug, EVENTS.c.region_code)
    return select(*names, EVENTS.c.title_ar, EVENTS.c.title_fr, EVENTS.c.title_en)


def _cooperatives() -> Select[Any]:
    return select(COOPERATIVES.c.id, COOPERATIVES.c.code, COOPERATIVES.c.name_ar, COOPERATIVES.c.name_fr)
