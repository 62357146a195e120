"""Day reports and flags: declared once, replaced by a later one, differences told."""

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fairapp.audit.domain import Actor
from fairapp.audit.models import AuditEntry
from fairapp.foundation.errors import Refusal
from fairapp.sales.domain import ReportSource, StandDayState
from fairapp.sales.errors import DayNotOpen, FlagNotFound, IdTaken, PlaceUnknown
from fairapp.sales.models import DayReport, SaleFlag, StandDay
from fairapp.sales.queries.overview import (
    begun_days_of,
    count_open_flags,
    differing_days,
    open_flags,
    stand_days,
)
from fairapp.sales.services.reports import Declaration, report_day, settle_flag
from tests import NOW, TODAY
from tests.factories.events import make_event
from tests.factories.registrations import make_accepted_registration
from tests.factories.stands import make_allocation
from tests.sales.ground import ORGANIZER, Ground, differences, make_ground, sale, send


@pytest.fixture
def ground(session: Session) -> Ground:
    return make_ground(session)


def declare(
    session: Session, ground: Ground, takings_minor: int = 50_000, actor: Actor = ORGANIZER, **changes: Any
) -> DayReport:
    values: dict[str, Any] = {
        "id": uuid.uuid4(),
        "stop": "S1",
        "stand": "A-14",
        "day": TODAY,
        "takings_minor": takings_minor,
        "source": ReportSource.TILL,
    }
    return report_day(
        session, actor=actor, event=ground.event, declaration=Declaration(**(values | changes)), now=NOW
    )


def takings(session: Session) -> list[tuple[date, int | None]]:
    rows = session.execute(select(StandDay.day, StandDay.takings_minor).order_by(StandDay.day))
    return [(day, minor) for day, minor in rows]


def test_report_day_keeps_the_takings_beside_the_sales_and_is_audited(
    session: Session, ground: Ground
) -> None:
    send(session, ground, sale(12_000))

    report = declare(session, ground)

    session.expire_all()
    total = session.scalars(select(StandDay)).one()
    assert (total.entries_count, total.sales_count, total.amount_minor, total.takings_minor) == (
        1,
        1,
        12_000,
        50_000,
    )
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.subject_id) == ("sales.day_reported", str(report.id))
    assert differences(session) == []


def test_report_day_of_zero_is_a_report(session: Session, ground: Ground) -> None:
    declare(session, ground, 0)

    assert takings(session) == [(TODAY, 0)]


def test_report_day_later_replaces_earlier_also_with_the_clock_set_back(
    session: Session, ground: Ground
) -> None:
    first = declare(session, ground, 10_000)
    second = declare(session, ground, 20_000)

    assert second.reported_at > first.reported_at
    assert takings(session) == [(TODAY, 20_000)]
    assert len(session.scalars(select(DayReport)).all()) == 2
    assert differences(session) == []


def test_report_day_sent_again_changes_nothing(session: Session, ground: Ground) -> None:
    first = declare(session, ground, 10_000)
    declare(session, ground, 20_000)

    again = declare(session, ground, 10_000, id=first.id)

    assert again is first
    assert takings(session) == [(TODAY, 20_000)]


@pytest.mark.parametrize(
    "change",
    [
        {"takings_minor": 1},
        {"stand": "B-1"},
        {"day": TODAY - timedelta(days=1)},
        {"source": ReportSource.PAPER},
    ],
    ids=lambda change: next(iter(change)),
)
def test_report_day_of_a_known_id_with_other_content_is_refused(
    session: Session, ground: Ground, change: dict[str, Any]
) -> None:
    first = declare(session, ground, 10_000)
    content: dict[str, Any] = {"takings_minor": 10_000, "id": first.id} | change

    with pytest.raises(IdTaken):
        declare(session, ground, **content)

    assert takings(session) == [(TODAY, 10_000)]


