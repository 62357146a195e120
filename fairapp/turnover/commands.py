"""`flask turnover reconcile`."""

import click
from flask.cli import AppGroup

from fairapp.foundation.database import reading
from fairapp.foundation.money import to_text
from fairapp.turnover.queries.checks import reconcile

turnover = AppGroup("turnover", help="Figures of events.")


@turnover.command("reconcile")
def reconcile_turnover() -> None:
    """Compare the turnover that pages show with the sums of the ledger; exit 1 if any differs."""
    rows = reconcile(reading())
    for row in rows:
        sign = "equal" if row.is_equal else "DIFFERS"
        click.echo(
            f"{sign}  {row.slug}  shown {to_text(row.shown_minor)}  ledger {to_text(row.ledger_minor)}"
        )
    wrong = [row.slug for row in rows if not row.is_equal]
    click.echo(f"{len(rows)} events, {len(wrong)} differ")
    if wrong:
        raise SystemExit(1)


commands = (turnover,)
