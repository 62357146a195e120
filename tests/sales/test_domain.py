"""Rules of the ledger: what an entry must be, its day, its reversal."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairapp.foundation.errors import Refusal
from fairapp.sales.domain import (
    Payment,
    SaleEntry,
    SaleOrigin,
    StandDayState,
    StopHours,
    clock_correction,
    day_of_sale,
    read_amount,
    read_entry,
    read_instant,
    read_product,
    read_quantity,
    read_uuid,
    reversal_matches,
    span_of_day,
    stand_day_state,
    stand_day_turnover,
)
from fairapp.sales.errors import (
    AmountRejected,
    EntryUnreadable,
    IdUnreadable,
    PaymentUnknown,
    ProductUnreadable,
    QuantityRejected,
    SectorUnknown,
    TimeRejected,
)
from tests import NOW

SECTORS = frozenset({"AGR-HONEY"})
ID = "0190a2f4-7a5e-7c3a-8a51-3d5a4a1b2c3d"
SALE = {
    "id": ID,
    "stop": "S1",
    "stand": "A-14",
    "sold_at": "2027-05-20T10:30:00+01:00",
    "amount": "120.00",
    "payment": "cash",
    "sector": "AGR-HONEY",
    "product": "عسل",
    "quantity": "1.5",
    "reverses": None,
}


def test_read_entry_of_a_whole_sale_keeps_every_field() -> None:
    assert read_entry(SALE, sectors=SECTORS) == SaleEntry(
        id=ID,
        stop="S1",
        stand="A-14",
        sold_at=datetime(2027, 5, 20, 9, 30, tzinfo=UTC),
        amount_minor=12_000,
        payment=Payment.CASH,
        sector="AGR-HONEY",
        product="عسل",
        quantity_milli=1_500,
        reverses=None,
    )


def test_read_entry_without_optional_fields_leaves_them_out() -> None:
    least = {name: SALE[name] for name in ("id", "stop", "stand", "sold_at", "amount", "payment")}

    entry = read_entry(least, sectors=SECTORS)

    assert (entry.sector, entry.product, entry.quantity_milli, entry.reverses) == (None, None, None, None)


@pytest.mark.parametrize(
    "change, refusal",
    [
        pytest.param({"id": None}, IdUnreadable, id="no id"),
        pytest.param({"id": "12"}, IdUnreadable, id="short id"),
        pytest.param({"id": 12}, IdUnreadable, id="number as id"),
        pytest.param({"reverses": "x"}, IdUnreadable, id="reverses is no id"),
        pytest.param({"stop": None}, EntryUnreadable, id="no stop"),
        pytest.param({"stand": 14}, EntryUnreadable, id="number as stand"),
        pytest.param({"sold_at": None}, TimeRejected, id="no time"),
        pytest.param({"amount": 120}, AmountRejected, id="number as amount"),
        pytest.param({"payment": "cheque"}, PaymentUnknown, id="unknown payment"),
        pytest.param({"payment": ["cash"]}, PaymentUnknown, id="list as payment"),
        pytest.param({"sector": "GOLD"}, SectorUnknown, id="unknown sector"),
        pytest.param({"sector": {}}, SectorUnknown, id="object as sector"),
        pytest.param({"product": 7}, ProductUnreadable, id="number as product"),
        pytest.param({"quantity": 2}, QuantityRejected, id="number as quantity"),
    ],
)
def test_read_entry_with_one_bad_field_says_which(change: dict[str, Any], refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        read_entry(SALE | change, sectors=SECTORS)


@pytest.mark.parametrize("raw", [None, 1, "sale", [], [SALE]])
def test_read_entry_of_no_object_is_unreadable(raw: Any) -> None:
    with pytest.raises(EntryUnreadable):
        read_entry(raw, sectors=SECTORS)


@pytest.mark.parametrize(
    "text, amount",
    [
        ("0.01", 1),
        ("1", 100),
        ("120.5", 12_050),
        ("120.50", 12_050),
        ("9999999.99", 999_999_999),
        ("007", 700),
    ],
)
def test_read_amount_of_a_decimal_gives_centimes(text: str, amount: int) -> None:
    assert read_amount(text) == amount


@pytest.mark.parametrize(
    "text",
    [
        "0",
        "0.00",
        "-1",
        "+1",
        "1.005",
        "10000000",
        "1,5",
        "1.",
        ".5",
        "",
        " 1",
        "1\n",
        "1e3",
        "NaN",
        "١٢",
        None,
        1.5,
        True,
    ],
)
def test_read_amount_of_anything_else_is_rejected(text: object) -> None:
    with pytest.raises(AmountRejected):
        read_amount(text)


@pytest.mark.parametrize(
    "text, quantity", [("1", 1_000), ("1.5", 1_500), ("0.001", 1), ("999999.999", 999_999_999)]
)
def test_read_quantity_of_a_decimal_gives_thousandths(text: str, quantity: int) -> None:
    assert read_quantity(text) == quantity


@pytest.mark.parametrize("text", ["0", "0.000", "1.0001", "1000000", "-1", "two"])
def test_read_quantity_of_anything_else_is_rejected(text: str) -> None:
    with pytest.raises(QuantityRejected):
        read_quantity(text)


@pytest.mark.parametrize(
    "text, instant",
    [
        ("2027-05-20T10:30:00+01:00", NOW),
        ("2027-05-20T09:30:00Z", NOW),
        ("2027-05-20t09:30:00z", NOW),
        ("2027-05-20T09:30:00.000001+00:00", NOW + timedelta(microseconds=1)),
    ],
)
def test_read_instant_with_offset_gives_utc(text: str, instant: datetime) -> None:
    assert read_instant(text) == instant


@pytest.mark.parametrize(
    "text",
    [
        "2027-05-20T10:30:00",
        "2027-05-20",
        "10:30",
        "0001-01-01T00:00:00+01:00",
        "9999-12-31T23:59:59-01:00",
        5,
        None,
    ],
)
def test_read_instant_of_anything_else_is_rejected(text: object) -> None:
    with pytest.raises(TimeRejected):
        read_instant(text)


def test_read_uuid_in_capitals_is_the_same_id() -> None:
    assert read_uuid(ID.upper()) == ID


@pytest.mark.parametrize(
    "text",
    ["00000000-0000-0000-0000-000000000000", ID.replace("-", ""), f"{{{ID}}}", ID.replace("7c3a", "1c3a")],
)
def test_read_uuid_of_another_form_or_version_is_rejected(text: str) -> None:
    with pytest.raises(IdUnreadable):
        read_uuid(text)


@pytest.mark.parametrize(
    "text, product",
    [
        ("  زيت أركان ", "زيت أركان"),
        ("a\x00b\u200fc", "abc"),
        ("", None),
        (" ", None),
        (None, None),
        ("x" * 120, "x" * 120),
    ],
)
def test_read_product_keeps_the_text_without_control_signs(text: str | None, product: str | None) -> None:
    assert read_product(text) == product


def test_read_product_of_more_than_120_signs_is_rejected() -> None:
    with pytest.raises(ProductUnreadable):
        read_product("x" * 121)


@pytest.mark.parametrize(
    "behind, correction",
    [
        pytest.param(timedelta(0), timedelta(0), id="right"),
        pytest.param(timedelta(minutes=10), timedelta(0), id="ten minutes late"),
        pytest.param(timedelta(minutes=-10), timedelta(0), id="ten minutes early"),
        pytest.param(timedelta(minutes=11), timedelta(minutes=11), id="eleven minutes late"),
        pytest.param(timedelta(hours=-3), timedelta(hours=-3), id="three hours early"),
        pytest.param(timedelta(days=365), timedelta(days=365), id="a year late"),
    ],
)
def test_clock_correction_beyond_ten_minutes_is_the_difference(
    behind: timedelta, correction: timedelta
) -> None:
    assert clock_correction(NOW - behind, NOW) == correction


def test_clock_correction_of_a_device_that_does_not_tell_its_time_is_none() -> None:
    assert clock_correction(None, NOW) == timedelta(0)


@pytest.mark.parametrize(
    "at, hours, day",
    [
        pytest.param("2027-05-20T23:59:00Z", (time(10), time(20)), date(2027, 5, 20), id="after closing"),
        pytest.param(
            "2027-05-21T00:30:00Z", (time(10), time(20)), date(2027, 5, 21), id="closes in the evening"
        ),
        pytest.param(
            "2027-05-21T00:30:00Z", (time(18), time(1)), date(2027, 5, 20), id="closes after midnight"
        ),
        pytest.param("2027-05-21T01:00:00Z", (time(18), time(1)), date(2027, 5, 21), id="after that closing"),
        pytest.param("2027-05-21T00:30:00Z", (None, None), date(2027, 5, 21), id="no hours"),
        pytest.param(
            "2026-12-01T00:30:00+01:00", (time(10), time(20)), date(2026, 11, 30), id="UTC since 2026-09-20"
        ),
    ],
)
def test_day_of_sale_is_the_local_trading_day(
    at: str, hours: tuple[time | None, time | None], day: date
) -> None:
    stop = StopHours(date(2027, 5, 1), date(2027, 5, 31), *hours)

    assert day_of_sale(datetime.fromisoformat(at), stop) == day


@given(
    at=st.timedeltas(timedelta(0), timedelta(days=700)).map(datetime(2026, 1, 1, tzinfo=UTC).__add__),
    hours=st.sampled_from([(time(10), time(20)), (time(18), time(1, 30)), (None, None)]),
)
def test_span_of_day_holds_exactly_the_instants_of_its_trading_day(
    at: datetime, hours: tuple[time | None, time | None]
) -> None:
    stop = StopHours(date(2026, 1, 1), date(2028, 1, 1), *hours)

    span = span_of_day(at, stop)

    assert span.day == day_of_sale(at, stop)
    assert span.starts_at <= at < span.ends_at
    just_before = span.ends_at - timedelta(microseconds=1)
    assert {day_of_sale(span.starts_at, stop), day_of_sale(just_before, stop)} == {span.day}
    assert day_of_sale(span.ends_at, stop) == span.day + timedelta(days=1)


def test_stop_hours_of_a_cancelled_stop_have_no_open_day() -> None:
    stop = StopHours(date(2027, 5, 1), date(2027, 5, 3), None, None, cancelled=True)

    assert not stop.is_open_on(date(2027, 5, 2))


@pytest.mark.parametrize(
    "sale, matches",
    [
        pytest.param(SaleOrigin(1, 500), True, id="same stand and amount"),
        pytest.param(SaleOrigin(2, 500), False, id="another stand"),
        pytest.param(SaleOrigin(1, 501), False, id="another amount"),
        pytest.param(SaleOrigin(1, -500), False, id="a reversal itself"),
    ],
)
def test_reversal_matches_only_a_sale_of_the_same_stand_and_amount(sale: SaleOrigin, matches: bool) -> None:
    assert reversal_matches(sale, stand_id=1, amount_minor=500) is matches


@pytest.mark.parametrize(
    "totals, turnover, state",
    [
        pytest.param((0, 0, 0, None), 0, StandDayState.MISSING, id="nothing"),
        pytest.param((0, 0, 0, 0), 0, StandDayState.ZERO, id="explicit zero"),
        pytest.param((0, 0, 0, 700), 700, StandDayState.REPORTED, id="takings only"),
        pytest.param((3, 3, 900, None), 900, StandDayState.REPORTED, id="sales only"),
        pytest.param((3, 3, 900, 900), 900, StandDayState.REPORTED, id="both the same"),
        pytest.param((3, 3, 900, 1_000), 900, StandDayState.DIFFERS, id="declared more"),
        pytest.param((3, 3, 900, 0), 900, StandDayState.DIFFERS, id="declared nothing"),
        pytest.param((2, 0, 0, 400), 400, StandDayState.REPORTED, id="all cancelled, then declared"),
        pytest.param((2, 0, 0, None), 0, StandDayState.REPORTED, id="all cancelled"),
        pytest.param((1, -1, -300, None), -300, StandDayState.REPORTED, id="cancelled the day after"),
    ],
)
def test_a_stand_day_counts_its_sales_else_its_takings(
    totals: tuple[int, int, int, int | None], turnover: int, state: StandDayState
) -> None:
    entries, sales, amount, takings = totals

    assert stand_day_turnover(sales_count=sales, amount_minor=amount, takings_minor=takings) == turnover
    found = stand_day_state(
        entries_count=entries, sales_count=sales, amount_minor=amount, takings_minor=takings
    )
    assert found is state
