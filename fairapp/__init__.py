"""fairapp: registration, allocation, badges, sales and turnover of market fairs.

`create_app` is the only place where things are put together. Features are found by
convention: `routes.py` offers `pages` (under the language) and may offer `plain` (no
language), `api.py` offers `api` (under /api/v1), `commands.py` offers `commands`.
"""

import importlib
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

import click
from flask import Flask
from flask_migrate import Migrate

from config import Settings, settings_beside_run
from fairapp.accounts.sessions import init_accounts
from fairapp.celery_app import make_celery
from fairapp.foundation.clock import zone_data_is_right
from fairapp.foundation.database import db, init_database
from fairapp.web.i18n import LANGUAGE_PREFIX, init_i18n
from fairapp.web.setup import init_web

ROOT = Path(__file__).resolve().parent.parent
FEATURES = (
    "web",
    "audit",
    "outbox",
    "messages",
    "reference",
    "files",
    "accounts",
    "cooperatives",
    "imports",
    "events",
    "registrations",
    "selection",
    "decisions",
    "mailings",
    "stands",
    "badges",
    "workshops",
    "sales",
    "turnover",
    "statistics",
)


def create_app(settings: Settings | None = None) -> Flask:
    """Put the application together.

    Without settings (the `flask` command) they are read from the environment and, for the
    command line alone, from the file that `make run` leaves in the state folder.

    Raises: RuntimeError, where the zone data does not know Morocco's change of 2026: every
    day of trade would be wrong (promises A70).
    """
    if not zone_data_is_right():
        raise RuntimeError("tzdata is older than 2026c: install requirements.txt again")
    settings = settings or _settings_of_caller()
    app = Flask("fairapp", root_path=str(ROOT / "fairapp"), template_folder=str(ROOT / "templates"))
    app.extensions["settings"] = settings
    settings.var.mkdir(parents=True, exist_ok=True)
    init_database(app, settings.database)
    for feature in FEATURES:  # all tables are known before the first one is used
        _role(feature, "models")
    Migrate(app, db, directory=str(ROOT / "migrations"), render_as_batch=True)
    init_i18n(app)
    init_web(app, settings)
    init_accounts(app, settings)
    features = FEATURES + (("demo",) if settings.fairapp_demo else ())
    for feature in features:
        _register_feature(app, feature)
    make_celery(app, settings)
    return app


def _settings_of_caller() -> Settings:
    on_command_line = click.get_current_context(silent=True) is not None
    return settings_beside_run() if on_command_line else Settings()


def _role(feature: str, role: str) -> ModuleType | None:
    """Return the module of a feature's role, or None when the feature has none."""
    name = f"fairapp.{feature}.{role}"
    return importlib.import_module(name) if find_spec(name) else None


def _register_feature(app: Flask, feature: str) -> None:
    routes = _role(feature, "routes")
    for attribute, prefix in (("pages", LANGUAGE_PREFIX), ("plain", "")):
        if blueprint := getattr(routes, attribute, None):
            app.register_blueprint(blueprint, url_prefix=prefix)
    if api := getattr(_role(feature, "api"), "api", None):
        app.register_blueprint(api, url_prefix="/api/v1")
    for command in getattr(_role(feature, "commands"), "commands", ()):
        app.cli.add_command(command)
