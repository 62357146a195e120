"""Amounts as people and devices write them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairapp.foundation.money import (
    MOST_MINOR,
    AmountUnreadable,
    parse_amount,
    parse_decimal,
    to_decimal,
    to_text,
)


@pytest.mark.parametrize(
    "text,centimes",
    [
        ("120", 12_000),
        ("120.5", 12_050),
        ("120,50", 12_050),
        ("1 250,50", 125_050),
        ("١٢٠٫٥٠", 12_050),
        ("0", 0),
        (" 9999999.99 ", MOST_MINOR),
    ],
)
def test_parse_amount_as_typed_gives_centimes(text: str, centimes: int) -> None:
    assert parse_amount(text) == centimes


@pytest.mark.parametrize("text", ["", "abc", "-5", "1.234", "1e3", "10000000", "1.2.3", "NaN", "½"])
def test_parse_amount_unreadable_is_refused(text: str) -> None:
    with pytest.raises(AmountUnreadable):
        parse_amount(text)


@pytest.mark.parametrize("text", ["1,5", " 1.50", "١٢", "+1", "1.", ".5"])
def test_parse_decimal_takes_only_the_contract_form(text: str) -> None:
    with pytest.raises(AmountUnreadable):
        parse_decimal(text)


@given(st.integers(min_value=0, max_value=MOST_MINOR))
def test_amount_survives_text(centimes: int) -> None:
    assert parse_decimal(to_text(centimes)) == centimes
    assert to_decimal(centimes) == Decimal(centimes) / 100


def test_to_text_of_negative_has_two_places() -> None:
    assert to_text(-12_050) == "-120.50"
