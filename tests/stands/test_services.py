"""Laying out stands and allocating them by hand."""

from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fairapp.audit.domain import Role
from fairapp.audit.models import AuditEntry
from fairapp.events.domain import Texts
from fairapp.events.models import Event, Stop
from fairapp.foundation.errors import Refusal
from fairapp.outbox.models import OutboxRow
from fairapp.registrations.domain import RegistrationState
from fairapp.registrations.models import Registration
from fairapp.stands import errors, queries
from fairapp.stands.domain import StandKind, StandPlan
from fairapp.stands.models import Allocation, Stand, Zone
from fairapp.stands.services import allocation, layout
from tests import NOW
from tests.factories.accounts import make_actor
from tests.factories.events import make_event, make_market
from tests.factories.registrations import make_accepted_registration, make_registration
from tests.factories.stands import make_allocation, make_stand

ORGANIZER = make_actor(Role.ORGANIZER)


def _arrange(session: Session, **event: Any) -> tuple[Event, Stop, Stand, Registration]:
    made = make_event(session, **event)
    stop = made.stops[0]
    return made, stop, make_stand(session, stop, code="A-14"), make_accepted_registration(session, event=made)


def _give(
    session: Session, event: Event, stop: Stop, reference: str | None, code: str = "A-14", **overrides: Any
) -> Allocation | None:
    values = {"stand_code": code, "reference": reference, "reason": "by hand", "now": NOW} | overrides
    return allocation.set_holder(session, actor=ORGANIZER, event=event, stop=stop, **values)


def _work(session: Session) -> list[tuple[str, int]]:
    rows = session.scalars(select(OutboxRow).order_by(OutboxRow.id))
    return [(row.task, row.payload["registration_id"]) for row in rows]


def test_set_holder_of_free_stand_keeps_the_reason_and_asks_for_badges(session: Session) -> None:
    event, stop, stand, registration = _arrange(session)
    given = _give(session, event, stop, registration.reference)
    assert given is not None
    assert (given.stand_id, given.registration_id, given.reason) == (stand.id, registration.id, "by hand")
    assert _work(session) == [("badges.issue_badges", registration.id)]
    entry = session.scalar(select(AuditEntry).where(AuditEntry.action == "stands.allocated"))
    assert entry is not None
    assert entry.details == {"stand": "A-14", "registration_id": registration.id}


def test_set_holder_takes_reference_and_code_as_people_type_them(session: Session) -> None:
    event, stop, stand, registration = _arrange(session)
    typed = f"{registration.reference[:4]}-{registration.reference[4:]}".lower()
    given = _give(session, event, stop, typed, code="a-14")
    assert given is not None
    assert given.stand_id == stand.id


def test_set_holder_again_changes_nothing(session: Session) -> None:
    event, stop, _stand, registration = _arrange(session)
    first = _give(session, event, stop, registration.reference)
    assert _give(session, event, stop, registration.reference) is first
    assert len(_work(session)) == 1


def test_set_holder_of_held_stand_is_a_conflict(session: Session) -> None:
    event, stop, stand, registration = _arrange(session)
    make_allocation(session, stand, registration)
    other = make_accepted_registration(session, event=event)
    with pytest.raises(errors.StandTaken):
        _give(session, event, stop, other.reference)
    assert queries.count_held(session, registration_id=other.id) == 0
    assert _work(session) == []


def test_set_holder_none_releases_and_withdraws_badges(session: Session) -> None:
    event, stop, stand, registration = _arrange(session)
    held = make_allocation(session, stand, registration)
    _give(session, event, stop, None)
    assert (held.released_at, held.release_reason) == (NOW, "by hand")
    assert _work(session) == [("badges.withdraw_badges", registration.id)]
    _give(session, event, stop, None)
    assert len(_work(session)) == 1


