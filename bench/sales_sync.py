"""Sales sync of 500 entries: the whole call against the same rows by the bare driver.

Goal: at least 40 % of the bare driver's speed, at the same durability (SQLite synchronous=FULL,
PostgreSQL synchronous_commit=on). Both write to databases with the same schema, by turns, so
that whatever else the machine does falls on both. On PostgreSQL too when BENCH_POSTGRES_URL or
DATABASE_URL names a server.

    python -m bench.sales_sync [rounds]
"""

import gc
import json
import os
import sqlite3
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from config import Settings
from fairapp import create_app
from fairapp.audit.domain import Role
from fairapp.foundation.clock import utc_now
from fairapp.foundation.database import db, transaction
from fairapp.sales.services.ledger import LedgerRow
from tests.clients import ApiCaller
from tests.factories.accounts import make_device
from tests.factories.events import make_event
from tests.factories.registrations import make_registration
from tests.factories.stands import make_allocation, make_stand

GOAL = 0.40
ENTRIES = 500
ROUNDS = 30
WARM_UP = 3  # rounds that only fill caches
PRODUCTS = ("زيت أركان", "كسكس", "صابون", "عسل الزعتر")
COLUMNS = LedgerRow._fields


class Ground:
    """One database with a fair under way, a stand with its holder, and its enrolled till."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        now = utc_now()
        with app.app_context(), transaction() as session:
            self._build(session, now)
        self.api = ApiCaller(app, self.token)

    def _build(self, session: Session, now: datetime) -> None:
        event = make_event(session, slug="bench-fair", published_at=now)
        event.stops[0].starts_on = (now - timedelta(days=1)).date()
        event.stops[0].ends_on = (now + timedelta(days=1)).date()
        stand = make_stand(session, event.stops[0], code="A-14")
        registration = make_registration(session, event=event)
        make_allocation(session, stand, registration, allocated_at=now - timedelta(days=5))
        device, self.token = make_device(
            session, event, Role.TILL, stop_id=stand.stop_id, stand_id=stand.id, enrolled_at=now
        )
        self.ids = (event.id, stand.stop_id, stand.id, registration.id)
        self.device_id = device.id

    def body(self) -> bytes:
        """Return the body of a call with fresh entries."""
        now = datetime.now(UTC)
        sales = [
            {
                "id": str(uuid.uuid4()),
                "stop": "S1",
                "stand": "A-14",
                "sold_at": (now - timedelta(seconds=place)).isoformat(),
                "amount": f"{20 + place % 300}.50",
                "payment": ("cash", "card", "mobile")[place % 3],
                "sector": "AGR-HONEY",
                "product": PRODUCTS[place % len(PRODUCTS)],
                "quantity": None,
                "reverses": None,
            }
            for place in range(ENTRIES)
        ]
        return json.dumps({"sent_at": now.isoformat(), "sales": sales}).encode()

    def rows(self, *, as_text: bool) -> list[tuple[Any, ...]]:
        """Return the same number of fresh rows as the driver takes them."""
        now = datetime.now(UTC)
        moment: Any = now.replace(tzinfo=None).isoformat(" ", "microseconds") if as_text else now
        day: Any = now.date().isoformat() if as_text else now.date()
        return [
            (
                uuid.uuid4().hex if as_text else uuid.uuid4(),
                *self.ids,
                day,
                moment,
                moment,
                moment,
                2050 + place,
                "MAD",
                "cash",
                "AGR-HONEY",
                PRODUCTS[place % len(PRODUCTS)],
                None,
                None,
                self.device_id.hex if as_text else self.device_id,
                None,
            )
            for place in range(ENTRIES)
        ]

    def call(self, body: bytes) -> TestResponse:
        """Return the answer to a body."""
        return self.api.post(
            "/events/bench-fair/sales/sync", data=body, headers={"Content-Type": "application/json"}
        )


def check(answer: TestResponse) -> None:
    """Make sure that all entries of a call were recorded."""
    results = answer.get_json().get("results", [])
    if len(results) != ENTRIES or any(result["outcome"] != "recorded" for result in results):
        raise RuntimeError(f"the sync answered {answer.status_code}: {results[:2]}")


def insert_statement(mark: str) -> str:
    """Return the bare INSERT with the driver's parameter mark."""
    return f"INSERT INTO sales ({', '.join(COLUMNS)}) VALUES ({', '.join([mark] * len(COLUMNS))})"


