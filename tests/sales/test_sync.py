"""The sync: recorded, duplicate, conflict, rejected; totals and flags in the same transaction."""

import uuid
from datetime import date, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fairapp.sales.domain import BadEntry, Payment
from fairapp.sales.models import Sale
from fairapp.sales.services.sync import DayTotal
from tests import NOW, TODAY
from tests.factories.registrations import make_registration
from tests.factories.stands import make_allocation
from tests.sales.ground import (
    Ground,
    differences,
    flags,
    ledger,
    make_ground,
    outcomes,
    reversal,
    sale,
    sectors,
    send,
    totals,
)


@pytest.fixture
def ground(session: Session) -> Ground:
    return make_ground(session)


def test_sync_of_a_new_sale_records_it_with_holder_day_and_totals(session: Session, ground: Ground) -> None:
    entry = sale(12_050, product="زيت أركان", quantity_milli=1_500, payment=Payment.CARD)

    answer = send(session, ground, entry)

    assert [(result.id, result.outcome, result.detail) for result in answer.results] == [
        (entry.id, "recorded", None)
    ]
    assert answer.day_totals == [DayTotal("S1", "A-14", TODAY, 1, 12_050)]
    row = session.scalars(select(Sale)).one()
    assert (row.registration_id, row.day, row.sold_at) == (ground.registration.id, TODAY, entry.sold_at)
    assert (row.product, row.quantity_milli, row.payment) == ("زيت أركان", 1_500, Payment.CARD)
    assert totals(session) == [("A-14", TODAY, 1, 1, 12_050)]
    assert sectors(session) == {"AGR-HONEY": (1, 12_050)}
    assert flags(session) == []


def test_sync_of_the_same_entries_again_changes_nothing(session: Session, ground: Ground) -> None:
    entries = [sale(100), sale(200), sale(300, stand="B-1")]
    send(session, ground, *entries)
    before = (ledger(session), totals(session), sectors(session))

    answer = send(session, ground, *reversed(entries))

    assert outcomes(answer) == ["duplicate"] * 3
    assert [(day.stand, day.sales, day.amount_minor) for day in answer.day_totals] == [
        ("A-14", 2, 300),
        ("B-1", 1, 300),
    ]
    assert (ledger(session), totals(session), sectors(session)) == before


@pytest.mark.parametrize(
    "change",
    [
        {"amount_minor": 101},
        {"stand": "B-1"},
        {"sold_at": NOW},
        {"payment": Payment.MOBILE},
        {"sector": None},
        {"product": "عسل"},
        {"quantity_milli": 1_000},
        {"reverses": str(uuid.uuid4())},
    ],
    ids=lambda change: next(iter(change)),
)
def test_sync_of_a_known_id_with_other_content_is_a_conflict(
    session: Session, ground: Ground, change: dict[str, Any]
) -> None:
    entry = sale(100)
    send(session, ground, entry)

    answer = send(session, ground, entry._replace(**change))

    assert outcomes(answer) == ["conflict"]
    assert ledger(session) == {entry.id: 100}
    assert totals(session) == [("A-14", TODAY, 1, 1, 100)]


def test_sync_with_bad_entries_records_the_good_ones_in_their_order(session: Session, ground: Ground) -> None:
    good, late = sale(100), sale(200)

    answer = send(
        session,
        ground,
        BadEntry("x", "The id is not a UUID."),
        good,
        sale(300, stop="S9"),
        sale(300, stand="Z-1"),
        sale(300, stand="a\x00\ud800"),
        BadEntry(None, "nothing"),
        late,
    )

    assert outcomes(answer) == ["rejected", "recorded", *["rejected"] * 4, "recorded"]
    assert [answer.results[0].id, answer.results[0].detail] == ["x", "The id is not a UUID."]
    assert ledger(session) == {good.id: 100, late.id: 200}


def test_sync_of_no_entries_answers_nothing(session: Session, ground: Ground) -> None:
    answer = send(session, ground)

    assert (answer.results, answer.day_totals) == ([], [])


