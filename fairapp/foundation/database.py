"""Engine, model base, column types, and the one place that commits."""

import enum
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, Dialect, Engine, Enum, MetaData, event
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

from fairapp.foundation.errors import Conflict

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
WRITES = "fairapp_writes"


class Base(DeclarativeBase):
    """Base of all models; every constraint is named, so that migrations can change it."""

    metadata = MetaData(naming_convention=NAMES)


db = SQLAlchemy(metadata=Base.metadata)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant, stored in UTC. Naive values are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive times; store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive time cannot be stored")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return an aware instant in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def stored(kind: type[enum.StrEnum]) -> Enum:
    """Return the column type of an enum: its values as text, with a named check."""
    return Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        length=32,
        name=kind.__name__.lower(),
        values_callable=lambda members: [member.value for member in members],
    )


def _on_connect(connection: Any, _record: object) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.isolation_level = None  # we begin ourselves, see _on_begin
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "busy_timeout=5000",
            "foreign_keys=ON",
            "cache_size=-64000",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()


def _on_begin(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        # Read-then-write under plain BEGIN fails when another writer was faster; taking the
        # write lock at the start never does (promises, finding 8).
        writes = connection.get_execution_options().get(WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def init_database(app: Flask, url: str) -> None:
    """Bind the database to the application and teach its engine our transactions."""
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    is_sqlite = url.startswith("sqlite")
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = (
        {"connect_args": {"check_same_thread": False}}
        if is_sqlite
        else {"pool_size": 10, "max_overflow": 10, "pool_pre_ping": True}
    )
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)


def prepare_engine(engine: Engine) -> None:
    """Attach our connection settings and transaction starts to an engine."""
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)


@contextmanager
def transaction() -> Iterator[Session]:
    """Open a session of its own, commit at the end, roll back on any error.

    For routes, calls, tasks and commands, around exactly one service call; not nested.
    On SQLite it takes the write lock at once. Objects stay readable after it.

    Raises: Conflict, when the database refused a row that someone else was faster with.
    """
    # A request that has read gives its connection back first: as many requests as the pool has
    # connections would otherwise each hold one and wait for a second one for ever.
    db.session.close()
    bind = db.engine.execution_options(**{WRITES: True})
    session = Session(bind=bind, expire_on_commit=False, join_transaction_mode="create_savepoint")
    try:
        yield session
        session.commit()
    except IntegrityError as error:
        session.rollback()
        raise Conflict() from error
    except BaseException:
        session.rollback()
        raise
    finally:
        session.close()


def reading() -> Session:
    """Return the session of this request for reads; it is closed with the request."""
    return db.session()


def insert_ignoring(session: Session, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows, leaving alone those that a unique key already holds. One statement."""
    insert = postgresql_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert
    session.execute(insert(model).values(list(rows)).on_conflict_do_nothing())
