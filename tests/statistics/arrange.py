"""A fair with sellers, as the tests of figures need it: entries in the ledger and their totals."""

from datetime import date, timedelta

from sqlalchemy.orm import Session

from fairapp.events.models import Event
from fairapp.registrations.domain import Gender
from fairapp.registrations.models import Registration
from fairapp.sales.models import StandDaySector
from fairapp.stands.models import Stand
from tests import NOW, TODAY
from tests.factories.cooperatives import make_cooperative
from tests.factories.events import make_running_event
from tests.factories.registrations import make_accepted_registration
from tests.factories.sales import make_day_report, make_sale, make_stand_day
from tests.factories.stands import make_allocation, make_stand

YESTERDAY = TODAY - timedelta(days=1)


def make_held_stand(
    session: Session, event: Event, *, women_led: bool | None = None, stop: int = 0, genders: str = "w"
) -> tuple[Stand, Registration]:
    """Let a new cooperative hold a new stand; `genders` are w, m or - (not stated)."""
    cooperative = make_cooperative(session, women_led=women_led)
    registration = make_accepted_registration(
        session, event=event, cooperative=cooperative, representatives=len(genders)
    )
    for person, letter in zip(registration.representatives, genders, strict=True):
        person.gender = {"w": Gender.WOMAN, "m": Gender.MAN, "-": None}[letter]
    stand = make_stand(session, event.stops[stop])
    make_allocation(session, stand, registration)
    session.flush()
    return stand, registration


def sell(
    session: Session, event: Event, stand: Stand, amount_minor: int, day: date, sector: str | None
) -> None:
    """Record one sale on a stand-day that has none yet, with its totals."""
    at = NOW + timedelta(days=(day - TODAY).days)
    make_sale(session, event, stand, amount_minor=amount_minor, day=day, sector_code=sector, sold_at=at)
    make_stand_day(session, event, stand, day=day, amount_minor=amount_minor)
    session.add(
        StandDaySector(
            stand_id=stand.id,
            day=day,
            sector_code=sector or "",
            event_id=event.id,
            sales_count=1,
            amount_minor=amount_minor,
        )
    )
    session.flush()


def declare(session: Session, event: Event, stand: Stand, takings_minor: int, day: date) -> None:
    """Declare takings on a stand-day without sales, with its totals."""
    make_day_report(session, event, stand, day=day, takings_minor=takings_minor)
    make_stand_day(
        session,
        event,
        stand,
        day=day,
        entries_count=0,
        sales_count=0,
        amount_minor=0,
        takings_minor=takings_minor,
    )


def make_fair_with_sales(session: Session, sellers: int = 5, **overrides: object) -> Event:
    """Make a running fair: each seller sells 100.10, 200.20 … honey yesterday; the first declares today."""
    event = make_running_event(session, **overrides)
    stands = [make_held_stand(session, event, women_led=True)[0] for _ in range(sellers)]
    for number, stand in enumerate(stands, 1):
        sell(session, event, stand, 10_010 * number, YESTERDAY, "AGR-HONEY")
    declare(session, event, stands[0], 55_555, TODAY)
    return event
