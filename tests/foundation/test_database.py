"""Times in the database, one commit, and writers that wait for each other."""

import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session

from fairapp.accounts.models import Account
from fairapp.foundation.database import db, transaction
from tests.factories.accounts import make_account


def test_time_is_stored_in_utc_whatever_its_zone(session: Session) -> None:
    casablanca = timezone(timedelta(hours=1))
    account = make_account(session, created_at=datetime(2026, 8, 1, 12, tzinfo=casablanca))
    session.expire_all()
    assert account.created_at == datetime(2026, 8, 1, 11, tzinfo=UTC)
    assert account.created_at.tzinfo is UTC


def test_naive_time_is_refused(session: Session) -> None:
    with pytest.raises(StatementError, match="naive"), session.begin_nested():
        make_account(session, created_at=datetime(2026, 8, 1, 12))  # noqa: DTZ001 - what is refused


def test_transaction_that_raises_leaves_nothing(committed: Flask) -> None:
    with committed.app_context():
        with pytest.raises(ZeroDivisionError), transaction() as session:
            make_account(session)
            raise ZeroDivisionError
        with transaction() as session:
            assert session.scalar(select(func.count()).select_from(Account)) == 0


def test_two_transactions_that_read_then_write_both_succeed(committed: Flask) -> None:
    start = threading.Barrier(2)
    failed: list[BaseException] = []

    def add_one() -> None:
        try:
            with committed.app_context():
                start.wait(10)
                for _ in range(10):
                    with transaction() as session:
                        session.scalar(select(func.count()).select_from(Account))
                        make_account(session)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=add_one) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failed == []
    with committed.app_context(), transaction() as session:
        assert session.scalar(select(func.count()).select_from(Account)) == 20


def test_sqlite_is_set_to_lose_nothing(committed: Flask) -> None:
    with committed.app_context(), db.engine.connect() as connection:
        if connection.dialect.name != "sqlite":
            pytest.skip("settings of SQLite")
        found = {
            name: connection.scalar(text(f"PRAGMA {name}"))
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
