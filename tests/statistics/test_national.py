"""National figures, on events small enough to add up by hand."""

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event as engine_events
from sqlalchemy.orm import Session

from fairapp.audit.domain import Role, ScopeKind
from fairapp.events.models import Event
from fairapp.registrations.domain import Gender
from fairapp.statistics.domain.national import nation
from fairapp.statistics.queries.national import events_in_scope
from fairapp.turnover.domain import Coverage, Share
from fairapp.workshops.models import Attendance, Workshop
from tests import NOW, TODAY
from tests.factories.accounts import make_actor
from tests.factories.cooperatives import make_cooperative
from tests.factories.events import make_event, make_market
from tests.factories.registrations import make_accepted_registration, make_registration
from tests.statistics.arrange import make_fair_with_sales, make_held_stand, sell

OFFICIAL = make_actor(Role.OFFICIAL)


def put_on(event: Event, *first_days: date) -> Event:
    for stop, first_day in zip(event.stops, first_days, strict=True):
        stop.starts_on, stop.ends_on = first_day, first_day + timedelta(days=2)
    return event


def attend(session: Session, event: Event, *people: tuple[str | None, Gender | None]) -> None:
    workshop = Workshop(
        event_id=event.id,
        stop_id=event.stops[0].id,
        code="W1",
        title_ar="ورشة",
        title_fr="Atelier",
        title_en="Workshop",
        starts_at=NOW,
        ends_at=NOW,
    )
    session.add(workshop)
    session.flush()
    for key, gender in people:
        session.add(
            Attendance(
                id=uuid.uuid4(),
                workshop_id=workshop.id,
                person_key=key,
                gender=gender,
                recorded_at=NOW,
            )
        )
    session.flush()


def test_fairs_and_markets_are_added_up_apart(session: Session) -> None:
    fair = put_on(make_event(session, region_code="05"), date(2024, 3, 1))
    market = put_on(make_market(session, stops=2, region_code="09"), date(2024, 12, 30), date(2025, 1, 9))
    everywhere = make_cooperative(session)
    for event, genders in ((fair, "wm-"), (market, "ww")):
        registration = make_accepted_registration(
            session, event=event, cooperative=everywhere, representatives=len(genders)
        )
        for person, letter in zip(registration.representatives, genders, strict=True):
            person.gender = {"w": Gender.WOMAN, "m": Gender.MAN, "-": None}[letter]
    stand, _other = make_held_stand(session, fair, genders="m")
    sell(session, fair, stand, 12_345, date(2024, 3, 1), None)
    make_registration(session, event=fair)
    attend(session, fair, ("a", Gender.WOMAN), ("a", Gender.WOMAN), (None, Gender.MAN), (None, None))

    found = nation(events_in_scope(session, actor=OFFICIAL, today=TODAY), first_year=2024, last_year=2024)

    assert (found.fairs.editions, found.mobile_markets.editions) == (1, 2)
    assert (found.fairs.cooperatives, found.mobile_markets.cooperatives) == (2, 2)
    assert (found.fairs.distinct_cooperatives, found.mobile_markets.distinct_cooperatives) == (2, 1)
    assert found.both.distinct_cooperatives == 2
    assert found.fairs.exhibitors == Share(part=1, base=3, not_stated=1)
    assert found.mobile_markets.exhibitors == Share(part=4, base=4, not_stated=0)
    assert found.fairs.trained == Share(part=1, base=2, not_stated=1)
    assert found.mobile_markets.trained is None
    assert found.fairs.turnover_minor == 12_345
    assert found.fairs.coverage == Coverage(expected=3, reported=1)
    assert found.mobile_markets.turnover_minor is None
    assert [group.key for group in found.by_region] == ["05", "09"]
    assert [(group.key, group.both.editions) for group in found.by_year] == [("2024", 3)]


def test_an_event_counts_in_the_year_in_which_it_starts(session: Session) -> None:
    put_on(make_market(session, stops=2), date(2024, 12, 30), date(2025, 1, 9))

    events = events_in_scope(session, actor=OFFICIAL, today=TODAY)

    assert nation(events, first_year=2025, last_year=2025).both.events == 0


def test_events_that_have_not_begun_and_cancelled_stops_do_not_count(session: Session) -> None:
    put_on(make_event(session), TODAY + timedelta(days=1))
    put_on(make_event(session, published_at=None), TODAY)
    market = put_on(make_market(session, stops=3), TODAY, TODAY, TODAY + timedelta(days=9))
    market.stops[1].cancelled_at = NOW
    session.flush()

    [row] = events_in_scope(session, actor=OFFICIAL, today=TODAY)

    assert (row.slug, row.editions) == (market.slug, 1)


@pytest.mark.parametrize(
    "scope,reach,seen",
    [
        pytest.param(ScopeKind.NATION, {}, {"05", "09"}, id="nation"),
        pytest.param(ScopeKind.REGION, {"region_code": "09"}, {"09"}, id="region"),
    ],
)
def test_an_official_sees_the_events_of_the_own_scope(
    session: Session, scope: ScopeKind, reach: dict[str, Any], seen: set[str]
) -> None:
    for region in ("05", "09"):
        put_on(make_event(session, region_code=region), TODAY)
    session.flush()

    events = events_in_scope(session, actor=make_actor(Role.OFFICIAL, scope, **reach), today=TODAY)

    assert {event.region_code for event in events} == seen


def test_national_figures_take_the_same_statements_for_one_event_and_for_many(session: Session) -> None:
    def statements() -> int:
        seen: list[str] = []

        def count(*arguments: object) -> None:
            seen.append(str(arguments[2]))

        engine_events.listen(session.get_bind(), "before_cursor_execute", count)
        events_in_scope(session, actor=OFFICIAL, today=TODAY)
        engine_events.remove(session.get_bind(), "before_cursor_execute", count)
        session.expire_all()
        return len(seen)

    make_fair_with_sales(session, sellers=1)
    one = statements()
    for _ in range(3):
        make_fair_with_sales(session, sellers=2)

    assert statements() == one
    assert one <= 10