def test_release_stand_keeps_badges_while_another_stand_is_held(session: Session) -> None:
    market = make_market(session, stops=2)
    registration = make_accepted_registration(session, event=market)
    for stop in market.stops:
        make_allocation(session, make_stand(session, stop, code="A-14"), registration)
    allocation.release_stand(
        session, actor=ORGANIZER, event=market, stop=market.stops[0], stand_code="A-14", now=NOW
    )
    assert _work(session) == []


def test_release_stand_that_is_free_is_a_conflict(session: Session) -> None:
    event, stop, _stand, _registration = _arrange(session)
    with pytest.raises(errors.StandFree):
        allocation.release_stand(session, actor=ORGANIZER, event=event, stop=stop, stand_code="A-14", now=NOW)


def _cancelled(session: Session, event: Event, stand: Stand, registration: Registration) -> None:
    event.stops[0].cancelled_at = NOW


def _institution(session: Session, event: Event, stand: Stand, registration: Registration) -> None:
    stand.kind = StandKind.INSTITUTION


def _waitlisted(session: Session, event: Event, stand: Stand, registration: Registration) -> None:
    registration.state = RegistrationState.WAITLISTED


def _elsewhere(session: Session, event: Event, stand: Stand, registration: Registration) -> None:
    registration.stops = []


def _placed(session: Session, event: Event, stand: Stand, registration: Registration) -> None:
    make_allocation(session, make_stand(session, event.stops[0]), registration)


@pytest.mark.parametrize(
    "spoil,refusal",
    [
        (_cancelled, errors.StopIsCancelled),
        (_institution, errors.NotForExhibitors),
        (_waitlisted, errors.NotAccepted),
        (_elsewhere, errors.StopNotAsked),
        (_placed, errors.QuotaReached),
    ],
)
def test_set_holder_against_the_rules_is_refused(
    session: Session, spoil: Any, refusal: type[Refusal]
) -> None:
    event, stop, stand, registration = _arrange(session)
    spoil(session, event, stand, registration)
    session.flush()
    with pytest.raises(refusal):
        _give(session, event, stop, registration.reference)
    assert queries.live_allocation(session, stand=stand) is None


def test_set_holder_of_two_stands_when_the_call_allows_two(session: Session) -> None:
    event, stop, _stand, registration = _arrange(session, stands_per_stop=2)
    make_stand(session, stop, code="A-15")
    _give(session, event, stop, registration.reference)
    _give(session, event, stop, registration.reference, code="A-15")
    assert queries.count_held(session, registration_id=registration.id, stop_id=stop.id) == 2


@pytest.mark.parametrize("code,reference", [("Z-99", None), ("Z-99", "right")])
def test_set_holder_of_unknown_stand_is_not_found(session: Session, code: str, reference: str | None) -> None:
    event, stop, _stand, registration = _arrange(session)
    with pytest.raises(errors.StandNotFound):
        _give(session, event, stop, registration.reference if reference else None, code=code)


def test_set_holder_to_registration_of_another_event_is_refused(session: Session) -> None:
    event, stop, _stand, _registration = _arrange(session)
    stranger = make_registration(session)
    with pytest.raises(errors.RegistrationNotFound):
        _give(session, event, stop, stranger.reference)


def test_move_holder_releases_the_old_stand_and_refreshes_badges(session: Session) -> None:
    event, stop, stand, registration = _arrange(session)
    make_allocation(session, stand, registration)
    target = make_stand(session, stop, code="B-02")
    moved = allocation.move_holder(
        session, actor=ORGANIZER, event=event, stop=stop, stand_code="A-14", to_code="B-02", now=NOW
    )
    assert (moved.stand_id, moved.registration_id) == (target.id, registration.id)
    assert queries.live_allocation(session, stand=stand) is None
    assert _work(session) == [("badges.issue_badges", registration.id)]


