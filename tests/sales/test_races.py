"""Several devices at the same moment, on a database that really commits."""

import random
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from flask import Flask

from fairapp.foundation.database import transaction
from fairapp.sales.domain import ReportSource, SaleEntry
from fairapp.sales.services.reports import Declaration, report_day
from tests import NOW, TODAY
from tests.sales.ground import (
    ORGANIZER,
    Ground,
    differences,
    ledger,
    make_ground,
    outcomes,
    reversal,
    sale,
    send,
    totals,
)

WORKERS = 4


def prepare(app: Flask) -> Ground:
    with app.app_context(), transaction() as session:
        return make_ground(session)


def at_once(app: Flask, works: Sequence[Callable[[], list[str]]]) -> list[list[str]]:
    """Do all works in threads that start together, each in a context of its own."""
    gate = Barrier(len(works))

    def run(work: Callable[[], list[str]]) -> list[str]:
        with app.app_context():
            gate.wait()
            return work()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def sending(ground: Ground, entries: Sequence[SaleEntry], *, size: int) -> Callable[[], list[str]]:
    """Return a device that sends entries in parts."""

    def work() -> list[str]:
        found = []
        for start in range(0, len(entries), size):
            with transaction() as session:
                found += outcomes(send(session, ground, *entries[start : start + size]))
        return found

    return work


def test_devices_that_send_the_same_entries_at_once_record_each_once(committed: Flask) -> None:
    ground = prepare(committed)
    entries = [sale(1 + place, stand=("A-14", "B-1", "C-1")[place % 3]) for place in range(120)]
    devices = []
    for number in range(WORKERS):
        shuffled = random.Random(number).sample(entries, len(entries))
        devices.append(sending(ground, shuffled, size=17 + number))

    answers = at_once(committed, devices)

    assert Counter(outcome for answer in answers for outcome in answer) == {
        "recorded": 120,
        "duplicate": 120 * (WORKERS - 1),
    }
    with committed.app_context(), transaction() as session:
        assert ledger(session) == {entry.id: entry.amount_minor for entry in entries}
        assert sum(row[4] for row in totals(session)) == sum(range(1, 121))
        assert differences(session) == []


def test_reversals_of_one_sale_at_once_count_once(committed: Flask) -> None:
    ground = prepare(committed)
    sales = [sale(500) for _ in range(8)]
    with committed.app_context(), transaction() as session:
        send(session, ground, *sales)

    answers = at_once(
        committed,
        [
            sending(ground, [reversal(each) for each in random.Random(number).sample(sales, 8)], size=3)
            for number in range(WORKERS)
        ],
    )

    assert Counter(outcome for answer in answers for outcome in answer) == {
        "recorded": 8,
        "conflict": 8 * (WORKERS - 1),
    }
    with committed.app_context(), transaction() as session:
        assert totals(session) == [("A-14", TODAY, 16, 0, 0)]
        assert differences(session) == []


def test_a_sale_and_its_reversal_at_once_never_miss_each_other(committed: Flask) -> None:
    ground = prepare(committed)
    sales = [sale(500) for _ in range(30)]

    at_once(
        committed,
        [
            sending(ground, sales, size=1),
            sending(ground, [reversal(each) for each in sales], size=1),
        ],
    )

    with committed.app_context(), transaction() as session:
        assert totals(session) == [("A-14", TODAY, 60, 0, 0)]
        assert differences(session) == []


def test_declarations_and_sales_at_once_keep_both(committed: Flask) -> None:
    ground = prepare(committed)
    sales = [sale(100) for _ in range(20)]

    def declare() -> list[str]:
        for takings in range(1, 11):
            declaration = Declaration(uuid.uuid4(), "S1", "A-14", TODAY, takings, ReportSource.TILL)
            with transaction() as session:
                report_day(session, actor=ORGANIZER, event=ground.event, declaration=declaration, now=NOW)
        return []

    at_once(committed, [sending(ground, sales, size=2), declare])

    with committed.app_context(), transaction() as session:
        assert totals(session) == [("A-14", TODAY, 20, 20, 2_000)]
        assert differences(session) == []
