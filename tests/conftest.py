"""What every test may ask for: an application, a session that is undone, callers.

`session`, `client` and the code under test share one connection inside an outer transaction
that is rolled back; what the code commits is seen by the test and gone after it. There it is
always NOW. `committed` is an application with a database of its own that really commits, at the
real time, for races and kills.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from fairapp import create_app
from fairapp.accounts.models import Account
from fairapp.foundation import clock
from fairapp.foundation.database import WRITES, db
from tests import NOW, TODAY, StandingClock
from tests.clients import ApiCaller, PageClient, give_token, sign_in
from tests.databases import (
    SharedReading,
    copy_database,
    disconnect,
    drop_database,
    make_settings,
    migrated_database,
)

__all__ = ["NOW", "TODAY", "sign_in"]


def _configure(app: Flask) -> Flask:
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False, SERVER_NAME=None)
    app.test_client_class = PageClient
    return app


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of a migrated, empty database that nobody is connected to."""
    url = migrated_database(tmp_path_factory.mktemp("template"))
    yield url
    drop_database(url)


@pytest.fixture(scope="session")
def app(template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application, as the entry points build it."""
    folder = tmp_path_factory.mktemp("var")
    url = copy_database(template, folder)
    app = _configure(create_app(make_settings(folder, url)))
    with app.app_context():
        db.session.configure(join_transaction_mode="rollback_only")
        db.session.session_factory.class_ = SharedReading
    yield app
    disconnect(app)
    drop_database(url)


@pytest.fixture
def connection(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Connection]:
    """The connection that a test and the code under test share; all of it is undone."""
    monkeypatch.setattr(clock, "datetime", StandingClock)
    with app.app_context():
        engine = db.engine
        engines = db._app_engines[app]
    with engine.connect().execution_options(**{WRITES: True}) as connection:
        outer = connection.begin()
        engines[None] = connection  # type: ignore[assignment] # a session takes either
        app.extensions["celery"].set_default()
        app.extensions["celery"].set_current()  # before the newest application of this thread
        try:
            yield connection
        finally:
            engines[None] = engine
            outer.rollback()


@pytest.fixture
def session(connection: Connection) -> Iterator[Session]:
    """A session for arranging and asserting; call `session.expire_all()` after a request."""
    with Session(connection, expire_on_commit=False, join_transaction_mode="create_savepoint") as session:
        yield session


@pytest.fixture
def app_context(app: Flask, connection: Connection) -> Iterator[Flask]:
    """The application's context, for code that opens `transaction()` outside of a request."""
    with app.app_context():
        yield app


@pytest.fixture
def client(app: Flask, connection: Connection) -> FlaskClient:
    """A browser without scripts, signed in as nobody."""
    return app.test_client()


@pytest.fixture
def api(app: Flask, session: Session) -> Callable[[Account | None], ApiCaller]:
    """Return a caller of the API for an account: `api(account).get("/events")`."""

    def call_as(account: Account | None = None) -> ApiCaller:
        return ApiCaller(app, give_token(session, account) if account else None)

    return call_as


@pytest.fixture
def committed(template: str, tmp_path: Path) -> Iterator[Flask]:
    """An application on a fresh database that really commits; not to be mixed with `session`."""
    url = copy_database(template, tmp_path)
    app = _configure(create_app(make_settings(tmp_path, url)))
    yield app
    disconnect(app)
    drop_database(url)
