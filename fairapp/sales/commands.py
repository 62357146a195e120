"""`flask sales …`: what an operator does with the ledger."""

import sys

import click
from flask.cli import AppGroup

from fairapp.audit.domain import SYSTEM
from fairapp.foundation.clock import utc_now
from fairapp.foundation.database import transaction
from fairapp.sales.services.rebuild import rebuild_totals

_sales = AppGroup("sales", help="The ledger of sales and its totals.")


@_sales.command("rebuild-totals")
def rebuild() -> None:
    """Compute the totals of all stand-days from the ledger; exit 1 when any differed."""
    with transaction() as session:
        differences = rebuild_totals(session, actor=SYSTEM, now=utc_now())
    for difference in differences:
        click.echo(
            f"{difference.table} {difference.key}: was {difference.stored}, is now {difference.computed}"
        )
    if differences:
        sys.exit(1)
    click.echo("The totals are what the ledger says.")


commands = (_sales,)
