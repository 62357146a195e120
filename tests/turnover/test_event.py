"""Turnover of one event, on cases small enough to add up by hand."""

from datetime import datetime, timedelta
from typing import NamedTuple

import pytest
from sqlalchemy import event as engine_events
from sqlalchemy.orm import Session

from fairapp.cooperatives.models import Cooperative
from fairapp.events.models import Event
from fairapp.registrations.domain import Gender, RegistrationState
from fairapp.sales.models import StandDaySector
from fairapp.stands.models import Stand
from fairapp.turnover.domain import Coverage, SectorFigure, Share, WomenLed
from fairapp.turnover.queries.checks import Difference, differences
from fairapp.turnover.queries.event import SilentStand, event_turnover, silent_stands
from fairapp.turnover.queries.stops import totals_of_events
from tests import NOW, TODAY
from tests.factories.cooperatives import make_cooperative
from tests.factories.events import make_event, make_market, make_running_event
from tests.factories.registrations import make_accepted_registration, make_registration
from tests.factories.sales import make_stand_day
from tests.factories.stands import make_allocation, make_stand

YESTERDAY = TODAY - timedelta(days=1)
TOMORROW = TODAY + timedelta(days=1)


class Seller(NamedTuple):
    """A cooperative at a stand."""

    stand: Stand
    cooperative: Cooperative


def make_seller(session: Session, event: Event, stop: int = 0, women_led: bool | None = None) -> Seller:
    cooperative = make_cooperative(session, women_led=women_led)
    registration = make_accepted_registration(session, event=event, cooperative=cooperative)
    stand = make_stand(session, event.stops[stop])
    make_allocation(session, stand, registration)
    return Seller(stand, cooperative)


def test_turnover_adds_sales_and_declared_takings(session: Session) -> None:
    event = make_running_event(session)
    logged, declared, silent, zero = (make_seller(session, event) for _ in range(4))
    make_stand_day(session, event, logged.stand, day=YESTERDAY, sales_count=2, amount_minor=30_050)
    make_stand_day(session, event, logged.stand, day=TODAY, amount_minor=12_000, takings_minor=99_900)
    declares = {"entries_count": 0, "sales_count": 0, "amount_minor": 0}
    make_stand_day(session, event, declared.stand, day=TODAY, takings_minor=50_000, **declares)
    make_stand_day(session, event, zero.stand, day=TODAY, takings_minor=0, **declares)

    found = event_turnover(session, event=event, today=TODAY)

    assert found.turnover_minor == 30_050 + 12_000 + 50_000
    assert found.sales == 3
    assert found.coverage == Coverage(expected=8, reported=4, zero_reports=1)
    assert [(day.key, day.turnover_minor, day.coverage) for day in found.by_day] == [
        (YESTERDAY.isoformat(), 30_050, Coverage(4, 1, 0)),
        (TODAY.isoformat(), 62_000, Coverage(4, 3, 1)),
    ]
    assert (found.counts.registered, found.counts.accepted, found.counts.reported) == (4, 4, 3)
    assert found.counts.present is None
    assert differences(session, event=event) == [
        Difference("S1", logged.stand.code, TODAY, sales_minor=12_000, takings_minor=99_900)
    ]
    assert silent_stands(session, event=event, today=TODAY) == sorted(
        [
            SilentStand("S1", declared.stand.code, missing=1, expected=2),
            SilentStand("S1", silent.stand.code, missing=2, expected=2),
            SilentStand("S1", zero.stand.code, missing=1, expected=2),
        ],
        key=lambda stand: stand.stand_code,
    )


