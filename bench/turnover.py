"""Turnover of an event among 1,000,000 sales: our statement beside GROUP BY over the ledger.

Goals: at least 200 times faster on SQLite, 50 times on PostgreSQL, statement against statement.
Both run on the bare driver's cursor, by turns. Ours is the one behind the pages and the call
(`totals_by_stop_and_day`): turnover, sales and reports of every stop and day of one event. The
ledger's gives one sum an event and has a covering index. For information: the ledger asked for
that one event only, and everything that the call computes.

    python -m bench.turnover
"""

import statistics
import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from bench.databases import applications
from bench.servers import tell
from fairapp.events.models import Event
from fairapp.foundation.clock import utc_now
from fairapp.foundation.database import db, transaction
from fairapp.turnover.queries.event import event_turnover
from fairapp.turnover.queries.totals import totals_by_stop_and_day
from tests.factories.events import make_event
from tests.factories.registrations import make_accepted_registration
from tests.factories.stands import make_allocation, make_stand

GOALS = {"SQLite": 200.0, "PostgreSQL": 50.0}
EVENTS, STANDS, DAYS, SALES_A_DAY = 36, 160, 8, 22  # 1,013,760 sales
FIRST_DAY = date(2026, 3, 2)
ROUNDS = 15

_NEW_ID = {"sqlite": "lower(hex(randomblob(16)))", "postgresql": "gen_random_uuid()"}
_SALES = """
INSERT INTO sales (id, event_id, stop_id, stand_id, day, sold_at, device_sold_at, received_at,
                   amount_minor, currency, payment, sector_code)
SELECT {new_id}, stops.event_id, stops.id, stands.id, bench_days.day, :at, :at, :at,
       1000 + (stands.id * 7919 + bench_days.number * 104729 + bench_sales.number * 1299709) % 90000,
       'MAD', 'cash', CASE stands.id % 3 WHEN 0 THEN 'AGR-HONEY' WHEN 1 THEN 'ARG-FOOD' END
FROM stands JOIN stops ON stops.id = stands.stop_id CROSS JOIN bench_days CROSS JOIN bench_sales
ORDER BY bench_sales.number, bench_days.number, stands.id
"""
_STAND_DAYS = """
INSERT INTO stand_days (stand_id, day, event_id, stop_id, entries_count, sales_count, amount_minor)
SELECT stand_id, day, event_id, stop_id, count(*), count(*), sum(amount_minor)
FROM sales GROUP BY stand_id, day, event_id, stop_id
"""
_SECTORS = """
INSERT INTO stand_day_sectors (stand_id, day, sector_code, event_id, sales_count, amount_minor)
SELECT stand_id, day, coalesce(sector_code, ''), event_id, count(*), sum(amount_minor)
FROM sales GROUP BY stand_id, day, coalesce(sector_code, ''), event_id
"""
_LEDGER = "SELECT event_id, sum(amount_minor), count(*) FROM sales GROUP BY event_id"
_LEDGER_OF_ONE = (
    "SELECT stop_id, day, sum(amount_minor), count(*) FROM sales WHERE event_id = {} GROUP BY stop_id, day"
)


def build(app: Flask) -> Event:
    """Fill the database and return the event that is measured, with its stops."""
    with app.app_context(), transaction() as session:
        events = [make_event(session) for _ in range(EVENTS)]
        for event in events:
            event.stops[0].starts_on = FIRST_DAY
            event.stops[0].ends_on = FIRST_DAY + timedelta(days=DAYS - 1)
            stands = [make_stand(session, event.stops[0]) for _ in range(STANDS)]
            if event is events[EVENTS // 2]:
                measured = event
                for stand in stands:
                    make_allocation(session, stand, make_accepted_registration(session, event=event))
        _sell(session)
    with app.app_context(), db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    return measured


def _sell(session: Session) -> None:
    connection = session.connection()
    connection.execute(text("CREATE TEMPORARY TABLE bench_days (number INTEGER, day DATE)"))
    connection.execute(text("CREATE TEMPORARY TABLE bench_sales (number INTEGER)"))
    days = [{"number": number, "day": str(FIRST_DAY + timedelta(days=number))} for number in range(DAYS)]
    connection.execute(
        text(
            "INSERT INTO bench_days VALUES (:number, CAST(:day AS DATE))"
            if connection.dialect.name == "postgresql"
            else "INSERT INTO bench_days VALUES (:number, :day)"
        ),
        days,
    )
    connection.execute(
        text("INSERT INTO bench_sales VALUES (:number)"),
        [{"number": number} for number in range(SALES_A_DAY)],
    )
    at = (
        utc_now()
        if connection.dialect.name == "postgresql"
        else utc_now().replace(tzinfo=None).isoformat(" ")
    )
    connection.execute(text(_SALES.format(new_id=_NEW_ID[connection.dialect.name])), {"at": at})
    connection.execute(text(_STAND_DAYS))
    connection.execute(text(_SECTORS))


def by_turns(acts: list[Callable[[], object]]) -> list[float]:
    """Return the median seconds of acts done by turns, after a warm-up."""
    times: list[list[float]] = [[] for _ in acts]
    for turn in range(ROUNDS + 3):
        for place, act in enumerate(acts):
            began = time.perf_counter()
            act()
            if turn >= 3:
                times[place].append(time.perf_counter() - began)
    return [statistics.median(each) for each in times]


def reader(connection: Connection, statement: str) -> Callable[[], list[Any]]:
    """Return an act that runs a statement on the bare cursor and takes all its rows."""
    cursor = connection.connection.cursor()

    def read() -> list[Any]:
        cursor.execute(statement)
        return list(cursor.fetchall())

    return read


def measure(name: str, app: Flask) -> float:
    """Measure on one database and return the ratio."""
    event = build(app)
    with app.app_context(), db.engine.connect() as connection, Session(connection) as session:
        total = event_turnover(session, event=event, today=FIRST_DAY + timedelta(days=DAYS))
        compiled = totals_by_stop_and_day(event).compile(connection, compile_kwargs={"literal_binds": True})
        ours, ledger = reader(connection, str(compiled)), reader(connection, _LEDGER)
        one = reader(connection, _LEDGER_OF_ONE.format(event.id))

        def whole() -> object:
            return event_turnover(session, event=event, today=FIRST_DAY + timedelta(days=DAYS))

        sums = {row[0]: row[1] for row in ledger()}
        if not int(sums[event.id]) == sum(int(row[2]) for row in ours()) == total.turnover_minor:
            raise SystemExit("the statements disagree")
        own_s, ledger_s, one_s, whole_s = by_turns([ours, ledger, one, whole])
    ratio = tell(
        f"turnover of an event among 1,000,000 sales, {name}",
        own_s,
        ledger_s,
        beside="GROUP BY over the ledger",
        goal=GOALS[name],
    )
    print(
        f"    statement {own_s * 1000:.2f} ms, ledger of all events {ledger_s * 1000:.1f} ms, "
        f"ledger of this event {one_s * 1000:.1f} ms ({one_s / own_s:.0f} times), "
        f"all that the call computes {whole_s * 1000:.1f} ms"
    )
    return ratio


def main() -> None:
    """Measure on each database."""
    with applications() as each:
        for name, app in each:
            measure(name, app)


if __name__ == "__main__":
    main()
