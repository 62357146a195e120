"""References that can be told on the phone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairapp.foundation.ids import (
    ALPHABET,
    new_reference,
    new_token,
    parse_reference,
    scattered_reference,
    show_reference,
    token_hash,
)


def test_reference_is_read_as_it_is_shown() -> None:
    reference = new_reference()
    for text in (
        reference,
        show_reference(reference),
        reference.lower(),
        f" {reference[:4]} {reference[4:]} ",
    ):
        assert parse_reference(text) == reference


@given(st.integers(0, 7), st.sampled_from(ALPHABET))
def test_reference_with_a_wrong_symbol_is_refused(place: int, symbol: str) -> None:
    reference = new_reference()
    wrong = reference[:place] + symbol + reference[place + 1 :]
    assert parse_reference(wrong) == (reference if wrong == reference else None)


@given(st.integers(0, 6))
def test_reference_with_swapped_neighbours_is_refused(place: int) -> None:
    reference = new_reference()
    swapped = reference[:place] + reference[place + 1] + reference[place] + reference[place + 2 :]
    assert parse_reference(swapped) == (reference if swapped == reference else None)


@pytest.mark.parametrize("text", ["", "K7QM", "K7QM-4T2X9", "O0IL-1111", "ك7QM-4T2X"])
def test_reference_that_cannot_be_one_is_none(text: str) -> None:
    assert parse_reference(text) is None


def test_tokens_differ_and_hide_behind_their_hash() -> None:
    one, other = new_token(), new_token()
    assert one != other
    assert len(one) >= 32
    assert token_hash(one) != token_hash(other)
    assert one not in token_hash(one)


def test_scattered_references_never_repeat_and_are_right() -> None:
    series = [scattered_reference("a register", number) for number in range(20_000)]
    assert len(set(series)) == len(series)
    assert all(parse_reference(reference) == reference for reference in series[:500])
    assert scattered_reference("another register", 0) != series[0]
