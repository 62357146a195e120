"""Databases to measure on: a SQLite file, and PostgreSQL when BENCH_POSTGRES_URL names a server."""

import os
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import create_engine, make_url, text

from config import Settings
from fairapp import create_app
from fairapp.foundation.database import db

SECRET_KEY = "only-for-benches-" + "x" * 32


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


@contextmanager
def applications() -> Iterator[Iterator[tuple[str, Flask]]]:
    """Give a migrated application on SQLite, and one on PostgreSQL when there is a server."""
    with tempfile.TemporaryDirectory(prefix="fairapp-bench-") as folder:
        yield _each(Path(folder))


def _each(folder: Path) -> Iterator[tuple[str, Flask]]:
    with _application(folder / "sqlite", f"sqlite:///{folder / 'bench.sqlite3'}") as app:
        yield "SQLite", app
    server = os.environ.get("BENCH_POSTGRES_URL", "")
    if server:
        with postgres_database(server) as url, _application(folder / "postgresql", url) as app:
            yield "PostgreSQL", app


@contextmanager
def _application(var: Path, url: str) -> Iterator[Flask]:
    values = {"fairapp_var": var, "database_url": url, "secret_key": SECRET_KEY}
    app = create_app(Settings(_env_file=None, **values))  # type: ignore[arg-type] # pydantic's own
    with app.app_context():
        upgrade()
    yield app
    with app.app_context():
        db.engine.dispose()


def environment(app: Flask) -> dict[str, str]:
    """Return the environment of a server process on the database of an application."""
    settings: Settings = app.extensions["settings"]
    return {
        "FAIRAPP_VAR": str(settings.var),
        "DATABASE_URL": settings.database,
        "SECRET_KEY": SECRET_KEY,
        "FAIRAPP_DEMO": "0",
        "PUBLIC_URL": "http://localhost",
    }