class BareSqlite:
    """The bare driver, as durable as the product."""

    def __init__(self, url: str) -> None:
        self.connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-64000"):
            self.connection.execute(f"PRAGMA {pragma}")
        self.statement = insert_statement("?")

    def insert(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """Insert rows in one transaction."""
        self.connection.execute("BEGIN IMMEDIATE")
        self.connection.executemany(self.statement, rows)
        self.connection.execute("COMMIT")


class BarePostgres:
    """The bare driver, as durable as the product."""

    def __init__(self, url: str) -> None:
        self.connection = psycopg.connect(url.replace("postgresql+psycopg", "postgresql"), autocommit=True)
        self.connection.execute("SET synchronous_commit = on")
        self.statement = insert_statement("%s")

    def insert(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """Insert rows in one transaction."""
        with self.connection.transaction(), self.connection.cursor() as cursor:
            cursor.executemany(self.statement, rows)


def make_ground(url: str, folder: Path) -> Ground:
    """Build an application on an empty database."""
    settings = Settings(_env_file=None, fairapp_var=folder, database_url=url, secret_key="b" * 40)
    app = create_app(settings)
    with app.app_context():
        upgrade()
    return Ground(app)


def measure(name: str, url: str, reference_url: str, folder: Path, rounds: int) -> float:
    """Measure by turns, print the medians and the ratio, and return the ratio."""
    ground, twin = make_ground(url, folder), make_ground(reference_url, folder)
    bare = BareSqlite(reference_url) if name == "SQLite" else BarePostgres(reference_url)
    gc.collect()
    gc.freeze()  # as wsgi.py does
    own, reference = [], []
    for turn in range(rounds + WARM_UP):
        body, rows = ground.body(), twin.rows(as_text=name == "SQLite")
        began = time.perf_counter()
        bare.insert(rows)
        between = time.perf_counter()
        answer = ground.call(body)
        ended = time.perf_counter()
        check(answer)
        if turn >= WARM_UP:
            reference.append(between - began)
            own.append(ended - between)
    bare.connection.close()
    for each in (ground, twin):
        with each.app.app_context():
            db.engine.dispose()
    ratio = statistics.median(reference) / statistics.median(own)
    print(
        f"sales sync, {ENTRIES} entries, {name}: {statistics.median(own) * 1000:.1f} ms a call;"
        f" bare driver {statistics.median(reference) * 1000:.1f} ms;"
        f" ratio {ratio:.0%} (goal {GOAL:.0%}{'' if ratio >= GOAL else ', missed'})"
    )
    return ratio


@contextmanager
def postgres_database(server: str) -> Iterator[str]:
    """Make a database on a server and remove it afterwards."""
    name = f"fairapp_bench_{uuid.uuid4().hex[:12]}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    try:
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
        engine.dispose()


def main() -> None:
    """Run on SQLite, and on PostgreSQL when a server is named."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        own, reference = (f"sqlite:///{folder / part}.sqlite3" for part in ("own", "reference"))
        measure("SQLite", own, reference, folder, rounds)
        server = os.environ.get("BENCH_POSTGRES_URL") or os.environ.get("DATABASE_URL") or ""
        if server.startswith("postgresql"):
            with postgres_database(server) as first, postgres_database(server) as second:
                measure("PostgreSQL", first, second, folder, rounds)


if __name__ == "__main__":
    main()
