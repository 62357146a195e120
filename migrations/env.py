"""Run the migrations on the database of the application."""

from alembic import context
from flask import current_app
from sqlalchemy import text

from fairapp.foundation.database import WRITES, UtcDateTime

database = current_app.extensions["migrate"].db


def _render_item(kind: str, item: object, autogen_context: object) -> str | bool:
    # Migrations import nothing of ours: our column types are written as plain ones.
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def run() -> None:
    """Open one connection, wait at most 5 s for a lock, and run."""
    engine = database.engine.execution_options(**{WRITES: True})
    with engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET lock_timeout = '5s'"))
            connection.commit()
        context.configure(
            connection=connection,
            target_metadata=database.metadata,
            render_as_batch=True,
            compare_type=True,
            render_item=_render_item,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