def test_takings_without_sales_stand_under_sector_not_stated(session: Session) -> None:
    event = make_running_event(session)
    seller = make_seller(session, event)
    make_stand_day(session, event, seller.stand, day=YESTERDAY, amount_minor=700)
    make_stand_day(
        session, event, seller.stand, entries_count=0, sales_count=0, amount_minor=0, takings_minor=1_000
    )
    session.add_all(
        StandDaySector(
            stand_id=seller.stand.id,
            day=YESTERDAY,
            sector_code=sector,
            event_id=event.id,
            sales_count=1,
            amount_minor=amount,
        )
        for sector, amount in (("AGR-HONEY", 500), ("", 200))
    )
    session.flush()

    found = event_turnover(session, event=event, today=TODAY)

    assert found.by_sector == (SectorFigure("", 1_200, 1), SectorFigure("AGR-HONEY", 500, 1))
    assert sum(figure.turnover_minor for figure in found.by_sector) == found.turnover_minor


def test_sales_without_holder_or_outside_days_count_but_do_not_cover(session: Session) -> None:
    event = make_running_event(session)
    seller = make_seller(session, event)
    nobody = make_stand(session, event.stops[0])
    make_stand_day(session, event, nobody, amount_minor=100)
    make_stand_day(session, event, seller.stand, day=TODAY - timedelta(days=30), amount_minor=20)

    found = event_turnover(session, event=event, today=TODAY)

    assert found.turnover_minor == 120
    assert found.coverage == Coverage(expected=2, reported=0)
    assert found.women_led == WomenLed(0, 0, 120)


def test_a_released_stand_is_expected_from_allocation_to_release(session: Session) -> None:
    event = make_running_event(session)
    event.stops[0].starts_on = TODAY - timedelta(days=3)
    registration = make_accepted_registration(session, event=event)
    stand = make_stand(session, event.stops[0])
    make_allocation(
        session,
        stand,
        registration,
        allocated_at=NOW - timedelta(days=2),
        released_at=NOW - timedelta(days=1),
    )
    make_stand_day(session, event, stand, day=YESTERDAY, amount_minor=500)
    make_stand_day(session, event, stand, day=TODAY, amount_minor=40)

    found = event_turnover(session, event=event, today=TODAY)

    assert found.turnover_minor == 540
    assert found.coverage == Coverage(expected=2, reported=1)
    assert found.counts.reported == 1


def test_a_cooperative_sees_only_the_days_it_held_the_stand(session: Session) -> None:
    event = make_running_event(session)
    before, after = (make_accepted_registration(session, event=event) for _ in range(2))
    stand = make_stand(session, event.stops[0])
    make_allocation(session, stand, before, allocated_at=NOW - timedelta(days=9), released_at=NOW)
    make_allocation(session, stand, after)
    make_stand_day(session, event, stand, day=YESTERDAY, amount_minor=500)
    make_stand_day(session, event, stand, day=TODAY, amount_minor=40)

    def own(cooperative_id: int) -> tuple[int | None, Coverage, int]:
        found = event_turnover(session, event=event, today=TODAY, cooperative_ids=[cooperative_id])
        return found.turnover_minor, found.coverage, found.counts.registered

    assert own(before.cooperative_id) == (500, Coverage(2, 1), 1)
    assert own(after.cooperative_id) == (40, Coverage(2, 1), 1)
    assert event_turnover(session, event=event, today=TODAY).coverage == Coverage(2, 2)


def test_a_cooperative_without_a_stand_is_counted_as_registered(session: Session) -> None:
    event = make_running_event(session)
    waiting = make_registration(session, event=event)
    placed = make_accepted_registration(session, event=event)

    def counts(cooperative_id: int) -> tuple[int, int]:
        found = event_turnover(session, event=event, today=TODAY, cooperative_ids=[cooperative_id]).counts
        return found.registered, found.accepted

    assert counts(waiting.cooperative_id) == (1, 0)
    assert counts(placed.cooperative_id) == (1, 1)


