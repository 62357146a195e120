"""Events with their stops: a fair that takes registrations, a mobile market of four stops."""

from datetime import date, time, timedelta
from typing import Any

from sqlalchemy.orm import Session

from fairapp.events.domain import EventKind, EventLevel
from fairapp.events.models import Event, Reason, Stop
from tests import NOW, TODAY

REASONS = ("missing_document", "outside_call", "sector_full", "rank", "withdrawn")
_made = iter(range(1, 1_000_000))


def make_event(session: Session, *, stops: int = 1, **overrides: Any) -> Event:
    """Make a published event that takes registrations; its stops follow one another."""
    number = next(_made)
    values = {
        "slug": f"fair-{number}",
        "kind": EventKind.FAIR,
        "level": EventLevel.REGIONAL,
        "title_ar": f"المعرض {number}",
        "title_fr": f"Foire {number}",
        "title_en": f"Fair {number}",
        "region_code": "05",
        "registration_opens_on": TODAY - timedelta(days=10),
        "registration_closes_on": TODAY + timedelta(days=10),
        "most_representatives": 2,
        "stands_per_stop": 1,
        "published_at": NOW - timedelta(days=10),
        "created_at": NOW - timedelta(days=20),
    }
    event = Event(**(values | overrides))
    event.stops = [_stop(position, TODAY + timedelta(days=10 + 10 * position)) for position in range(stops)]
    session.add(event)
    session.flush()
    session.add_all(
        Reason(
            event_id=event.id,
            code=code,
            position=position,
            text_ar=f"سبب {code}",
            text_fr=f"Motif {code}",
            text_en=f"Reason {code}",
        )
        for position, code in enumerate(REASONS)
    )
    session.flush()
    return event


def make_market(session: Session, *, stops: int = 4, **overrides: Any) -> Event:
    """Make a mobile market that takes registrations for its stops S1, S2…"""
    return make_event(session, stops=stops, **({"kind": EventKind.MOBILE_MARKET} | overrides))


def make_running_event(session: Session, **overrides: Any) -> Event:
    """Make a fair whose only stop runs from yesterday to the day after tomorrow."""
    event = make_event(session, **overrides)
    event.stops[0].starts_on = TODAY - timedelta(days=1)
    event.stops[0].ends_on = TODAY + timedelta(days=2)
    session.flush()
    return event


def _stop(position: int, starts_on: date) -> Stop:
    return Stop(
        code=f"S{position + 1}",
        position=position,
        place_ar="خنيفرة",
        place_fr="Khénifra",
        province_code="05.301",
        starts_on=starts_on,
        ends_on=starts_on + timedelta(days=4),
        opens_at=time(10),
        closes_at=time(20),
    )
