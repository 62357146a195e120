"""What machines ask: is it alive, is it ready, how is it going (promises B80, B82)."""

import shutil
from typing import Any

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Blueprint, Response, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from config import Settings
from fairapp.foundation.clock import utc_now, zone_data_is_right
from fairapp.foundation.database import db, transaction
from fairapp.foundation.errors import NotFound
from fairapp.outbox import queries as outbox
from fairapp.web.access import public

health = Blueprint("health", __name__)

LEAST_FREE_DISK = 0.10
LEAST_FREE_BYTES = 2_000_000_000


@health.get("/healthz")
@public
def alive() -> ResponseReturnValue:
    """Answer; touches nothing."""
    return Response("ok\n", mimetype="text/plain")


@health.get("/readyz")
@public
def ready() -> ResponseReturnValue:
    """Answer 200, or 503 with what is missing. A broker that is away is no reason."""
    missing = _missing()
    answer = jsonify(ready=not missing, missing=missing, warnings=_warnings() if not missing else [])
    return answer, 503 if missing else 200


@health.get("/metrics")
@public
def metrics() -> ResponseReturnValue:
    """Answer in Prometheus' text form, to the addresses that the settings allow."""
    settings: Settings = current_app.extensions["settings"]
    if request.remote_addr not in settings.metrics_allow:
        raise NotFound()
    return Response(generate_latest(_registry()), mimetype="text/plain; version=0.0.4")


def _missing() -> list[str]:
    settings: Settings = current_app.extensions["settings"]
    missing = []
    try:
        with transaction() as session:  # takes the write lock on SQLite, so it proves writing
            current = MigrationContext.configure(session.connection()).get_current_heads()
        if set(current) != set(_heads()):
            missing.append("migrations: run `flask --app fairapp db upgrade`")
    except SQLAlchemyError:
        missing.append("database: it does not answer or cannot be written")
    disk = shutil.disk_usage(settings.var)
    if disk.free < LEAST_FREE_BYTES and disk.free / disk.total < LEAST_FREE_DISK:
        missing.append("disk: less than a tenth is free")
    if not zone_data_is_right():
        missing.append("time zone: tzdata older than 2026c, Morocco's change of 2026 is unknown")
    return missing


def _heads() -> list[str]:
    config = Config()
    config.set_main_option("script_location", str(current_app.extensions["migrate"].directory))
    return list(ScriptDirectory.from_config(config).get_heads())


def _warnings() -> list[str]:
    # PostgreSQL's own zone data is never used for days; old data is worth a word all the same.
    if db.engine.dialect.name != "postgresql":
        return []
    hour = db.session().scalar(
        text("SELECT extract(hour FROM timestamptz '2026-12-01 12:00Z' AT TIME ZONE 'Africa/Casablanca')")
    )
    return [] if hour == 12 else ["PostgreSQL's zone data is older than 2026c"]


def _registry() -> CollectorRegistry:
    registry = CollectorRegistry()
    session = db.session()
    rows = Gauge("fairapp_outbox_rows", "Background work by state", ["state"], registry=registry)
    counts: dict[Any, int] = dict(outbox.counts(session))
    for state, count in counts.items():
        rows.labels(state.value).set(count)
    oldest = outbox.oldest_waiting(session)
    age = (utc_now() - oldest).total_seconds() if oldest else 0
    Gauge("fairapp_outbox_oldest_seconds", "Age of the oldest waiting work", registry=registry).set(age)
    return registry