def test_sync_of_the_same_id_twice_in_one_call_records_it_once(session: Session, ground: Ground) -> None:
    entry = sale(100)

    answer = send(session, ground, entry, entry, entry._replace(amount_minor=200))

    assert outcomes(answer) == ["recorded", "duplicate", "conflict"]
    assert totals(session) == [("A-14", TODAY, 1, 1, 100)]


def test_sync_of_a_known_id_twice_compares_each_with_the_ledger(session: Session, ground: Ground) -> None:
    entry = sale(100)
    send(session, ground, entry)

    answer = send(session, ground, entry._replace(amount_minor=200), entry)

    assert outcomes(answer) == ["conflict", "duplicate"]


def test_sync_of_1000_entries_of_two_stands_sums_exactly(session: Session, ground: Ground) -> None:
    entries = [sale(1 + place, stand=("A-14", "B-1")[place % 2]) for place in range(1000)]

    answer = send(session, ground, *entries)

    assert set(outcomes(answer)) == {"recorded"}
    assert [(row[0], row[3], row[4]) for row in totals(session)] == [
        ("A-14", 500, sum(range(1, 1001, 2))),
        ("B-1", 500, sum(range(2, 1001, 2))),
    ]
    assert differences(session) == []


# Reversals


def test_sync_of_a_reversal_after_its_sale_counts_once_in_the_sales_sector(
    session: Session, ground: Ground
) -> None:
    entry = sale(500)
    send(session, ground, entry, sale(70, sector=None))
    undo = reversal(entry)

    answer = send(session, ground, undo)

    assert outcomes(answer) == ["recorded"]
    assert outcomes(send(session, ground, undo)) == ["duplicate"]
    assert ledger(session)[undo.id] == -500
    assert totals(session) == [("A-14", TODAY, 3, 1, 70)]
    assert sectors(session) == {"AGR-HONEY": (0, 0), "": (1, 70)}


def test_sync_of_a_reversal_before_its_sale_counts_when_the_sale_arrives(
    session: Session, ground: Ground
) -> None:
    entry = sale(500)
    undo = reversal(entry)

    early = send(session, ground, undo)
    assert (outcomes(early), early.day_totals, totals(session)) == (["recorded"], [], [])
    answer = send(session, ground, entry)

    assert outcomes(answer) == ["recorded"]
    assert totals(session) == [("A-14", TODAY, 2, 0, 0)]
    assert sectors(session) == {"AGR-HONEY": (0, 0)}
    assert flags(session) == []
    assert differences(session) == []


@pytest.mark.parametrize("sale_first", [True, False])
def test_sync_of_a_sale_and_its_reversal_in_one_call_counts_both(
    session: Session, ground: Ground, sale_first: bool
) -> None:
    entry = sale(500)
    pair = [entry, reversal(entry)]

    answer = send(session, ground, *(pair if sale_first else pair[::-1]))

    assert outcomes(answer) == ["recorded", "recorded"]
    assert totals(session) == [("A-14", TODAY, 2, 0, 0)]


def test_sync_of_a_reversal_the_next_day_counts_on_its_own_day(session: Session, ground: Ground) -> None:
    entry = sale(500, sold_at=NOW - timedelta(days=1))

    send(session, ground, entry, reversal(entry))

    assert totals(session) == [
        ("A-14", TODAY - timedelta(days=1), 1, 1, 500),
        ("A-14", TODAY, 1, -1, -500),
    ]


def test_sync_of_a_second_reversal_is_a_conflict(session: Session, ground: Ground) -> None:
    entry = sale(500)
    send(session, ground, entry, reversal(entry))

    answer = send(session, ground, reversal(entry))

    assert outcomes(answer) == ["conflict"]
    assert answer.results[0].detail == "This sale is already cancelled."
    assert totals(session) == [("A-14", TODAY, 2, 0, 0)]


@pytest.mark.parametrize("known", [True, False], ids=["after the sale", "before the sale"])
def test_sync_of_two_reversals_in_one_call_records_the_first(
    session: Session, ground: Ground, known: bool
) -> None:
    entry = sale(500)
    if known:
        send(session, ground, entry)

    answer = send(session, ground, reversal(entry), reversal(entry))

    assert outcomes(answer) == ["recorded", "conflict"]
    assert outcomes(send(session, ground, entry)) == ["duplicate" if known else "recorded"]
    assert totals(session) == [("A-14", TODAY, 2, 0, 0)]