def test_move_holder_to_held_or_same_stand_is_refused(session: Session) -> None:
    event, stop, stand, registration = _arrange(session)
    make_allocation(session, stand, registration)
    other = make_stand(session, stop, code="B-02")
    make_allocation(session, other, make_accepted_registration(session, event=event))
    for target, refusal in (("B-02", errors.StandTaken), ("a-14", errors.SameStand)):
        with pytest.raises(refusal):
            allocation.move_holder(
                session,
                actor=ORGANIZER,
                event=event,
                stop=stop,
                stand_code="A-14",
                to_code=target,
                now=NOW,
            )
    live = queries.live_allocation(session, stand=stand)
    assert live is not None
    assert live.registration_id == registration.id


def test_swap_holders_exchanges_two_registrations(session: Session) -> None:
    event, stop, stand, registration = _arrange(session)
    other_stand, other = (
        make_stand(session, stop, code="B-02"),
        make_accepted_registration(session, event=event),
    )
    make_allocation(session, stand, registration)
    make_allocation(session, other_stand, other)
    at_first, at_second = allocation.swap_holders(
        session,
        actor=ORGANIZER,
        event=event,
        stop=stop,
        stand_code="A-14",
        other_code="B-02",
        reason="asked to be neighbours",
        now=NOW,
    )
    assert (at_first.registration_id, at_second.registration_id) == (other.id, registration.id)
    assert session.scalar(select(func.count()).select_from(Allocation)) == 4


def test_swap_holders_with_free_stand_is_refused(session: Session) -> None:
    event, stop, stand, registration = _arrange(session)
    make_allocation(session, stand, registration)
    make_stand(session, stop, code="B-02")
    with pytest.raises(errors.StandFree):
        allocation.swap_holders(
            session, actor=ORGANIZER, event=event, stop=stop, stand_code="A-14", other_code="B-02", now=NOW
        )


def _lay(session: Session, event: Event, stop: Stop, *stands: StandPlan) -> layout.LaidOut:
    return layout.add_stands(session, actor=ORGANIZER, event=event, stop=stop, stands=stands, now=NOW)


def test_add_stands_makes_zones_and_places(session: Session) -> None:
    event = make_event(session)
    stop = event.stops[0]
    done = _lay(
        session,
        event,
        stop,
        StandPlan("A-01", zone="A", x_cm=0, y_cm=0),
        StandPlan("A-02", zone="a", x_cm=300, y_cm=0, water=True),
        StandPlan("B-01"),
        StandPlan("B-02"),
    )
    assert (done.added, done.replaced) == (4, 0)
    assert [zone.code for zone in queries.zones_of(session, stop=stop)] == ["A"]
    placed = queries.stands_of(session, stop=stop)
    assert [(p.code, p.stand.x_cm, p.stand.y_cm) for p in placed] == [
        ("A-01", 0, 0),
        ("A-02", 300, 0),
        ("B-01", 0, 600),
        ("B-02", 300, 600),
    ]


def test_add_stands_replaces_by_code_and_keeps_holder_and_place(session: Session) -> None:
    event, stop, stand, registration = _arrange(session)
    make_allocation(session, stand, registration)
    place = (stand.x_cm, stand.y_cm)
    done = _lay(session, event, stop, StandPlan("a-14", width_cm=450, power=True))
    assert (done.added, done.replaced, stand.width_cm, stand.power) == (0, 1, 450, True)
    assert (stand.x_cm, stand.y_cm) == place
    [placed] = queries.stands_of(session, stop=stop)
    assert placed.holder is registration


def test_add_stands_that_would_close_a_held_stand_is_refused(session: Session) -> None:
    event, stop, stand, registration = _arrange(session)
    make_allocation(session, stand, registration)
    with pytest.raises(errors.StandHeld):
        _lay(session, event, stop, StandPlan("A-14", kind=StandKind.SERVICE))


def test_add_stands_with_one_code_twice_adds_none(session: Session) -> None:
    event = make_event(session)
    with pytest.raises(errors.StandCodeTwice):
        _lay(session, event, event.stops[0], StandPlan("A-1"), StandPlan("a-1"))
    with pytest.raises(errors.TooManyStands):
        _lay(session, event, event.stops[0], *(StandPlan(f"A-{n}") for n in range(2001)))
    assert session.scalar(select(func.count()).select_from(Stand)) == 0


