"""Several tills, a network that loses, repeats, reorders and splits, and a ledger that stays right.

The invariants of promises B4 in a fast form: what was answered `recorded` is in the ledger once,
with its own content; the totals are those of the ledger whatever the order of arrival.
"""

import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy.orm import Session

from fairapp.sales.domain import SaleEntry
from tests import NOW
from tests.sales.ground import (
    Ground,
    differences,
    ledger,
    make_ground,
    outcomes,
    reversal,
    sale,
    sectors,
    send,
    totals,
)

LONG = "FAIRAPP_DRILL" in os.environ  # `make drill`

STANDS = ("A-14", "B-1", "C-1")
SECTORS = ("AGR-HONEY", None)
KEPT = ("recorded", "duplicate")


@dataclass
class Device:
    """A till: what its seller entered, what the server confirmed, what it refused for good."""

    stand: str
    entered: list[SaleEntry] = field(default_factory=list)
    confirmed: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)

    def waiting(self) -> list[SaleEntry]:
        """Return what the device would still send."""
        done = self.confirmed | self.refused
        return [entry for entry in self.entered if entry.id not in done]


class Tills(RuleBasedStateMachine):
    """The machine; `session` and `ground` are set by the test."""

    session: Session
    ground: Ground
    messages = Bundle("messages")
    sold = Bundle("sold")

    def __init__(self) -> None:
        super().__init__()
        self.outer = self.session.begin_nested()
        self.devices = [Device(stand) for stand in (*STANDS, STANDS[0])]
        self.sent: dict[str, SaleEntry] = {}
        self.minutes = 0

    def teardown(self) -> None:
        """Let every device finish, check what is left, and undo all of it."""
        try:
            for _round in range(2):
                for device in self.devices:
                    self._deliver(device, device.waiting(), lost=False)
            self._check_totals()
            for device in self.devices:
                assert device.waiting() == []
                assert device.confirmed <= ledger(self.session).keys()
            assert differences(self.session) == []
        finally:
            self.outer.rollback()

    @rule(target=sold, at=st.integers(0, 3), amount=st.integers(1, 99_999), sector=st.sampled_from(SECTORS))
    def sell(self, at: int, amount: int, sector: str | None) -> SaleEntry:
        """A seller presses "record"."""
        self.minutes += 1
        device = self.devices[at]
        entry = sale(
            amount,
            stand=device.stand,
            sector=sector,
            sold_at=NOW - timedelta(minutes=self.minutes * 7),
        )
        device.entered.append(entry)
        return entry

    @rule(of=sold, by=st.integers(0, 3), off=st.sampled_from([0, 0, 0, 1]))
    def undo(self, of: SaleEntry, by: int, off: int) -> None:
        """A seller cancels a sale, sometimes one of another till, sometimes wrongly."""
        entry = reversal(of, amount_minor=of.amount_minor + off, stand=self.devices[by].stand)
        self.devices[by].entered.append(entry)

    @rule(target=messages, by=st.integers(0, 3), data=st.data())
    def compose(self, by: int, data: st.DataObject) -> tuple[int, list[SaleEntry]]:
        """A device sends some of what waits, in any order, some of it twice."""
        waiting = self.devices[by].waiting()
        if not waiting:
            return by, []
        return by, data.draw(st.lists(st.sampled_from(waiting), max_size=6))

    @rule(message=messages, lost=st.booleans())
    def deliver(self, message: tuple[int, list[SaleEntry]], lost: bool) -> None:
        """A message arrives, perhaps again, perhaps late; its answer may be lost."""
        by, entries = message
        self._deliver(self.devices[by], entries, lost=lost)

    @rule(message=messages)
    def crash(self, message: tuple[int, list[SaleEntry]]) -> None:
        """The server dies before the commit."""
        before = (ledger(self.session), totals(self.session))
        attempt = self.session.begin_nested()
        send(self.session, self.ground, *message[1])
        attempt.rollback()
        assert (ledger(self.session), totals(self.session)) == before

    @invariant()
    def confirmed_entries_are_in_the_ledger(self) -> None:
        """Nothing that a device was told is recorded is missing."""
        rows = ledger(self.session)
        for device in self.devices:
            assert device.confirmed <= rows.keys()
        for id_, amount in rows.items():
            entry = self.sent[id_]
            assert amount == (-entry.amount_minor if entry.reverses else entry.amount_minor)

    def _deliver(self, device: Device, entries: list[SaleEntry], *, lost: bool) -> None:
        self.sent |= {entry.id: entry for entry in entries}
        answer = send(self.session, self.ground, *entries)
        assert [result.id for result in answer.results] == [entry.id for entry in entries]
        if lost:
            return
        for entry, outcome in zip(entries, outcomes(answer), strict=True):
            (device.confirmed if outcome in KEPT else device.refused).add(entry.id)

    def _check_totals(self) -> None:
        rows = ledger(self.session)
        counted = list(self._counted(rows))
        expected: dict[str, tuple[int, int]] = {}
        for stand, _sector, step, amount in counted:
            sales, total = expected.get(stand, (0, 0))
            expected[stand] = (sales + step, total + amount)
        found: dict[str, tuple[int, int]] = {}
        for stand, _day, _entries, sales_count, amount in totals(self.session):
            before = found.get(stand, (0, 0))
            found[stand] = (before[0] + sales_count, before[1] + amount)
        assert found == expected
        by_sector: dict[str, tuple[int, int]] = {}
        for _stand, sector, step, amount in counted:
            before = by_sector.get(sector, (0, 0))
            by_sector[sector] = (before[0] + step, before[1] + amount)
        assert sectors(self.session) == by_sector

    def _counted(self, rows: dict[str, int]) -> Iterator[tuple[str, str, int, int]]:
        """Yield stand, sector, step and amount of what counts, found without the program's help."""
        for id_ in rows:
            entry = self.sent[id_]
            if entry.reverses is None:
                yield entry.stand, entry.sector or "", 1, entry.amount_minor
            elif (
                entry.reverses in rows
                and (of := self.sent[entry.reverses]).stand == entry.stand
                and of.amount_minor == entry.amount_minor
            ):
                yield entry.stand, of.sector or "", -1, -entry.amount_minor


def test_tills_on_a_bad_network_leave_a_right_ledger(session: Session) -> None:
    Tills.session, Tills.ground = session, make_ground(session)

    run_state_machine_as_test(
        Tills,
        settings=settings(
            max_examples=400 if LONG else 25,
            stateful_step_count=50 if LONG else 25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.parametrize("order", ["as made", "backwards", "reversals first"])
@pytest.mark.parametrize("size", [1, 3, 100])
def test_any_order_and_any_split_leaves_the_same_ledger(session: Session, order: str, size: int) -> None:
    ground = make_ground(session)
    sales = [sale(100 + place, sold_at=NOW - timedelta(minutes=place)) for place in range(12)]
    entries = [*sales, *(reversal(each) for each in sales[::3]), sale(7, id=str(uuid.uuid4()))]
    if order == "backwards":
        entries.reverse()
    elif order == "reversals first":
        entries.sort(key=lambda entry: entry.reverses is None)

    for start in range(0, len(entries), size):
        send(session, ground, *entries[start : start + size])

    left = [100 + place for place in range(12) if place % 3] + [7]
    assert [(row[3], row[4]) for row in totals(session)] == [(len(left), sum(left))]
    assert len(ledger(session)) == len(entries)
    assert differences(session) == []