def test_women_led_share_names_its_base(session: Session) -> None:
    event = make_running_event(session)
    for women_led, amount in ((True, 3_000), (False, 1_000), (None, 500)):
        seller = make_seller(session, event, women_led=women_led)
        make_stand_day(session, event, seller.stand, amount_minor=amount)

    found = event_turnover(session, event=event, today=TODAY)

    assert found.women_led == WomenLed(turnover_minor=3_000, base_minor=4_000, not_stated_minor=500)
    assert str(found.women_led.share) == "0.750"


def test_counts_keep_registered_and_accepted_apart_and_shares_their_base(session: Session) -> None:
    event = make_running_event(session)
    accepted = make_accepted_registration(session, event=event, representatives=3)
    accepted.representatives[1].gender = Gender.MAN
    accepted.representatives[2].gender = None
    make_registration(session, event=event, state=RegistrationState.WITHDRAWN)
    make_registration(session, event=event, state=RegistrationState.REFUSED)
    session.flush()

    found = event_turnover(session, event=event, today=TODAY)

    assert (found.counts.registered, found.counts.accepted) == (3, 1)
    assert found.exhibitors == Share(part=1, base=2, not_stated=1)


@pytest.mark.parametrize(
    "first_day,expected",
    [
        pytest.param(TODAY - timedelta(days=30), None, id="over"),
        pytest.param(TODAY, 0, id="running"),
        pytest.param(TODAY + timedelta(days=30), 0, id="to-come"),
    ],
)
def test_an_event_without_entries_is_not_measured_once_it_is_over(
    session: Session, first_day: datetime, expected: int | None
) -> None:
    event = make_event(session)
    event.stops[0].starts_on, event.stops[0].ends_on = first_day, first_day + timedelta(days=4)
    make_seller(session, event)

    found = event_turnover(session, event=event, today=TODAY)

    assert found.turnover_minor == expected
    assert [stop.turnover_minor for stop in found.by_stop] == [expected]


def test_the_totals_of_many_events_are_those_of_each(session: Session) -> None:
    fair, market = make_running_event(session), make_market(session, stops=2)
    market.stops[0].starts_on, market.stops[0].ends_on = TODAY - timedelta(days=8), YESTERDAY
    market.stops[1].cancelled_at = NOW
    for event, stop in ((fair, 0), (fair, 0), (market, 0), (market, 1)):
        seller = make_seller(session, event, stop)
        make_stand_day(session, event, seller.stand, day=YESTERDAY, amount_minor=700)
    released = make_stand(session, market.stops[0])
    registration = make_accepted_registration(session, event=market)
    make_allocation(
        session,
        released,
        registration,
        allocated_at=NOW - timedelta(days=20),
        released_at=NOW - timedelta(days=3),
    )
    make_stand_day(
        session,
        market,
        released,
        day=TODAY - timedelta(days=4),
        entries_count=0,
        sales_count=0,
        amount_minor=0,
        takings_minor=0,
    )

    found = totals_of_events(session, events=[fair, market], today=TODAY)

    for event in (fair, market):
        alone = event_turnover(session, event=event, today=TODAY)
        assert found[event.id].turnover_minor == alone.turnover_minor
        assert found[event.id].coverage == alone.coverage
        assert found[event.id].sales == alone.sales
    assert found[market.id].coverage == Coverage(expected=8 + 6, reported=2, zero_reports=1)


def test_turnover_takes_the_same_statements_for_one_stand_and_for_many(session: Session) -> None:
    event = make_running_event(session)

    def statements() -> int:
        seen: list[str] = []
        bind = session.get_bind()
        listener = lambda *arguments: seen.append(arguments[2])  # noqa: E731
        engine_events.listen(bind, "before_cursor_execute", listener)
        event_turnover(session, event=event, today=TODAY)
        engine_events.remove(bind, "before_cursor_execute", listener)
        return len(seen)

    seller = make_seller(session, event)
    make_stand_day(session, event, seller.stand)
    one = statements()
    for _ in range(6):
        seller = make_seller(session, event)
        make_stand_day(session, event, seller.stand)

    assert statements() == one == 7
