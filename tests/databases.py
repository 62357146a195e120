"""Databases for tests: one is built by the migrations, the others are copies of it.

SQLite files by default; on the server of TEST_DATABASE_URL otherwise.
"""

import os
import shutil
import uuid
from pathlib import Path

from flask import Flask
from flask_migrate import upgrade
from flask_sqlalchemy.session import Session
from sqlalchemy import Connection, create_engine, make_url, text

from config import Settings
from fairapp import create_app
from fairapp.foundation.database import db

SECRET_KEY = "only-for-tests-" + "x" * 32
SERVER = os.environ.get("TEST_DATABASE_URL", "")


class SharedReading(Session):
    """The session of `reading()`; on the connection of a test its rollback undoes nothing of others."""

    def rollback(self) -> None:
        """Forget what was read; on a connection of its own, end the transaction."""
        if isinstance(self.get_bind(), Connection):
            self.expire_all()
        else:
            super().rollback()


def make_settings(folder: Path, database_url: str, **overrides: object) -> Settings:
    """Return settings that take nothing from the environment of whoever runs the tests."""
    values: dict[str, object] = {
        "fairapp_var": folder,
        "database_url": database_url,
        "secret_key": SECRET_KEY,
        "redis_url": None,
        "mail_url": None,
        "public_url": "http://localhost",
        "fairapp_demo": False,
    }
    return Settings(_env_file=None, **(values | overrides))  # type: ignore[arg-type] # pydantic's own


def empty_database(folder: Path) -> str:
    """Make an empty database and return its URL."""
    name = f"fairapp_test_{uuid.uuid4().hex[:12]}"
    if not SERVER:
        return f"sqlite:///{folder / name}.sqlite3"
    _on_server(f'CREATE DATABASE "{name}"')
    return make_url(SERVER).set(database=name).render_as_string(hide_password=False)


def migrated_database(folder: Path) -> str:
    """Make a database and bring it up by the migrations; nothing stays connected to it."""
    url = empty_database(folder)
    app = create_app(make_settings(folder, url))
    with app.app_context():
        upgrade()
    disconnect(app)
    return url


def copy_database(template: str, folder: Path) -> str:
    """Copy a database that nobody is connected to, and return the URL of the copy."""
    name = f"fairapp_test_{uuid.uuid4().hex[:12]}"
    source = make_url(template).database or ""
    if not SERVER:
        copy = folder / f"{name}.sqlite3"
        shutil.copy(source, copy)
        return f"sqlite:///{copy}"
    _on_server(f'CREATE DATABASE "{name}" TEMPLATE "{source}"')
    return make_url(SERVER).set(database=name).render_as_string(hide_password=False)


def drop_database(url: str) -> None:
    """Remove a database from the server; a file goes with its folder."""
    if SERVER:
        _on_server(f'DROP DATABASE IF EXISTS "{make_url(url).database}" WITH (FORCE)')


def disconnect(app: Flask) -> None:
    """Close every connection of an application."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def _on_server(statement: str) -> None:
    engine = create_engine(SERVER, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