@pytest.mark.parametrize(
    "change, refusal",
    [
        pytest.param({"stand": "Z-9"}, PlaceUnknown, id="unknown stand"),
        pytest.param({"stop": "S9"}, PlaceUnknown, id="unknown stop"),
        pytest.param({"day": TODAY + timedelta(days=1)}, DayNotOpen, id="day not begun"),
        pytest.param({"day": TODAY - timedelta(days=2)}, DayNotOpen, id="before the stop"),
    ],
)
def test_report_day_of_no_day_of_the_stand_is_refused(
    session: Session, ground: Ground, change: dict[str, Any], refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        declare(session, ground, **change)

    assert takings(session) == []


def test_report_day_of_another_stand_is_refused_to_a_till_and_a_cooperative(
    session: Session, ground: Ground
) -> None:
    for actor in (ground.till, ground.cooperative):
        declare(session, ground, actor=actor)
        with pytest.raises(PlaceUnknown):
            declare(session, ground, actor=actor, stand="B-1")


def test_stand_days_tell_the_state_of_every_expected_stand(session: Session, ground: Ground) -> None:
    send(session, ground, sale(12_000), sale(500, stand="C-1"))
    declare(session, ground, 50_000)
    yesterday = TODAY - timedelta(days=1)
    declare(session, ground, 0, stand="B-1", day=yesterday)

    states = {
        day: [(row.stand, row.state) for row in stand_days(session, event=ground.event, day=day)]
        for day in begun_days_of(ground.event, today=TODAY)
    }

    assert states == {
        yesterday: [("B-1", StandDayState.ZERO), ("A-14", StandDayState.MISSING)],
        TODAY: [("B-1", StandDayState.MISSING), ("A-14", StandDayState.DIFFERS)],
    }


def test_stand_days_name_every_holder_of_a_shared_stand(session: Session, ground: Ground) -> None:
    sharer = make_accepted_registration(session, event=ground.event)
    make_allocation(session, ground.stand, sharer, share=2, allocated_at=NOW - timedelta(days=3))

    rows = {row.stand: row for row in stand_days(session, event=ground.event, day=TODAY)}

    names = f"{ground.registration.cooperative.name_fr}, {sharer.cooperative.name_fr}"
    assert rows["A-14"].name_fr == names
    assert len(rows) == 2


def test_differing_days_are_those_with_sales_and_another_declaration(
    session: Session, ground: Ground
) -> None:
    send(session, ground, sale(12_000), sale(300, stand="B-1"))
    declare(session, ground, 50_000)
    declare(session, ground, 300, stand="B-1")

    rows = differing_days(session, event=ground.event)

    assert [(row.stand, row.amount_minor, row.takings_minor) for row in rows] == [("A-14", 12_000, 50_000)]


def test_settle_flag_closes_the_question_and_is_audited(session: Session, ground: Ground) -> None:
    entry = sale(stand="C-1")
    send(session, ground, entry)
    [flag] = open_flags(session, event=ground.event)
    assert (flag.kind, str(flag.sale_id), flag.stand) == ("no_holder", entry.id, "C-1")

    for _twice in range(2):
        settle_flag(session, actor=ORGANIZER, event=ground.event, flag_id=flag.id, now=NOW)

    assert count_open_flags(session, event=ground.event) == 0
    assert [each.action for each in session.scalars(select(AuditEntry))] == ["sales.flag_settled"]


def test_settle_flag_of_another_event_is_not_found(session: Session, ground: Ground) -> None:
    send(session, ground, sale(stand="C-1"))
    flag_id = session.scalars(select(SaleFlag.id)).one()

    with pytest.raises(FlagNotFound):
        settle_flag(session, actor=ORGANIZER, event=make_event(session), flag_id=flag_id, now=NOW)


def test_rebuild_totals_puts_right_what_was_changed_behind_the_ledger(
    session: Session, ground: Ground
) -> None:
    send(session, ground, sale(12_000), sale(500, stand="B-1"))
    declare(session, ground, 12_000)
    session.expire_all()
    total = session.get_one(StandDay, (ground.stand.id, TODAY))
    total.amount_minor = 1
    session.delete(session.get_one(StandDay, (ground.other.id, TODAY)))
    session.flush()

    found = differences(session)

    assert [(each.table, each.key, each.stored is None) for each in found] == [
        ("stand_days", (ground.stand.id, TODAY), False),
        ("stand_days", (ground.other.id, TODAY), True),
    ]
    assert differences(session) == []
    session.expire_all()
    assert session.get_one(StandDay, (ground.stand.id, TODAY)).amount_minor == 12_000
