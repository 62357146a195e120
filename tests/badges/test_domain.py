"""Payload, verdicts and decisions, without a database."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairapp.badges.domain import (
    Claim,
    GateDecision,
    HolderKind,
    ScanCase,
    ScanOutcome,
    base45,
    from_base45,
    is_contested,
    lets_in,
    pack_claim,
    split_code,
    unpack_claim,
    verdict,
    write_code,
)

CASES = json.loads(Path(__file__).with_name("verdicts.json").read_text("utf-8"))
CLAIM = Claim(
    event_id=3,
    number=31**7 - 1,
    holder=HolderKind.EXHIBITOR,
    valid_from_on=date(2027, 5, 28),
    valid_to_on=date(2027, 6, 3),
    key_id=1,
)


def _case(values: dict[str, Any]) -> ScanCase:
    days = {key: date.fromisoformat(values[key]) for key in ("day", "first_on", "last_on") if values.get(key)}
    return ScanCase(**(values | days))


@pytest.mark.parametrize("row", CASES, ids=lambda row: row["name"])
def test_verdict_of_the_shared_table(row: dict[str, Any]) -> None:
    assert verdict(_case(row["case"])) == row["verdict"]


def test_shared_table_has_every_verdict() -> None:
    assert {row["verdict"] for row in CASES} == {outcome.value for outcome in ScanOutcome}


def test_pack_claim_is_sixteen_bytes_in_the_promised_order() -> None:
    assert pack_claim(CLAIM).hex() == "010000030667e12cde010a9000060001"
    assert unpack_claim(pack_claim(CLAIM)) == CLAIM


@given(
    st.builds(
        Claim,
        event_id=st.integers(0, 2**24 - 1),
        number=st.integers(0, 31**7 - 1),
        holder=st.sampled_from(HolderKind),
        valid_from_on=st.dates(date(2020, 1, 1), date(2150, 1, 1)),
        valid_to_on=st.dates(date(2150, 1, 1), date(2190, 1, 1)),
        key_id=st.integers(0, 2**16 - 1),
    )
)
def test_any_claim_comes_back_as_it_was(claim: Claim) -> None:
    assert unpack_claim(pack_claim(claim)) == claim


def test_claim_that_does_not_fit_is_refused() -> None:
    with pytest.raises(OverflowError):
        pack_claim(replace(CLAIM, event_id=2**24))


@pytest.mark.parametrize(
    "packed",
    [
        b"",
        bytes(16),
        b"\x02" + pack_claim(CLAIM)[1:],
        pack_claim(CLAIM)[:9] + b"\x09" + pack_claim(CLAIM)[10:],
    ],
    ids=["nothing", "no version", "other version", "unknown holder"],
)
def test_unpack_claim_of_something_else_is_none(packed: bytes) -> None:
    assert unpack_claim(packed) is None


def test_base45_is_that_of_the_standard() -> None:
    assert (base45(b"AB"), base45(b"Hello!")) == ("BB8", "%69 VD92E")


@given(st.binary().filter(lambda raw: len(raw) % 2 == 0))
def test_base45_comes_back(raw: bytes) -> None:
    assert from_base45(base45(raw)) == raw


@given(st.text(max_size=200))
def test_any_text_is_split_or_refused_without_an_exception(text: str) -> None:
    parts = split_code(text)
    assert parts is None or write_code(*parts) == text


@given(st.text(alphabet="0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:", min_size=120, max_size=120))
@settings(max_examples=300)
def test_text_of_the_right_shape_has_one_writing(text: str) -> None:
    parts = split_code(text)
    assert parts is None or (len(parts[0]), len(parts[1]), write_code(*parts)) == (16, 64, text)


@pytest.mark.parametrize(
    "outcome, decided, let_in, contested",
    [
        (ScanOutcome.ADMITTED, None, True, False),
        (ScanOutcome.ADMITTED, GateDecision.ADMITTED, True, False),
        (ScanOutcome.ADMITTED, GateDecision.REFUSED, False, True),
        (ScanOutcome.ALREADY_IN, None, False, False),
        (ScanOutcome.ALREADY_IN, GateDecision.ADMITTED, True, True),
        (ScanOutcome.FORGED, GateDecision.REFUSED, False, False),
        (ScanOutcome.REVOKED, GateDecision.ADMITTED, True, True),
    ],
)
def test_decision_of_the_gate_goes_before_the_verdict(
    outcome: ScanOutcome, decided: GateDecision | None, let_in: bool, contested: bool
) -> None:
    assert (lets_in(outcome, decided), is_contested(outcome, decided)) == (let_in, contested)
