"""`flask demo load`."""

import click
from flask import current_app
from flask.cli import AppGroup

from config import Settings
from fairapp.accounts.passwords import hash_password
from fairapp.audit.domain import Actor, ActorKind, Grant, Role, ScopeKind
from fairapp.demo import services
from fairapp.foundation.clock import utc_now
from fairapp.foundation.database import transaction
from fairapp.statistics.services import publish_report

LOADER = Actor(kind=ActorKind.SYSTEM, label="system", grants=(Grant(Role.ADMINISTRATOR, ScopeKind.NATION),))

PASSWORD = "souk-demo-2026"  # noqa: S105 - printed for everyone who tries the demonstration

demo = AppGroup("demo", help="Demonstration data.")


@demo.command("load")
def load() -> None:
    """Load the demonstration into an empty database, and publish the reports of past events."""
    settings: Settings = current_app.extensions["settings"]
    password_hash = hash_password(PASSWORD)
    with transaction() as session:
        past = services.load_demonstration(
            session, settings=settings, password_hash=password_hash, now=utc_now()
        )
    if past is None:
        click.echo("events are there already, nothing loaded")
        return
    for slug in past:
        with transaction() as session:
            publish_report(session, actor=LOADER, slug=slug, now=utc_now())
    click.echo(f"demonstration loaded: {len(past)} past events and 3 live ones")


commands = (demo,)