@pytest.mark.parametrize(
    "change", [{"amount_minor": 499}, {"stand": "B-1"}], ids=["another amount", "another stand"]
)
def test_sync_of_a_reversal_that_does_not_match_is_rejected(
    session: Session, ground: Ground, change: dict[str, Any]
) -> None:
    entry = sale(500)
    send(session, ground, entry)

    answer = send(session, ground, reversal(entry, **change))

    assert outcomes(answer) == ["rejected"]
    assert ledger(session) == {entry.id: 500}


def test_sync_of_a_reversal_of_itself_is_rejected(session: Session, ground: Ground) -> None:
    id_ = str(uuid.uuid4())

    assert outcomes(send(session, ground, sale(500, id=id_, reverses=id_))) == ["rejected"]
    assert ledger(session) == {}


def test_sync_of_a_reversal_of_a_reversal_is_rejected(session: Session, ground: Ground) -> None:
    entry = sale(500)
    undo = reversal(entry)
    send(session, ground, entry, undo)

    assert outcomes(send(session, ground, reversal(undo))) == ["rejected"]


@pytest.mark.parametrize(
    "change", [{"amount_minor": 499}, {"stand": "B-1"}], ids=["another amount", "another stand"]
)
def test_sync_of_an_early_reversal_that_turns_out_wrong_flags_it_uncounted(
    session: Session, ground: Ground, change: dict[str, Any]
) -> None:
    entry = sale(500)
    wrong = reversal(entry, **change)
    send(session, ground, wrong)

    assert outcomes(send(session, ground, entry)) == ["recorded"]

    assert flags(session) == [(wrong.id, "reversal_mismatch")]
    assert totals(session) == [("A-14", TODAY, 1, 1, 500)]
    assert outcomes(send(session, ground, wrong)) == ["duplicate"]
    assert differences(session) == []


def test_sync_of_a_rejected_reversal_leaves_its_id_free(session: Session, ground: Ground) -> None:
    entry = sale(500)
    wrong = reversal(entry, amount_minor=400)

    answer = send(session, ground, entry, wrong, wrong._replace(amount_minor=500))

    assert outcomes(answer) == ["recorded", "rejected", "recorded"]


# Flags: recorded all the same


def test_sync_at_a_stand_without_holder_records_and_flags(session: Session, ground: Ground) -> None:
    entry = sale(500, stand="C-1")

    assert outcomes(send(session, ground, entry)) == ["recorded"]
    assert flags(session) == [(entry.id, "no_holder")]
    assert totals(session) == [("C-1", TODAY, 1, 1, 500)]


def test_sync_after_the_stand_was_given_back_flags(session: Session, ground: Ground) -> None:
    registration = make_registration(session, event=ground.event)
    make_allocation(
        session,
        ground.free,
        registration,
        allocated_at=NOW - timedelta(days=2),
        released_at=NOW - timedelta(hours=2),
    )
    held, after = sale(1, stand="C-1", sold_at=NOW - timedelta(hours=3)), sale(2, stand="C-1")

    assert outcomes(send(session, ground, held, after)) == ["recorded"] * 2

    assert flags(session) == [(after.id, "no_holder")]
    holders = dict(session.execute(select(Sale.amount_minor, Sale.registration_id)).all())
    assert holders == {1: registration.id, 2: None}


def test_sync_before_the_allocation_was_entered_names_the_holder(session: Session, ground: Ground) -> None:
    registration = make_registration(session, event=ground.event)
    make_allocation(session, ground.free, registration, allocated_at=NOW)

    send(session, ground, sale(stand="C-1", sold_at=NOW - timedelta(hours=5)))

    assert session.scalars(select(Sale.registration_id)).one() == registration.id


@pytest.mark.parametrize("days", [-9, 9])
def test_sync_outside_the_stops_days_records_and_flags(session: Session, ground: Ground, days: int) -> None:
    entry = sale(500, sold_at=NOW + timedelta(days=days))

    assert outcomes(send(session, ground, entry)) == ["recorded"]
    assert flags(session) == [(entry.id, "outside_days")]