def test_remove_stand_only_when_nobody_ever_held_it(session: Session) -> None:
    event, stop, stand, registration = _arrange(session)
    held = make_allocation(session, stand, registration)

    def remove() -> None:
        layout.remove_stand(session, actor=ORGANIZER, event=event, stop=stop, code="A-14", now=NOW)

    with pytest.raises(errors.StandHeld):
        remove()
    held.released_at = NOW
    session.flush()
    with pytest.raises(errors.StandHasHistory):
        remove()
    layout.remove_stand(
        session, actor=ORGANIZER, event=event, stop=stop, code=make_stand(session, stop).code, now=NOW
    )
    assert [placed.code for placed in queries.stands_of(session, stop=stop)] == ["A-14"]


def test_name_zone_adds_it_and_names_it_anew(session: Session) -> None:
    event = make_event(session)
    stop = event.stops[0]
    for french in ("Alimentation", "Terroir"):
        layout.name_zone(
            session,
            actor=ORGANIZER,
            event=event,
            stop=stop,
            code="A",
            names=Texts("الغذاء", french),
            now=NOW,
        )
    assert [(z.name_fr, z.name_en) for z in session.scalars(select(Zone))] == [("Terroir", "Terroir")]


def test_plan_of_tells_who_is_without_a_stand_and_what_is_in_question(session: Session) -> None:
    event, stop, stand, registration = _arrange(session)
    make_stand(session, stop, code="A-2", water=True)
    make_stand(session, stop, code="A-10")
    make_stand(session, stop, code="A-20", width_cm=600)
    make_allocation(session, stand, registration)
    registration.needs_power = True
    waiting = make_accepted_registration(session, event=event, stand_width_cm=400)
    make_registration(session, event=event)
    session.flush()
    plan = queries.plan_of(session, stop=stop)
    assert [placed.code for placed in plan.stands] == ["A-2", "A-10", "A-14", "A-20"]
    assert list(plan.without) == [waiting]
    assert [placed.code for placed in plan.in_question] == ["A-14"]
    assert [placed.code for placed in plan.suitable(waiting)] == ["A-20", "A-10", "A-2"]
    assert queries.stands_count(session, event=event) == {stop.id: (4, 1)}


def test_plan_of_marks_holders_that_are_no_longer_accepted(session: Session) -> None:
    _event, stop, stand, registration = _arrange(session)
    make_allocation(session, stand, registration)
    registration.state = RegistrationState.WITHDRAWN
    session.flush()
    [placed] = queries.plan_of(session, stop=stop).in_question
    assert placed.is_lapsed


@pytest.mark.parametrize("count", [1, 3])
def test_plan_of_asks_the_same_number_of_queries(session: Session, count: int, statements: list[str]) -> None:
    event = make_event(session)
    stop = event.stops[0]
    for number in range(count):
        registration = make_accepted_registration(session, event=event)
        make_allocation(session, make_stand(session, stop, code=f"A-{number}"), registration)
        make_accepted_registration(session, event=event)
    session.expire_all()
    stop = session.get_one(Stop, stop.id)
    statements.clear()
    plan = queries.plan_of(session, stop=stop)
    assert [placed.holder.cooperative.name_fr for placed in plan.stands if placed.holder]
    assert len(statements) == 5


def test_release_of_registration_takes_back_all_stands_once_refused(session: Session) -> None:
    event, _stop, stand, registration = _arrange(session)
    held = make_allocation(session, stand, registration)
    assert allocation.release_of_registration(session, registration_id=registration.id, now=NOW) == []
    registration.state = RegistrationState.WITHDRAWN
    session.flush()
    released = allocation.release_of_registration(session, registration_id=registration.id, now=NOW)
    assert released == [held]
    assert (held.released_at, held.release_reason, held.released_by_id) == (NOW, "withdrawn", None)
    assert event.id == registration.event_id