def test_sync_at_a_cancelled_stop_records_and_flags(session: Session, ground: Ground) -> None:
    ground.event.stops[0].cancelled_at = NOW
    session.flush()
    entry = sale(500)

    send(session, ground, entry)

    assert flags(session) == [(entry.id, "outside_days")]


@pytest.mark.parametrize("off", [timedelta(hours=3), timedelta(days=-365), timedelta(minutes=11)], ids=str)
def test_sync_from_a_wrong_clock_corrects_by_the_difference_and_flags(
    session: Session, ground: Ground, off: timedelta
) -> None:
    made_at = NOW - timedelta(hours=1)
    entry = sale(500, sold_at=made_at + off)

    send(session, ground, entry, sent_at=NOW + off)

    row = session.scalars(select(Sale)).one()
    assert (row.sold_at, row.device_sold_at, row.day) == (made_at, made_at + off, TODAY)
    assert flags(session) == [(entry.id, "clock_corrected")]


def test_sync_again_after_the_clock_was_put_right_is_a_duplicate(session: Session, ground: Ground) -> None:
    entry = sale(500, sold_at=NOW + timedelta(hours=3))
    send(session, ground, entry, sent_at=NOW + timedelta(hours=3))

    answer = send(session, ground, entry, sent_at=NOW)

    assert outcomes(answer) == ["duplicate"]
    assert flags(session) == [(entry.id, "clock_corrected")]


def test_sync_within_ten_minutes_of_the_clock_changes_no_time(session: Session, ground: Ground) -> None:
    entry = sale(500)

    send(session, ground, entry, sent_at=NOW - timedelta(minutes=9))

    assert session.scalars(select(Sale.sold_at)).one() == entry.sold_at
    assert flags(session) == []


def test_sync_after_midnight_of_a_late_stop_counts_for_the_day_before(
    session: Session, ground: Ground
) -> None:
    ground.event.stops[0].opens_at, ground.event.stops[0].closes_at = time(18), time(1)
    session.flush()

    send(session, ground, sale(sold_at=NOW.replace(hour=0, minute=30)))

    assert session.scalars(select(Sale.day)).one() == date(2027, 5, 19)


# Who may record where


def test_sync_of_a_till_takes_only_its_own_stand(session: Session, ground: Ground) -> None:
    answer = send(session, ground, sale(), sale(stand="B-1"), actor=ground.till)

    assert outcomes(answer) == ["recorded", "rejected"]


def test_sync_of_a_cooperative_takes_only_stands_that_it_holds(session: Session, ground: Ground) -> None:
    answer = send(session, ground, sale(), sale(stand="B-1"), sale(stand="C-1"), actor=ground.cooperative)

    assert outcomes(answer) == ["recorded", "rejected", "rejected"]


def test_sync_of_a_former_holder_cannot_record_for_the_next_one(session: Session, ground: Ground) -> None:
    make_allocation(
        session,
        ground.free,
        ground.registration,
        allocated_at=NOW - timedelta(days=2),
        released_at=NOW - timedelta(hours=4),
    )
    make_allocation(
        session,
        ground.free,
        make_registration(session, event=ground.event),
        allocated_at=NOW - timedelta(hours=3),
    )
    own = sale(stand="C-1", sold_at=NOW - timedelta(hours=5))
    between = sale(stand="C-1", sold_at=NOW - timedelta(hours=3, minutes=30))
    foreign = sale(stand="C-1", sold_at=NOW)

    answer = send(session, ground, own, between, foreign, actor=ground.cooperative)

    assert outcomes(answer) == ["recorded", "recorded", "rejected"]
    assert flags(session) == [(between.id, "no_holder")]


@pytest.mark.parametrize("act", ["update", "delete"])
def test_the_ledger_refuses_changes(session: Session, ground: Ground, act: str) -> None:
    entry = sale(500)
    send(session, ground, entry)
    row = session.scalars(select(Sale)).one()

    with pytest.raises(Exception, match="append-only"), session.begin_nested():
        if act == "update":
            row.amount_minor = 1
        else:
            session.delete(row)
        session.flush()

    session.expire_all()
    assert ledger(session) == {entry.id: 500}
